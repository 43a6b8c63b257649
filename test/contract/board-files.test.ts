// The kanban-md folder as it is written and read: forms, names, modes, what is broken or old.
import {
  appendFile,
  chmod,
  mkdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { afterAll, expect, it } from "vitest";
import { initBoard } from "../../src/world/board/board.ts";
import { leavePlaces, boardPlace as place, taskText as task } from "../fakes/board-place.ts";

const { signal } = new AbortController();
const now = Date.parse("2026-01-15T08:00:00.120Z");
const hour = 3_600_000;
afterAll(leavePlaces);

it("writes a new board once, as kanban-md would, and leaves one that is there", async () => {
  const { dir, text, put, mode } = await place();
  const config = await text("config.yml");
  expect(config).toContain('version: 11\nboard:\n    name: "Demo: #1"\n');
  expect(config).toContain("title_lines: 2\n");
  expect(config).toMatch(/next_id: 1\n$/);
  expect([await mode("config.yml"), await mode("tasks"), await mode(".")]).toEqual([
    "600",
    "750",
    "750",
  ]);
  await put("config.yml", `${config}# mine\n`);
  await initBoard(dir, { name: "Other" });
  expect(await text("config.yml")).toBe(`${config}# mine\n`);
});

it("writes a task in the frame, order and quoting of the format", async () => {
  const { board, text, mode } = await place();
  await board.create({ title: "First", body: "" }, now, signal);
  await board.create(
    {
      title: 'Fix: "it" #2',
      body: "\n\n---\nx",
      tags: ["ci", "yes"],
      dependsOn: [1, 1],
      assignee: "ana",
    },
    now,
    signal,
  );
  await board.patch(
    2,
    { status: "in-progress", claimedBy: "eng-1", blocked: true, blockReason: "no" },
    now,
    signal,
  );
  expect(await text("tasks/002-fix-it-2.md")).toBe(`---
id: 2
title: "Fix: \\"it\\" #2"
status: in-progress
priority: medium
created: 2026-01-15T08:00:00.12Z
updated: 2026-01-15T08:00:00.12Z
assignee: ana
tags:
    - ci
    - "yes"
depends_on:
    - 1
blocked: true
block_reason: "no"
claimed_by: eng-1
claimed_at: 2026-01-15T08:00:00.12Z
class: standard
---

---
x
`);
  expect(await mode("tasks/002-fix-it-2.md")).toBe("444");
  expect((await text("activity.jsonl")).split("\n")).toEqual([
    '{"timestamp":"2026-01-15T08:00:00.12Z","action":"create","task_id":1,"detail":"First"}',
    '{"timestamp":"2026-01-15T08:00:00.12Z","action":"create","task_id":2,"detail":"Fix: \\"it\\" #2"}',
    '{"timestamp":"2026-01-15T08:00:00.12Z","action":"block","task_id":2,"detail":"no"}',
    '{"timestamp":"2026-01-15T08:00:00.12Z","action":"claim","task_id":2,"detail":"eng-1"}',
    '{"timestamp":"2026-01-15T08:00:00.12Z","action":"move","task_id":2,"detail":"todo -\\u003e in-progress"}',
    "",
  ]);
});

it("gives a file back to everybody when its claim is released or over", async () => {
  const { board, mode } = await place();
  await board.create({ title: "T", body: "" }, now, signal);
  await board.patch(1, { claimedBy: "eng-1" }, now, signal);
  expect(await mode("tasks/001-t.md")).toBe("444");
  await board.patch(1, { priority: "low" }, now + 2 * hour, signal);
  expect(await mode("tasks/001-t.md")).toBe("600");
  await board.patch(1, { claimedBy: "eng-2" }, now + 2 * hour, signal);
  await board.patch(1, { claimedBy: null }, now + 2 * hour, signal);
  expect(await mode("tasks/001-t.md")).toBe("600");
});

it("changes no line but those of the patch", async () => {
  const { board, put, text } = await place();
  const odd = `---
# by hand
title:   T 1   # the name
id: 1
created: 2026-01-10T08:00:00.123456789+02:00
status: todo
scheduled_for: 2026-02-01T00:00:00Z # later
artifacts: [a, "b"]
---
no blank line, no newline at the end \xff`;
  await put("tasks/001-whatever.md", odd);
  await board.patch(1, { claimedBy: "eng-1" }, now, signal);
  expect(await text("tasks/001-whatever.md")).toBe(`---
# by hand
title:   T 1   # the name
id: 1
created: 2026-01-10T08:00:00.123456789+02:00
status: todo
priority: medium
updated: 2026-01-15T08:00:00.12Z
claimed_by: eng-1
claimed_at: 2026-01-15T08:00:00.12Z
scheduled_for: 2026-02-01T00:00:00Z # later
artifacts: [a, "b"]
---

no blank line, no newline at the end \xff
`);
});

it("does not touch a file that already says what is asked", async () => {
  const { board, put, path, text } = await place();
  await put("tasks/001-t.md", task(1, "tags: [a]\n"));
  await utimes(path("tasks/001-t.md"), 1_700_000_000, 1_700_000_000);
  const before = await stat(path("tasks/001-t.md"));
  await board.patch(
    1,
    { status: "todo", tags: ["a"], blocked: false, claimedBy: null },
    now,
    signal,
  );
  const after = await stat(path("tasks/001-t.md"));
  expect([after.mtimeMs, after.ino]).toEqual([before.mtimeMs, before.ino]);
  await expect(text("activity.jsonl")).rejects.toThrow("ENOENT");
});

it("writes flow style, anchors and merged keys anew with the same meaning", async () => {
  const { board, put } = await place();
  await put(
    "tasks/001-a.md",
    '---\n{"id": 1, "title": "A", "status": "todo", "x": [1, ~, "1"]}\n---\n',
  );
  await put(
    "tasks/002-b.md",
    "---\nid: 2\ntitle: &t B\nstatus: todo\nx: {assignee: z, note: *t}\n---\n",
  );
  await put(
    "tasks/003-c.md",
    "---\nid: 3\ntitle: C\nstatus: todo\nx: &x {assignee: z}\n<<: *x\n---\n",
  );
  const before = (await board.read(signal)).tasks;
  for (const id of [1, 2, 3]) await board.patch(id, { title: `New ${id}` }, now, signal);
  const { tasks, broken } = await board.read(signal);
  expect(broken).toEqual([]);
  for (const id of [1, 2, 3]) {
    expect(tasks.get(id)?.title).toBe(`New ${id}`);
    expect(tasks.get(id)?.assignee).toBe(before.get(id)?.assignee);
    expect(tasks.get(id)?.extra["x"]).toEqual(before.get(id)?.extra["x"]);
  }
});

it("names what it cannot read, with the line, and shows all the rest", async () => {
  const { board, put, path } = await place();
  await put("tasks/001-good.md", task(1));
  await put("tasks/002-tags.md", task(2, "tags: a\n"));
  await put("tasks/003-crlf.md", task(3).replaceAll("\n", "\r\n"));
  await put("tasks/004-yaml.md", task(4, "x: a: b\n"));
  await put("tasks/005-empty.md", "");
  await mkdir(path("tasks/006-folder.md"));
  await symlink("nowhere", path("tasks/007-link.md"));
  await put("tasks/008-notes.txt", "no task");
  await put("tasks/.009-draft.md.tmp", task(9));
  const view = await board.read(signal);
  expect([...view.tasks.keys()]).toEqual([1]);
  expect(view.broken).toEqual([
    { file: "tasks/002-tags.md", line: 8, why: "`tags` must be a list, also for one item" },
    { file: "tasks/003-crlf.md", line: 1, why: expect.stringContaining("exactly `---`") },
    { file: "tasks/004-yaml.md", line: 8, why: expect.any(String) },
    { file: "tasks/005-empty.md", line: 1, why: expect.any(String) },
  ]);
  await put("tasks/002-tags.md", task(2, "tags: [a]\n"));
  expect((await board.read(signal)).tasks.get(2)?.tags).toEqual(["a"]);
});

it("refuses to change a task it cannot read, and says where to mend it", async () => {
  const { board, put, text } = await place();
  await put("tasks/002-tags.md", task(2, "tags: a\n"));
  await expect(board.patch(2, { title: "x" }, now, signal)).rejects.toMatchObject({
    name: "Failure",
    code: "board.unreadable",
    message: expect.stringContaining("tasks/002-tags.md:8"),
  });
  expect(await text("tasks/002-tags.md")).toBe(task(2, "tags: a\n"));
});

it("gives an id to the file that is named for it and complains of the other", async () => {
  const { board, put, names } = await place();
  await put("tasks/.aaa.md", task(1).replace("T 1", "Stranger"));
  await put("tasks/001-t.md", task(1));
  await put("tasks/001-u.md", task(1).replace("T 1", "Newcomer"));
  const { tasks, broken } = await board.read(signal);
  expect(tasks.get(1)?.title).toBe("T 1");
  expect(broken.map(({ file }) => file)).toEqual(["tasks/.aaa.md", "tasks/001-u.md"]);
  expect(broken[0]?.why).toContain("001-t.md");
  expect(await names()).toEqual([".aaa.md", "001-t.md", "001-u.md"]);
});

it("takes no number and no name that any file has, readable or not", async () => {
  const { board, put, text, names } = await place();
  await put("tasks/005-same.md", "<<<<<<< precious\n");
  await put("tasks/x.md", task(7));
  expect(await board.create({ title: "Same", body: "" }, now, signal)).toBe(8);
  expect(await text("tasks/005-same.md")).toBe("<<<<<<< precious\n");
  expect(await names()).toEqual(["005-same.md", "008-same.md", "x.md"]);
  await put("tasks/008-other.md", "also precious");
  await board.patch(8, { title: "Other" }, now, signal);
  expect(await names()).toEqual(["005-same.md", "008-other-1.md", "008-other.md", "x.md"]);
  expect(await text("tasks/008-other.md")).toBe("also precious");
  await board.patch(7, { priority: "high" }, now, signal);
  expect(await names()).toContain("007-t-7.md");
});

it("reads what Batty wrote and mends it when it writes", async () => {
  const { board, put, text } = await place();
  await put("tasks/001-t.md", task(1, "blocked: waiting for keys\n"));
  await put("tasks/002-t.md", task(2).replace("status: todo", "status: in_progress"));
  const { tasks } = await board.read(signal);
  expect(tasks.get(1)).toMatchObject({ blocked: true, blockReason: "waiting for keys" });
  expect(tasks.get(2)).toMatchObject({ status: "in-progress" });
  await board.patch(1, { priority: "high" }, now, signal);
  expect(await text("tasks/001-t.md")).toContain(
    "\nblocked: true\nblock_reason: waiting for keys\n",
  );
  await board.patch(2, { status: "in-progress" }, now, signal);
  expect(await text("tasks/002-t.md")).toContain("\nstatus: in-progress\n");
});

it("raises next_id and nothing else in config.yml", async () => {
  const { board, put, text } = await place();
  const config = `# ours\n${(await text("config.yml")).replace("next_id: 1", "next_id: 4 # next")}batty:\n  rotation: 20\n`;
  await put("config.yml", config);
  expect(await board.create({ title: "T", body: "" }, now, signal)).toBe(4);
  expect(await text("config.yml")).toBe(config.replace("next_id: 4", "next_id: 5"));
  await put("tasks/009-t.md", task(9));
  expect(await board.create({ title: "T", body: "" }, now, signal)).toBe(10);
  expect(await text("config.yml")).toBe(config.replace("next_id: 4", "next_id: 11"));
});

it("reads an old board without rewriting its settings", async () => {
  const { board, put, text } = await place();
  const old = `version: 1\nboard: {name: Old}\ntasks_dir: tasks\nstatuses: [backlog, todo, done]\npriorities: [low, high]\ndefaults: {status: todo, priority: low}\nnext_id: 1\n`;
  await put("config.yml", old);
  const { config } = await board.read(signal);
  expect(config).toEqual({
    statuses: ["backlog", "todo", "done", "archived"],
    priorities: ["low", "high"],
    wipLimits: {},
    defaultPriority: "low",
  });
  await board.create({ title: "T", body: "" }, now, signal);
  expect(await text("config.yml")).toBe(old.replace("next_id: 1", "next_id: 2"));
});

it("fails clearly without settings and with those of a newer program, and goes on once they are mended", async () => {
  const { board, put, text, path } = await place();
  const config = await text("config.yml");
  await put("config.yml", config.replace("version: 11", "version: 12"));
  const failed = { name: "Failure", code: "board.unreadable" };
  await expect(board.read(signal)).rejects.toMatchObject({
    ...failed,
    message: expect.stringContaining("version 12 is newer than 11"),
  });
  await expect(board.create({ title: "T", body: "" }, now, signal)).rejects.toMatchObject(failed);
  await rm(path("config.yml"));
  await expect(board.read(signal)).rejects.toMatchObject({
    ...failed,
    hint: expect.stringContaining("batty init"),
  });
  await put("config.yml", config);
  expect((await board.read(signal)).tasks.size).toBe(0);
});

it("makes the tasks folder again when git has dropped it", async () => {
  const { board, path, mode } = await place();
  await rm(path("tasks"), { recursive: true });
  expect((await board.read(signal)).tasks.size).toBe(0);
  await board.create({ title: "T", body: "" }, now, signal);
  expect(await mode("tasks")).toBe("750");
});

it("keeps a body's bytes that are no text, also when something is appended", async () => {
  const { board, path } = await place();
  const body = Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x0d, 0x0a]);
  await writeFile(path("tasks/001-t.md"), Buffer.concat([Buffer.from(task(1, "", "")), body]));
  await board.patch(1, { priority: "high", appendBody: "More." }, now, signal);
  const bytes = await readFile(path("tasks/001-t.md"));
  const want = Buffer.concat([Buffer.from("\n---\n\n"), body, Buffer.from("\nMore.\n")]);
  expect(bytes.subarray(-want.length).equals(want)).toBe(true);
});

it("keeps the log readable after a torn line, with long details, and at 10,000 lines", async () => {
  const { board, put, path, text } = await place();
  await put("activity.jsonl", '{"timestamp":"2026-01-1');
  await board.create({ title: `<${"é".repeat(60_000)}`, body: "" }, now, signal);
  const [torn, line] = (await text("activity.jsonl")).split("\n");
  expect(torn).toBe('{"timestamp":"2026-01-1');
  expect(Buffer.byteLength(line ?? "")).toBeLessThan(65_536);
  expect(JSON.parse(line ?? "")).toMatchObject({ action: "create", task_id: 1 });
  const old = '{"timestamp":"2026-01-14T08:00:00Z","action":"edit","task_id":1,"detail":"old"}\n';
  await appendFile(path("activity.jsonl"), old.repeat(10_500));
  await board.create({ title: "Newest", body: "" }, now, signal);
  const lines = (await text("activity.jsonl")).trimEnd().split("\n");
  expect(lines).toHaveLength(10_000);
  expect(lines.at(-1)).toContain("Newest");
});

it("says which file it could not write to", async () => {
  const { board, path } = await place();
  await board.create({ title: "T", body: "" }, now, signal);
  await rm(path("tasks"), { recursive: true });
  await writeFile(path("tasks"), "a file where a folder belongs");
  await chmod(path("tasks"), 0o600);
  await expect(board.create({ title: "U", body: "" }, now, signal)).rejects.toMatchObject({
    name: "Failure",
    code: "io.failed",
  });
});
