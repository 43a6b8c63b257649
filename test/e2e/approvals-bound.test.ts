// What an approval is bound to, with real git: the difference shown, the rules it met, and this life of the bot.
import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { actionOf, isCard, type Line } from "./chat.ts";
import { type Team, team } from "./team.ts";

const me = userInfo().username;
const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
const long = (edits: Readonly<Record<number, string>> = {}): string =>
  `${lines.map((line, i) => edits[i] ?? line).join("\n")}\n`;

/** A task that changes line 20 of a long file, up to its card. */
async function oneLine(edit?: (yaml: string) => string): Promise<{
  readonly t: Team;
  readonly task: number;
  readonly card: Line;
}> {
  const t = await team({ files: { "long.txt": long() }, ...(edit === undefined ? {} : { edit }) });
  const task = await t.task(
    "engineer",
    "one",
    "run! sed -i 's/^line 20$/mine/' long.txt",
    "commit 20",
  );
  return { t, task, card: await t.chat.next("the card", isCard("merge", "open", task)) };
}

async function commitOnMain(t: Team, text: string): Promise<string> {
  await t.write("long.txt", text);
  await t.git("commit", "-q", "-am", "By hand");
  return t.git("rev-parse", "main");
}

test("main moved elsewhere in the same file: the one approval lands on it", async () => {
  const { t, task, card } = await oneLine();
  const moved = await commitOnMain(t, long({ 2: "theirs" }));
  await t.chat.react("✅", card["id"]);
  await t.chat.next("the landing", isCard("merge", "done", task));
  expect(await t.git("show", "main:long.txt")).toBe(long({ 2: "theirs", 20: "mine" }).trimEnd());
  expect(await t.git("rev-parse", "main^1")).toBe(moved);
  expect(t.journal.of("approval_closed")).toEqual([]);
});

test("main moved beside what was shown: it stays, and a new card asks", async () => {
  const { t, task, card } = await oneLine();
  const moved = await commitOnMain(t, long({ 18: "close by" }));
  await t.chat.react("✅", card["id"]);
  const again = await t.chat.next(
    "the new card",
    (l) => isCard("merge", "open", task)(l) && l["id"] !== card["id"],
  );
  expect(await t.git("rev-parse", "main")).toBe(moved);
  const late = await t.chat.press(actionOf(card, "approve"), card["id"]);
  expect(late).toMatchObject({ event: "error", code: "approval.stale" });
  await t.chat.react("✅", again["id"]);
  await t.chat.next("the landing", isCard("merge", "done", task));
  expect(await t.git("show", "main:long.txt")).toBe(long({ 18: "close by", 20: "mine" }).trimEnd());
});

test("a rule's number must be typed; a second person's approval is not the first one's again", async () => {
  const rules =
    "merge: {rules: [{paths: [long.txt], confirm: task-number}, {paths: [test/**], approvals: 2}]}";
  const { t, task, card } = await oneLine((yaml) =>
    /^workflow_policy:/m.test(yaml)
      ? yaml.replace(/^workflow_policy:.*$/m, (line) => `${line}\n  ${rules}`)
      : `${yaml}\nworkflow_policy:\n  ${rules}\n`,
  );
  const before = await t.git("rev-parse", "main");
  const approve = actionOf(card, "approve");
  expect(await t.chat.react("✅", card["id"])).toMatchObject({ code: "approval.needs-number" });
  expect(await t.chat.press(approve, card["id"], "99")).toMatchObject({
    code: "approval.needs-number",
  });
  const first = await t.chat.press(approve, card["id"], String(task));
  expect(first).toMatchObject({ event: "edit", id: card["id"], card: { state: "open" } });
  expect(first["card"].footer).toContain(`1 of 2: ${me}`);
  const again = await t.batty("approve", card["id"], "--confirm", String(task), "--json");
  expect([again.code, again.json.error.code]).toEqual([1, "approval.closed"]);
  expect(await t.git("rev-parse", "main")).toBe(before);
});

test("a question that asks to confirm is not valid over a restart, and shows as expired", async () => {
  const t = await team();
  const asked = await t.chat.say("/batty stop");
  expect(asked["card"]).toMatchObject({ kind: "confirm", state: "open" });
  await t.kill();
  expect((await t.batty("start")).code).toBe(0);
  const chat = t.openChat();
  await chat.next("the chat", (l) => l.event === "ready");
  const { messages } = await chat.ask({ history: { room: "commands" } });
  const shown = (messages as Line[]).find((m) => m["id"] === asked["id"]);
  expect(shown?.["card"]).toMatchObject({ state: "expired", actions: [] });
  expect(await chat.press(actionOf(asked, "confirm"), asked["id"])).toMatchObject({
    event: "error",
    code: "approval.closed",
  });
  expect((await t.seats()).size).toBe(2);
});
