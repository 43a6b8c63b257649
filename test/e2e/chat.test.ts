// The local chat's protocol as a program meets it: `batty chat --json` against a running bot.
import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { actionOf, type Chat, isCard, type Line } from "./chat.ts";
import { fenced, type Team, team } from "./team.ts";

const me = userInfo().username;

/** What came for this answer's own message: states of its receipts, as they were added. */
const receipts = (chat: Chat, echo: Line): string[] =>
  chat.lines
    .filter((l) => l.event === "reaction" && l["message"] === echo["id"] && l["added"] === true)
    .map((l) => l["state"] as string);

const answered = (chat: Chat, echo: Line): Promise<Line> =>
  chat.next(
    "the member's answer",
    (l) => l.event === "message" && l["reply_to"] === echo["id"] && l["from"] !== "batty",
  );

test("the first line is ready, nothing is replayed, and the OS user is admin", async () => {
  const t = await team();
  await t.chat.say("/batty status");
  const began = new Date().toISOString();
  const second = t.openChat();
  const first = await second.next("a line", () => true);
  expect(first).toEqual({ event: "ready", as: me, tier: "admin" });
  await second.ask({ rooms: true });
  // What happens meanwhile is told; nothing from before.
  const replayed = second.lines.filter((l) => typeof l["ts"] === "string" && l["ts"] < began);
  expect(replayed).toEqual([]);
});

test("a command is echoed, and answered once, as a reply to the echo", async () => {
  const t = await team();
  const answer = await t.chat.say("/batty status");
  const echo = await t.chat.echoOf(answer);
  expect(echo).toMatchObject({
    event: "message",
    from: me,
    room: "commands",
    text: "/batty status",
  });
  expect(echo["ref"]).toBeUndefined();
  expect(answer).toMatchObject({
    event: "message",
    from: "batty",
    room: "commands",
    reply_to: echo["id"],
  });
  expect(answer["card"]).toMatchObject({ kind: "status" });
  expect(t.chat.lines.indexOf(echo)).toBeLessThan(t.chat.lines.indexOf(answer));
  expect(t.chat.answers(answer["ref"])).toHaveLength(1);
  expect((await t.chat.say("/status", "merges"))["card"]).toMatchObject({ kind: "status" });
});

test("a directive is answered by its receipt, and by the member in its room", async () => {
  const t = await team();
  const text = `/batty send architect ${fenced(["say planned"])}`;
  const answer = await t.chat.say(text);
  const echo = await t.chat.echoOf(answer);
  expect(answer).toMatchObject({
    event: "reaction",
    message: echo["id"],
    state: "queued",
    added: true,
  });
  expect(answer["reply_to"]).toBeUndefined();
  const reply = await answered(t.chat, echo);
  expect(reply).toMatchObject({ room: "architect", from: "architect", text: "planned" });
  expect(reply["ref"]).toBeUndefined();
  await t.chat.next("answered", (l) => l["message"] === echo["id"] && l["state"] === "answered");
  expect(receipts(t.chat, echo)).toEqual(["queued", "typed", "taken", "answered"]);
  expect(t.chat.answers(answer["ref"])).toHaveLength(1);
});

test("plain text in a member's room is a directive to it, and elsewhere reaches nobody", async () => {
  const t = await team();
  const answer = await t.chat.say(fenced(["say yes"]), "engineer");
  expect(answer).toMatchObject({ event: "reaction", state: "queued" });
  expect(await answered(t.chat, await t.chat.echoOf(answer))).toMatchObject({
    from: "engineer",
    text: "yes",
  });
  const lost = await t.chat.say("hello?", "events");
  expect(lost).toMatchObject({ event: "error", code: "chat.no-recipient" });
  expect(lost["reply_to"]).toBe((await t.chat.echoOf(lost))["id"]);
});

test("plain text in a task's room is a directive to the member who has the task", async () => {
  const t = await team();
  const task = await t.task("engineer", "one");
  await t.chat.next("the card", isCard("merge", "open", task));
  const answer = await t.chat.say(fenced(["say mine"]), `task:${task}`);
  expect(answer).toMatchObject({ event: "reaction", state: "queued" });
  const reply = await answered(t.chat, await t.chat.echoOf(answer));
  expect(reply).toMatchObject({ room: "engineer", text: "mine" });
});

test("rooms are channels, members and tasks, and each has its history", async () => {
  const t = await team();
  const task = await t.task("engineer", "one");
  const card = await t.chat.next("the card", isCard("merge", "open", task));
  const { rooms } = await t.chat.ask({ rooms: true });
  const of = (kind: string) =>
    (rooms as Line[]).filter((r) => r["kind"] === kind).map((r) => r["name"]);
  expect(of("channel").sort()).toEqual([
    "alerts",
    "board",
    "commands",
    "events",
    "merges",
    "standup",
  ]);
  expect(of("member").sort()).toEqual(["architect", "engineer"]);
  expect(of("task")).toContain(`task:${task}`);
  const history = await t.chat.ask({ history: { room: "merges", limit: 1 } });
  expect(history).toMatchObject({
    event: "history",
    room: "merges",
    messages: [{ id: card["id"] }],
  });
  expect((await t.chat.ask({ history: { room: "standup" } }))["messages"]).toEqual([]);
});

test("a line that is no request is an error, and the connection stays", async () => {
  const t = await team();
  const bad = [
    "no json",
    "[1]",
    "7",
    "null",
    "{}",
    '{"say":7}',
    '{"react":"✅"}',
    '{"history":{}}',
  ];
  for (const line of bad) t.chat.write(line);
  await t.chat.ask({ rooms: true });
  const errors = t.chat.lines.filter((l) => l.event === "error");
  expect(errors.map((l) => l["code"])).toEqual(
    bad.map((line) => (line.includes("react") ? "chat.unknown-message" : "chat.bad-request")),
  );
  for (const error of errors) expect(error["say"]).not.toBe("");
});

test("at the end of the input what was asked is still answered, then the client ends with 0", async () => {
  const t = await team();
  const chat = t.openChat();
  const asked = [chat.say("/batty status"), chat.say("/batty board"), chat.ask({ rooms: true })];
  const code = await chat.end();
  expect([code, chat.lines.filter((l) => l.event === "error"), chat.stderr()]).toEqual([0, [], ""]);
  expect((await Promise.all(asked)).map((l) => l.event)).toEqual(["message", "message", "rooms"]);
});

test("when the bot goes the client says so and ends with 69", async () => {
  const t = await team();
  await t.kill();
  expect(await t.chat.exit).toBe(69);
  expect(t.chat.lines.at(-1)).toMatchObject({ event: "error", code: "bot.gone" });
  const without = t.openChat();
  expect(await without.exit).toBe(69);
  expect(without.lines.at(-1)).toMatchObject({ error: { code: "bot.down" } });
});

test("a bot that stops says once that it goes", async () => {
  const t = await team();
  await t.batty("stop", "--bot");
  expect(await t.chat.exit).toBe(69);
  expect(t.chat.lines.filter((l) => l["code"] === "bot.gone")).toHaveLength(1);
});

test("a stranger's --as is refused with 1", async () => {
  const t = await team();
  const chat = t.openChat(["--as", "mallory"]);
  expect(await chat.exit).toBe(1);
  expect(chat.lines).toMatchObject([{ event: "error", code: "access.denied" }]);
});

test("the agents' own verbs are not for the chat", async () => {
  const t = await team();
  for (const verb of ["done", "ask Why?", "ack engineer 1", "read engineer 1"])
    expect(await t.chat.say(`/batty ${verb}`), verb).toMatchObject({
      event: "error",
      code: "verb.unknown",
    });
});

test("who a message is for is text to its end: newlines, quotes and a leading dash as they are", async () => {
  const t = await team();
  const body = "-n \"quoted\" 'too'\n\n  indented --now\t$HOME `x`";
  const answer = await t.chat.say(`/batty send engineer ${body}`);
  await t.chat.echoOf(answer);
  const [sent] = t.journal.of("message_sent", (l) => l["to"] === "engineer");
  expect(sent?.["mail"].body).toBe(body);
});

test("stop asks first, and does nothing until it is confirmed", async () => {
  const t = await team();
  const asked = await t.chat.say("/batty stop");
  expect(asked["card"]).toMatchObject({ kind: "confirm", state: "open" });
  await t.chat.press(actionOf(asked, "cancel"), asked["id"]);
  expect((await t.seats()).size).toBe(2);
  const again = await t.chat.say("/batty stop");
  const done = await t.chat.press(actionOf(again, "confirm"), again["id"]);
  expect(["message", "edit"]).toContain(done.event);
  expect((await t.seats()).size).toBe(0);
  expect((await t.chat.say("/batty assign engineer 1"))["code"]).toMatch(
    /^(task\.unknown|team\.stopped)$/,
  );
});

test("a reply to an open question is its answer, word for word", async () => {
  const t = await team();
  await t.order("engineer", "ask Round or keep? | round | keep", "say you said {{answer}}");
  const card = await t.chat.next("the question", isCard("question", "open"));
  expect(card).toMatchObject({ room: "engineer" });
  const answer = await t.chat.say("neither: cut it off", "engineer", { reply_to: card["id"] });
  const echo = await t.chat.echoOf(answer);
  expect(answer).toMatchObject({ reply_to: echo["id"] });
  await t.chat.next("the turn's answer", (l) => l["text"] === "you said neither: cut it off");
  await t.chat.next("the closed card", isCard("question", "done"));
  const { json } = await t.batty("escalations", "--all", "--json");
  expect(json).toMatchObject([{ member: "engineer", state: "answered" }]);
});

test("long work is answered at once, and that answer is edited", async () => {
  const t = await team();
  const hold = await t.holds.git(/checkout/, "before");
  const first = await t.chat.say("/batty assign engineer Add two");
  const echo = await t.chat.echoOf(first);
  expect(first).toMatchObject({ event: "message", reply_to: echo["id"] });
  await hold.release();
  const edit = await t.chat.next("the edit", (l) => l.event === "edit" && l["id"] === first["id"]);
  expect(edit["ref"]).toBeUndefined();
  expect(edit["text"]).toContain("engineer");
});

test("every client hears what happens in every room", async () => {
  const t = await team();
  const second = t.openChat();
  await second.next("the chat", (l) => l.event === "ready");
  const answer = await t.chat.say("/batty status", "merges");
  const seen = await second.next("the answer", (l) => l["id"] === answer["id"]);
  expect(seen["ref"]).toBeUndefined();
  expect(seen["text"]).toBe(answer["text"]);
  const echo = await second.next("the echo", (l) => l["text"] === "/batty status");
  expect(echo["echo"]).toBeUndefined();
});

test("messages and actions keep their ids over a restart", async () => {
  const t = await team();
  await t.order("engineer", "ask Round or keep? | round | keep", "say you said {{answer}}");
  const card = await t.chat.next("the question", isCard("question", "open"));
  await t.batty("restart");
  const chat = await back(t);
  const { messages } = await chat.ask({ history: { room: "engineer" } });
  expect((messages as Line[]).map((m) => m["id"])).toContain(card["id"]);
  const option = (card["card"].actions as Line[]).find((a) => a["label"] === "keep");
  const pressed = await chat.press(option?.["id"], card["id"]);
  expect(pressed).toMatchObject({ event: "edit", id: card["id"], card: { state: "done" } });
  await t.journal.until(
    "message_sent",
    (l) => l["to"] === "engineer" && l["mail"].body.includes("keep"),
  );
  // The member's `ask --wait` waited on through the restart.
  await chat.next("the turn's answer", (l) => l["text"] === "you said keep");
  const next = await chat.say("/batty status");
  const number = (l: Line): number => Number(String(l["id"] ?? "m0").slice(1));
  const before = [...t.chat.lines, ...(messages as Line[])].map(number);
  expect(number(next)).toBeGreaterThan(Math.max(...before));
});

async function back(t: Team): Promise<Chat> {
  const chat = t.openChat();
  await chat.next("the chat", (l) => l.event === "ready");
  return chat;
}
