// The kanban-md folder while others work in it too: torn files, locks, races, crashes, size.
import { readdirSync, writeFileSync } from "node:fs";
import { rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openBoard } from "../../src/world/board/board.ts";
import { readParsed, readWhole } from "../../src/world/board/files.ts";
import type { Held, Processes } from "../../src/world/processes.ts";
import { leavePlaces, boardPlace as place, taskText as task } from "../fakes/board-place.ts";
import { boardProcesses } from "../fakes/board-processes.ts";

const { signal } = new AbortController();
const now = Date.parse("2026-01-15T08:00:00.120Z");
const hour = 3_600_000;
afterAll(leavePlaces);

it("reads a torn file again before it believes it", async () => {
  const { put, path } = await place();
  await put("tasks/001-t.md", "");
  const parsed: string[] = [];
  const taken = await readParsed(
    path("tasks/001-t.md"),
    (bytes) => {
      parsed.push(bytes.toString());
      if (bytes.length > 0) return bytes.toString();
      // Whole again before the second look, as when kanban-md has truncated and is about to write.
      writeFileSync(path("tasks/001-t.md"), task(1));
      throw new Error("empty");
    },
    signal,
  );
  expect(parsed).toEqual(["", task(1)]);
  expect(taken?.value).toBe(task(1));
});

it("tells a file that was read in part from a whole one", async () => {
  // A file whose size is not what can be read of it, as while it is being written.
  expect(await readWhole("/proc/self/status")).toMatchObject({ whole: false });
  const { path } = await place();
  expect(await readWhole(path("config.yml"))).toMatchObject({ whole: true });
  expect(await readWhole(path("nothing"))).toBeNull();
});

it("does not rely on the stamp of a file that was written just now", async () => {
  const { dir, put, path } = await place();
  await put("tasks/001-t.md", task(1));
  const { mtimeMs } = await stat(path("tasks/001-t.md"));
  let clock = mtimeMs + 50;
  const board = openBoard({ dir, processes: boardProcesses(), now: () => clock });
  const young = await board.read(signal);
  expect((await board.read(signal)).tasks.get(1)).not.toBe(young.tasks.get(1));
  clock += hour;
  const old = await board.read(signal);
  expect((await board.read(signal)).tasks.get(1)).toBe(old.tasks.get(1));
});

it("sees a change that keeps size and time to the disk's last tick", async () => {
  const { board, put, path } = await place();
  await put("tasks/001-t.md", task(1));
  expect((await board.read(signal)).tasks.get(1)?.title).toBe("T 1");
  const { atime, mtime } = await stat(path("tasks/001-t.md"));
  await put("tasks/001-t.md", task(1).replace("T 1", "U 2"));
  await utimes(path("tasks/001-t.md"), atime, mtime);
  expect((await board.read(signal)).tasks.get(1)?.title).toBe("U 2");
});

it("gives the very same view while nothing changes", async () => {
  const root = await place();
  await root.put("tasks/001-t.md", task(1));
  // A clock an hour ahead: the files look old, so their stamps are relied on.
  const board = openBoard({
    dir: root.dir,
    processes: boardProcesses(),
    now: () => Date.now() + hour,
  });
  const first = await board.read(signal);
  expect(await board.read(signal)).toBe(first);
  await root.put("tasks/002-t.md", task(2));
  const second = await board.read(signal);
  expect([...second.tasks.keys()]).toEqual([1, 2]);
  expect(second.tasks.get(1)).toBe(first.tasks.get(1));
  await board.create({ title: "raises next_id", body: "" }, now, signal);
  expect((await board.read(signal)).tasks.get(1)).toBe(first.tasks.get(1));
  await rm(root.path("tasks/001-t.md"));
  expect([...(await board.read(signal)).tasks.keys()]).toEqual([2, 3]);
});

it("merges into what another program wrote between our look and our rename", async () => {
  const real = boardProcesses();
  let meddle: () => Promise<void> = async () => undefined;
  const processes: Processes = {
    ...real,
    async hold(order, stop): Promise<Held> {
      const held = await real.hold(order, stop);
      await meddle();
      return held;
    },
  };
  const { board, put, text } = await place(processes);
  await put("tasks/001-t.md", task(1));
  await board.read(signal);
  meddle = () => put("tasks/001-t.md", task(1, "tags:\n    - theirs\n"));
  await board.patch(1, { priority: "high" }, now, signal);
  expect(await text("tasks/001-t.md")).toContain("priority: high\n");
  expect(await text("tasks/001-t.md")).toContain("    - theirs\n");
  meddle = () => put("tasks/001-t.md", task(1, "claimed_by: eng-9\n"));
  await expect(board.patch(1, { claimedBy: "eng-1" }, now, signal)).rejects.toMatchObject({
    name: "BoardRefused",
    code: "board.claimed",
  });
  expect(await text("tasks/001-t.md")).toBe(task(1, "claimed_by: eng-9\n"));
});

it("begins again when a file is written while its new text lies ready", async () => {
  const { board, put, path, text } = await place();
  await put("tasks/001-t.md", task(1));
  // The signal is asked between the draft and the rename: the one moment no hook reaches otherwise.
  const meddling = new AbortController().signal;
  let meddled = 0;
  meddling.throwIfAborted = () => {
    const ready = readdirSync(path("tasks")).some((name) => name.endsWith(".tmp"));
    if (!ready || meddled++ > 0) return;
    writeFileSync(path("tasks/001-t.md"), task(1, "tags:\n    - theirs\n"));
  };
  await board.patch(1, { priority: "high" }, now, meddling);
  expect(meddled).toBe(2);
  expect(await text("tasks/001-t.md")).toContain("priority: high\n");
  expect(await text("tasks/001-t.md")).toContain("    - theirs\n");
});

it("finds a task again that another program renamed meanwhile, and says so when it is gone", async () => {
  const real = boardProcesses();
  let meddle: () => Promise<void> = async () => undefined;
  const { board, put, path, names } = await place({
    ...real,
    async hold(order, stop): Promise<Held> {
      const held = await real.hold(order, stop);
      await meddle();
      return held;
    },
  });
  await put("tasks/001-t.md", task(1));
  meddle = () => rename(path("tasks/001-t.md"), path("tasks/001-renamed.md"));
  await board.patch(1, { priority: "high" }, now, signal);
  expect(await names()).toEqual(["001-renamed.md"]);
  meddle = () => rm(path("tasks/001-renamed.md"));
  await expect(board.patch(1, { priority: "low" }, now, signal)).rejects.toMatchObject({
    code: "board.unknown-task",
  });
});

it("waits for whoever holds the lock, and takes it for each write", async () => {
  const processes = boardProcesses();
  const { board, dir } = await place(processes);
  const argv = ["flock", join(dir, ".lock"), "sh", "-c", "echo held; exec cat"] as const;
  const env = { PATH: process.env["PATH"] ?? "" };
  const other = await boardProcesses().hold({ argv, env, timeoutMs: 10_000 }, signal);
  const order: string[] = [];
  const write = board.create({ title: "T", body: "" }, now, signal).then(() => order.push("ours"));
  await board.read(signal);
  order.push("theirs");
  await other.release();
  await write;
  expect(order).toEqual(["theirs", "ours"]);
  expect(processes.holds()).toBe(1);
});

it("says that the board is locked when the lock cannot be had", async () => {
  const never: Processes = {
    ...boardProcesses(),
    hold: () => Promise.reject(new Error("flock ended with 1")),
  };
  const { board, names } = await place(never);
  await expect(board.create({ title: "T", body: "" }, now, signal)).rejects.toMatchObject({
    name: "Failure",
    code: "board.locked",
  });
  expect(await names()).toEqual([]);
});

it("writes nothing more once its lock is lost", async () => {
  const lost: Processes = {
    ...boardProcesses(),
    hold: async () => ({ lost: Promise.resolve(), release: async () => undefined }),
  };
  const { board, names } = await place(lost);
  await expect(board.create({ title: "T", body: "" }, now, signal)).rejects.toMatchObject({
    code: "board.locked",
  });
  expect(await names()).toEqual([]);
});

it("gives the lock back when a write is refused", async () => {
  const { board } = await place();
  await expect(board.patch(9, { title: "x" }, now, signal)).rejects.toThrow("no task 9");
  expect(await board.create({ title: "T", body: "" }, now, signal)).toBe(1);
});

it("makes the task of a key under its reserved number when a crash came before the file", async () => {
  const { board, put, text, names } = await place();
  await put("config.yml", (await text("config.yml")).replace("next_id: 1", "next_id: 4"));
  await put(".batty-keys.jsonl", '{"key":"msg-1","id":3}\n{"key":"msg-2","i');
  expect(await board.create({ title: "T", body: "", key: "msg-1" }, now, signal)).toBe(3);
  expect(await board.create({ title: "U", body: "", key: "msg-2" }, now, signal)).toBe(4);
  expect(await names()).toEqual(["003-t.md", "004-u.md"]);
});

it("makes no second task of a key when a crash came after the file, or a person deleted it", async () => {
  const { board, put, path, names } = await place();
  await put(".batty-keys.jsonl", '{"key":"msg-1","id":3}\n');
  await put("tasks/003-t.md", task(3));
  expect(await board.create({ title: "T", body: "", key: "msg-1" }, now, signal)).toBe(3);
  expect(await board.create({ title: "U", body: "", key: "msg-2" }, now, signal)).toBe(4);
  await rm(path("tasks/004-u.md"));
  expect(await board.create({ title: "U", body: "", key: "msg-2" }, now, signal)).toBe(4);
  expect(await names()).toEqual(["003-t.md"]);
});

it("sweeps away the half-written files of a crash and leaves none itself", async () => {
  const { board, put, names } = await place();
  await put("tasks/.batty-1-1.tmp", "half");
  await board.create({ title: "T", body: "" }, now, signal);
  await board.patch(1, { title: "Other" }, now, signal);
  expect(await names()).toEqual(["001-other.md"]);
});

it("answers from stamps alone on a large board, and lets the loop breathe", async () => {
  const { dir, put } = await place();
  for (let id = 1; id <= 2_000; id += 1)
    await put(`tasks/${String(id).padStart(3, "0")}-t.md`, task(id));
  const board = openBoard({ dir, processes: boardProcesses(), now: () => Date.now() + hour });
  let turns = 0;
  let reading = true;
  const turn = (): void => {
    turns += 1;
    if (reading) setImmediate(turn);
  };
  setImmediate(turn);
  const first = await board.read(signal);
  reading = false;
  expect(first.tasks.size).toBe(2_000);
  // Turns of the loop, not ms, so that a busy machine does not matter: a few files are parsed in each.
  expect(turns).toBeGreaterThan(200);
  expect(await board.read(signal)).toBe(first);
});
