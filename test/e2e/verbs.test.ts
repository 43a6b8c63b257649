// Each verb with --json: exactly one JSON value on stdout, the exit code that programs rely on, and its shape.
import { expect, test } from "vitest";
import { isCard } from "./chat.ts";
import { type Shell, type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

/** Words, exit code, and the error's code where there is one. */
type Row = readonly [words: string, code: number, error?: string | undefined];

async function expectRows(t: Team, rows: readonly Row[]): Promise<void> {
  for (const [words, code, error] of rows) {
    const shell = await t.batty(...split(words), "--json");
    expect(shell.code, `${words}: ${shell.stdout}${shell.stderr}`).toBe(code);
    expectOneValue(shell, words);
    expect(shell.json?.error?.code, words).toEqual(
      code === 0 ? undefined : (error ?? expect.any(String)),
    );
    if (code !== 0) expect(shell.json.error.say, words).toMatch(/\S/);
  }
}

const split = (words: string): string[] =>
  (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));

function expectOneValue(shell: Shell, words: string): void {
  expect(() => shell.json, `${words}: ${shell.stdout}`).not.toThrow();
  expect(shell.stdout.trimEnd().split("\n"), words).toHaveLength(1);
}

const withoutTask: readonly Row[] = [
  ["help", 0],
  ["help status", 0],
  ["status", 0],
  ["config", 0],
  ["validate", 0],
  ["validate --show-checks", 0],
  ["prompt engineer", 0],
  ["board", 0],
  ["board list", 0],
  ["board summary", 0],
  ["board deps", 0],
  ["queue", 0],
  ["dispatch --explain", 0],
  ["standup", 0],
  ["escalations", 0],
  ["escalations --all", 0],
  ["inbox engineer", 0],
  ["peek engineer", 0],
  ["logs engineer", 0],
  ["pause", 0],
  ["resume", 0],
  ["pause engineer", 0],
  ["resume engineer", 0],
  ["interrupt engineer", 0],
  ["frobnicate", 2, "verb.unknown"],
  ["status --frobnicate", 2, "usage"],
  ["status extra", 2, "usage"],
  ["board frobnicate", 2, "usage"],
  ["init --frobnicate", 2, "usage"],
  ["start --frobnicate", 2, "usage"],
  ["stop --frobnicate", 2, "usage"],
  ["validate --frobnicate", 2, "usage"],
  ["daemon --frobnicate", 2, "usage"],
  ["demo --frobnicate", 2, "usage"],
  ["demo --speed fast", 2, "usage"],
  ["init", 1, "init.exists"],
  ["start", 1, "team.running"],
  ["daemon", 1, "lock.held"],
  ["attach", 2, "usage"],
  ["task new", 2, "usage"],
  ['task new " "', 2, "usage"],
  ['task new "A" --priority frobnicate', 2],
  ['task new "A" --assignee nobody', 1, "member.unknown"],
  ["task show 99", 1, "task.unknown"],
  ["task show x", 1, "task.unknown"],
  ["task move 99 todo", 1, "task.unknown"],
  ["task cancel 99", 1, "task.unknown"],
  ["assign engineer 99", 1, "task.unknown"],
  ["assign nobody 1", 1, "member.unknown"],
  ["assign engineer", 2, "usage"],
  ["approve 99", 1, "task.unknown"],
  ["approve x", 1, "task.unknown"],
  ["approve", 2, "usage"],
  ["reject 99", 1, "task.unknown"],
  ["back 99", 2, "usage"],
  ["back 99 --why late", 1, "task.unknown"],
  ["merge 99", 1, "task.unknown"],
  ["diff 99", 1, "task.unknown"],
  ["retry 99", 1, "task.unknown"],
  ["escalations answer 9 yes", 1],
  ["cancel message 9", 1],
  ["read engineer 9", 1],
  ["done", 1, "access.denied"],
  ["ask Why?", 1, "access.denied"],
  ["task next --claim", 1, "access.denied"],
];

test("verbs without a task: one JSON value each, with the right exit code", async () => {
  const t = await team();
  await expectRows(t, withoutTask);
});

test("send wants a member and a text", async () => {
  const t = await team();
  for (const words of [
    ["send"],
    ["send", "--json"],
    ["send", "--json", "engineer"],
    ["send", "--json", "engineer", ""],
  ]) {
    const shell = await t.batty(...words);
    expect(shell.code, words.join(" ")).toBe(2);
  }
  const sent = await t.batty("send", "--json", "engineer", "hello");
  expect(sent.json).toMatchObject({ ok: true, id: expect.any(String), state: "queued" });
  const human = await t.batty("send", "--json", "human", "hello");
  expectOneValue(human, "send human");
});

test("a task on its way: each verb's JSON, from the board to main", async () => {
  const t = await team();
  await expectRows(t, [
    ["pause", 0],
    ['task new "Blocked" --body "Scope: x" --priority low --tags a,b', 0],
    ["task block 1 --why waiting", 0],
    ["resume", 0],
    ["merge 1", 1, "task.not-done"],
    ["approve 1", 1, "approval.no-card"],
  ]);
  const task = await t.task("engineer", "one");
  const card = await t.chat.next("the card", isCard("merge", "open", task));
  const list = (await t.batty("board", "list", "--json")).json;
  expect(list).toMatchObject([
    {
      id: 1,
      title: "Blocked",
      status: "todo",
      priority: "low",
      claimed_by: null,
      depends_on: [],
      branch: null,
    },
    {
      id: task,
      title: "Add one",
      status: "review",
      claimed_by: "engineer",
      branch: `engineer/${task}`,
    },
  ]);
  await expectRows(t, [
    [`task show ${task}`, 0],
    [`diff ${task}`, 0],
    [`diff ${task} test/one.sh`, 0],
    [`dispatch --explain --task ${task}`, 0],
    ["board deps", 0],
    ["queue", 0],
    ["status", 0],
    ["standup", 0],
    [`merge ${task} `, 1],
    [`approve ${task} --head ${card["card"].subject.head}`, 0],
  ]);
  await t.chat.next("the landing", isCard("merge", "done", task));
  await expectRows(t, [
    [`approve ${task}`, 1, "approval.closed"],
    [`reject ${task}`, 1, "approval.closed"],
    ["task unblock 1", 0],
    ["task cancel 1", 0],
  ]);
});

test("status, inbox and escalations have the shape that programs read", async () => {
  const t = await team();
  const id = await t.order("engineer", "ask Round or keep? | round | keep");
  await t.chat.next("the question", isCard("question", "open"));
  const status = (await t.batty("status", "--json")).json;
  const seats = await t.seats();
  const trunk = await t.git("rev-parse", "main");
  expect(status).toMatchObject({
    team: "repo",
    bot: {
      pid: t.bot()?.pid,
      since: expect.stringMatching(/^\d{4}-.*Z$/),
      version: expect.any(String),
    },
    tmux: { socket: expect.stringMatching(/^batty-repo-[0-9a-f]{8}$/), session: "batty-repo" },
    running: true,
    paused: false,
    board: expect.any(Object),
    queue: [],
    main: { head: trunk, green: true },
    open: { approvals: 0, escalations: 1 },
  });
  const engineer = status.members.find((m: { name: string }) => m.name === "engineer");
  expect(engineer).toMatchObject({
    role: "engineer",
    agent: "script",
    state: expect.stringMatching(/^(working|waiting)$/),
    task: null,
    inbox: 0,
    pane: seats.get("engineer")?.pane,
    pid: seats.get("engineer")?.agent.pid,
    epoch: 1,
    worktree: expect.stringContaining(t.place.env["BATTY_STATE_DIR"] ?? ""),
  });
  const inbox = (await t.batty("inbox", "engineer", "--json")).json;
  expect(inbox).toMatchObject([
    {
      id,
      from: expect.any(String),
      body: expect.stringContaining("ask Round"),
      state: "taken",
      ts: expect.stringMatching(/Z$/),
    },
  ]);
  const [open] = (await t.batty("escalations", "--json")).json;
  expect(open).toMatchObject({
    id: 1,
    member: "engineer",
    task: null,
    kind: "question",
    question: "Round or keep?",
    options: ["round", "keep"],
    default: null,
    deadline: null,
    state: "open",
  });
  await expectRows(t, [
    ["escalations ack 1", 0],
    ["escalations snooze 1", 0],
    ["escalations answer 1 keep", 0],
    ["escalations resolve 1", 1],
  ]);
  await until(
    "the answered message",
    async () => (await t.batty("inbox", "engineer", "--json")).json[0].state === "answered",
  );
});

test("what a member may not do is refused with its reason", async () => {
  const t = await team({ template: "simple" });
  const rows: readonly (readonly [string, string, string])[] = [
    ["architect", "batty done", "→ 1 done.not-engineer"],
    ["architect", "batty send eng-1-1 hi", "→ 1 member.not-reachable"],
    ["architect", "batty stop --bot", "→ 1 access.denied"],
    ["architect", "batty restart", "→ 1 access.denied"],
    ["architect", 'batty task new "Implement the backend"', "→ 1 task.no-scope"],
    ["eng-1-1", "batty done", "→ 1 done.no-commits"],
    ["eng-1-1", "batty task next --claim", "→ 1"],
  ];
  for (const [member, step, end] of rows) {
    const id = await t.order(member, step);
    const { text } = await t.journal.until("message_answered", (l) => l["id"] === id);
    expect(text, `${member}: ${step}`).toContain(end);
  }
  const dirty = await t.order(
    "eng-1-1",
    "write x.txt x",
    "batty done",
    "write .batty/x x",
    "run git add -fA && git commit -qm x",
    "batty done",
  );
  const { text } = await t.journal.until("message_answered", (l) => l["id"] === dirty);
  expect(text).toContain("batty done → 1 done.dirty");
  expect(text).toContain("batty done → 1 task.touches-batty");
});
