// A person's decisions on a merge card: by reaction, button and command; each with its one direct answer.
import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { actionOf, isCard, type Line } from "./chat.ts";
import { type Team, team } from "./team.ts";

const me = userInfo().username;

/** A task of the engineer whose merge card is out. */
async function asking(t: Team, name = "one"): Promise<{ task: number; card: Line }> {
  const task = await t.task("engineer", name);
  return { task, card: await t.chat.next("the card", isCard("merge", "open", task)) };
}

const landed = (t: Team, task: number): Promise<Line> =>
  t.chat.next("the landing", isCard("merge", "done", task));

test("the card shows what would land, and after the landing where", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const head = await t.git("rev-parse", `engineer/${task}`);
  expect(card).toMatchObject({ room: "merges", thread: `task:${task}`, loud: true });
  expect(card["card"]).toMatchObject({ kind: "merge", subject: { task, head }, state: "open" });
  const names = (card["card"].fields as Line[]).map((f) => f["name"]);
  expect(names).toEqual(["branch", "commits", "files", "gate", "confidence", "risk"]);
  await t.chat.react("✅", card["id"]);
  const done = await landed(t, task);
  expect(done["id"]).toBe(card["id"]);
  const oid = (done["card"].fields as Line[]).find((f) => f["name"] === "landed")?.["value"];
  expect(oid).toBe(await t.git("rev-parse", "main"));
  const body = await t.git("log", "-1", "--format=%B", "main");
  for (const trailer of [
    `Batty-Task: ${task}`,
    `Batty-Branch-Head: ${head}`,
    `Approved-by: ${me} (local)`,
  ])
    expect(body).toContain(trailer);
});

test("a reaction approves; its answer is the reaction", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const answer = await t.chat.react("✅", card["id"]);
  expect(answer).toMatchObject({
    event: "reaction",
    message: card["id"],
    emoji: "✅",
    by: me,
    added: true,
  });
  await landed(t, task);
  expect(t.chat.answers(answer["ref"])).toHaveLength(1);
  const states = t.chat.lines.filter((l) => l["id"] === card["id"]).map((l) => l["card"].state);
  expect([...new Set(states)]).toEqual(["open", "decided", "done"]);
});

test("a button approves; its answer is the card's edit", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const answer = await t.chat.press(actionOf(card, "approve"), card["id"]);
  expect(answer).toMatchObject({ event: "edit", id: card["id"] });
  expect(["decided", "done"]).toContain(answer["card"].state);
  await landed(t, task);
  expect(t.chat.answers(answer["ref"])).toHaveLength(1);
  expect(t.journal.of("approval_recorded")).toMatchObject([
    { person: me, via: "local", decision: "approve" },
  ]);
});

test("a command approves; its answer is one message", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const answer = await t.chat.say(`/batty approve ${task} --head ${card["card"].subject.head}`);
  expect(["message", "edit"]).toContain(answer.event);
  expect(answer["reply_to"]).toBe((await t.chat.echoOf(answer))["id"]);
  await landed(t, task);
  expect(t.chat.answers(answer["ref"])).toHaveLength(1);
});

test("the shell approves and says when it may not", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const soon = await t.batty("approve", String(task), "--json");
  expect([soon.code, soon.json.error.code]).toEqual([1, "approval.too-soon"]);
  const stale = await t.batty("approve", String(task), "--head", "0".repeat(40), "--json");
  expect([stale.code, stale.json.error.code]).toEqual([1, "approval.stale"]);
  const good = await t.batty("approve", card["id"], "--json");
  expect([good.code, good.json.ok]).toEqual([0, true]);
  await landed(t, task);
  const closed = await t.batty("approve", String(task), "--json");
  expect([closed.code, closed.json.error.code]).toEqual([1, "approval.closed"]);
});

test("two decisions at once: the first one counts, the other hears who decided", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const { head } = card["card"].subject;
  const both = await Promise.all([
    t.chat.press(actionOf(card, "reject"), card["id"]),
    t.batty("approve", String(task), "--head", head, "--json"),
  ]);
  expect(t.journal.of("approval_recorded")).toHaveLength(1);
  const errors = [both[0]["code"], both[1].json.error?.code].filter((code) => code !== undefined);
  expect(errors).toEqual(["approval.closed"]);
});

test("sent back with a comment: the author gets it, and its next done has a new card", async () => {
  const t = await team({
    playbooks: {
      engineer: [
        {
          on: "message",
          match: "Sent back by",
          do: ["append test/one.sh # kinder\\n", "commit Kinder", "batty done"],
        },
      ],
    },
  });
  const { task, card } = await asking(t);
  const answer = await t.chat.press(actionOf(card, "back"), card["id"], "be kinder");
  expect(answer).toMatchObject({ event: "edit", id: card["id"], card: { state: "decided" } });
  const [mail] = t.journal.of("message_sent", (l) => l["mail"].msg_type === "back");
  expect(mail?.["mail"].body).toContain(`#${task} Add one`);
  expect(mail?.["mail"].body).toContain("be kinder");
  const next = await t.chat.next(
    "the new card",
    (l) => isCard("merge", "open", task)(l) && l["id"] !== card["id"],
  );
  expect(next["card"].subject.head).not.toBe(card["card"].subject.head);
  const old = await t.chat.press(actionOf(card, "approve"), card["id"]);
  expect(old).toMatchObject({ event: "error", code: "approval.stale" });
  expect(await t.git("log", "--format=%s", "main")).toBe("A project with one test");
});

test("rejected: nothing lands, the card is done, the task is blocked with the reason", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const soon = await t.chat.say(`/batty reject ${task} --why "not wanted"`);
  expect(soon).toMatchObject({ event: "error", code: "approval.too-soon" });
  const answer = await t.chat.say(`/batty reject ${card["id"]} --why "not wanted"`);
  expect(["message", "edit"]).toContain(answer.event);
  expect((await landed(t, task))["id"]).toBe(card["id"]);
  await t.journal.until(
    "board_written",
    (l) => l["task"] === task && l.seq > (t.journal.of("approval_recorded")[0]?.seq ?? 0),
  );
  const { json } = await t.batty("task", "show", String(task), "--json");
  expect(json).toMatchObject({ blocked: true });
  expect(await t.git("log", "--format=%s", "main")).toBe("A project with one test");
});

test("a reaction taken back before the landing withdraws the approval", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const hold = await t.holds.git(/merge-base --is-ancestor/, "before");
  await t.chat.react("✅", card["id"]);
  await hold.held;
  const answer = await t.chat.ask({ unreact: "✅", message: card["id"] });
  expect(answer).toMatchObject({ event: "reaction", emoji: "✅", added: false });
  await hold.release();
  await t.journal.until("approval_closed", (l) => l["task"] === task && l["why"] === "withdrawn");
  const open = (await t.chat.ask({ history: { room: "merges" } }))["messages"] as Line[];
  expect(open.at(-1)).toMatchObject({ id: card["id"], card: { state: "open" } });
  expect(await t.git("log", "--format=%s", "main")).toBe("A project with one test");
  await t.chat.react("✅", card["id"]);
  await landed(t, task);
});

test("a new commit supersedes the card that was open", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  await t.order(
    "engineer",
    "append test/one.sh # more\\n",
    "commit More",
    `batty done --task ${task}`,
  );
  await t.chat.next(
    "the old card",
    (l) => l["id"] === card["id"] && l["card"].state === "superseded",
  );
  await t.chat.next(
    "the new card",
    (l) => isCard("merge", "open", task)(l) && l["id"] !== card["id"],
  );
  const late = await t.chat.react("✅", card["id"]);
  expect(late).toMatchObject({ event: "error", code: "approval.stale" });
  const byId = await t.batty("approve", card["id"], "--json");
  expect([byId.code, byId.json.error.code]).toEqual([1, "approval.stale"]);
});

test("an agent can't approve, whatever it says it is", async () => {
  const t = await team();
  const { task, card } = await asking(t);
  const { head } = card["card"].subject;
  const id = await t.order(
    "engineer",
    `batty approve ${task} --head ${head}`,
    `run BATTY_MEMBER= setsid batty approve ${task} --head ${head} --json`,
  );
  const turn = await t.journal.until("message_answered", (l) => l["id"] === id);
  expect(turn["text"]).toContain("→ 1 access.denied");
  expect(turn["text"]).toMatch(/setsid batty approve.* → 1/);
  expect(t.journal.of("approval_recorded")).toEqual([]);
});
