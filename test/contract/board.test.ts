import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Board, BoardTask, NewTask } from "../../src/core/ports.ts";
import { initBoard, openBoard } from "../../src/world/board/board.ts";
import { fakeBoard } from "../fakes/board.ts";
import { boardProcesses } from "../fakes/board-processes.ts";

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function realBoard(): Promise<Board> {
  const root = await mkdtemp(join(tmpdir(), "batty-board-"));
  dirs.push(root);
  const dir = join(root, "board");
  await initBoard(dir, { name: "Demo" });
  return openBoard({ dir, processes: boardProcesses() });
}

describeBoard("the board in memory", async () => fakeBoard());
describeBoard("the board in a kanban-md folder", realBoard);

/** What every Board keeps, whatever it is made of. */
export function describeBoard(name: string, make: () => Promise<Board>): void {
  const { signal } = new AbortController();
  const morning = Date.parse("2026-01-15T08:00:00Z");
  const minute = 60_000;
  const plain: NewTask = { title: "Write the parser", body: "Parse it.\n" };
  const seen = async (board: Board, id: number): Promise<BoardTask> => {
    const task = (await board.read(signal)).tasks.get(id);
    if (!task) throw new Error(`no task ${id}`);
    return task;
  };
  const refusal = (code: string) => ({ name: "BoardRefused", code });

  describe(name, () => {
    it("starts empty, with its columns and priorities", async () => {
      const view = await (await make()).read(signal);
      expect([...view.tasks]).toEqual([]);
      expect(view.broken).toEqual([]);
      expect(view.config.statuses).toContain("review");
      expect(view.config.priorities).toEqual(["low", "medium", "high", "critical"]);
    });

    it("gives a new task the next number and shows it as it was wished", async () => {
      const board = await make();
      const first = await board.create(plain, morning, signal);
      const wish: NewTask = {
        title: "Ship: it #1",
        body: "## Goal\n\n- [ ] one\n",
        priority: "high",
        tags: ["ci", "12", "# no comment"],
        dependsOn: [first],
        assignee: "ana",
        status: "backlog",
      };
      const second = await board.create(wish, morning, signal);
      expect([first, second]).toEqual([1, 2]);
      expect(await seen(board, second)).toEqual({
        id: 2,
        title: "Ship: it #1",
        body: "## Goal\n\n- [ ] one\n",
        status: "backlog",
        priority: "high",
        created: morning,
        tags: ["ci", "12", "# no comment"],
        assignee: "ana",
        dependsOn: [1],
        blocked: false,
        blockReason: null,
        claimedBy: null,
        claimedAt: null,
        class: "standard",
        extra: expect.anything(),
      });
    });

    it("makes a new task todo and medium when nothing else is said", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      expect(await seen(board, id)).toMatchObject({ status: "todo", priority: "medium" });
    });

    it("gives the first task again for the same key", async () => {
      const board = await make();
      const id = await board.create({ ...plain, key: "msg-1" }, morning, signal);
      await board.create(plain, morning, signal);
      expect(await board.create({ ...plain, key: "msg-1" }, morning + minute, signal)).toBe(id);
      expect((await board.read(signal)).tasks.size).toBe(2);
    });

    it("lists tasks by number", async () => {
      const board = await make();
      for (let i = 0; i < 12; i += 1) await board.create(plain, morning, signal);
      const ids = [...(await board.read(signal)).tasks.keys()];
      expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });

    it("claims and releases with the time of the claim", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      await board.patch(
        id,
        { status: "in-progress", claimedBy: "eng-1" },
        morning + minute,
        signal,
      );
      expect(await seen(board, id)).toMatchObject({
        status: "in-progress",
        claimedBy: "eng-1",
        claimedAt: morning + minute,
      });
      await board.patch(id, { claimedBy: null }, morning + 2 * minute, signal);
      expect(await seen(board, id)).toMatchObject({ claimedBy: null, claimedAt: null });
    });

    it("hands a claim on when the caller knew who held it", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      await board.patch(id, { claimedBy: "eng-1" }, morning, signal);
      await board.patch(id, { claimedBy: "eng-2" }, morning + minute, signal);
      expect(await seen(board, id)).toMatchObject({
        claimedBy: "eng-2",
        claimedAt: morning + minute,
      });
    });

    it("keeps the time of a claim that is made again, and renews it when half its hour is over", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      await board.patch(id, { claimedBy: "eng-1" }, morning, signal);
      await board.patch(id, { claimedBy: "eng-1" }, morning + 20 * minute, signal);
      expect((await seen(board, id)).claimedAt).toBe(morning);
      await board.patch(id, { claimedBy: "eng-1" }, morning + 40 * minute, signal);
      expect((await seen(board, id)).claimedAt).toBe(morning + 40 * minute);
    });

    it("blocks with a reason and forgets the reason when unblocked", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      await board.patch(id, { blocked: true, blockReason: "needs: keys #1" }, morning, signal);
      expect(await seen(board, id)).toMatchObject({ blocked: true, blockReason: "needs: keys #1" });
      await board.patch(id, { blocked: false }, morning, signal);
      expect(await seen(board, id)).toMatchObject({ blocked: false, blockReason: null });
    });

    it("changes only what a patch names, and takes away what it names null or empty", async () => {
      const board = await make();
      const id = await board.create({ ...plain, tags: ["a"], assignee: "ana" }, morning, signal);
      const before = await seen(board, id);
      await board.patch(id, { priority: "low" }, morning, signal);
      expect(await seen(board, id)).toMatchObject({
        ...before,
        priority: "low",
        extra: expect.anything(),
      });
      await board.patch(id, { tags: [], assignee: null, title: "Other" }, morning, signal);
      expect(await seen(board, id)).toMatchObject({ tags: [], assignee: null, title: "Other" });
    });

    it("appends to a body once, however often it is asked", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      for (let i = 0; i < 2; i += 1)
        await board.patch(id, { appendBody: "More." }, morning, signal);
      expect((await seen(board, id)).body).toBe("Parse it.\n\nMore.\n");
      await board.patch(id, { body: "" }, morning, signal);
      expect((await seen(board, id)).body).toBe("");
    });

    it("understands Batty's in_progress as the column in-progress", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      await board.patch(id, { status: "in_progress" }, morning, signal);
      expect((await seen(board, id)).status).toBe("in-progress");
    });

    it("refuses what no board can hold, and changes nothing", async () => {
      const board = await make();
      const id = await board.create(plain, morning, signal);
      const before = await seen(board, id);
      const tries: [string, () => Promise<unknown>][] = [
        ["board.blank-title", () => board.create({ title: " \u0085", body: "" }, morning, signal)],
        ["board.blank-title", () => board.patch(id, { title: "" }, morning, signal)],
        ["board.unknown-status", () => board.create({ ...plain, status: "nope" }, morning, signal)],
        ["board.unknown-status", () => board.patch(id, { status: "nope" }, morning, signal)],
        [
          "board.unknown-priority",
          () => board.create({ ...plain, priority: "nope" }, morning, signal),
        ],
        ["board.unknown-priority", () => board.patch(id, { priority: "" }, morning, signal)],
        [
          "board.unknown-dependency",
          () => board.create({ ...plain, dependsOn: [9] }, morning, signal),
        ],
        ["board.unknown-dependency", () => board.patch(id, { dependsOn: [9] }, morning, signal)],
        ["board.self-dependency", () => board.patch(id, { dependsOn: [id] }, morning, signal)],
        ["board.unknown-task", () => board.patch(9, { title: "x" }, morning, signal)],
      ];
      for (const [code, attempt] of tries) {
        await expect(attempt()).rejects.toMatchObject(refusal(code));
      }
      expect((await board.read(signal)).tasks.size).toBe(1);
      expect(await seen(board, id)).toEqual(before);
    });

    it("refuses a circle of dependencies and names it", async () => {
      const board = await make();
      await board.create(plain, morning, signal);
      await board.create({ ...plain, dependsOn: [1] }, morning, signal);
      await board.create({ ...plain, dependsOn: [2] }, morning, signal);
      const circle = board.patch(1, { dependsOn: [3] }, morning, signal);
      await expect(circle).rejects.toMatchObject({
        ...refusal("board.cycle"),
        message: expect.stringContaining("1 → 3 → 2 → 1"),
      });
    });

    it("does nothing for a caller that gave up", async () => {
      const board = await make();
      const gone = AbortSignal.abort();
      await expect(board.create(plain, morning, gone)).rejects.toThrow();
      await expect(board.read(gone)).rejects.toThrow();
      expect((await board.read(signal)).tasks.size).toBe(0);
    });

    it("keeps every one of many writes at once", async () => {
      const board = await make();
      const many = Array.from({ length: 10 }, (_, i) => i);
      const ids = await Promise.all(
        many.map((i) => board.create({ title: `T ${i}`, body: "" }, morning, signal)),
      );
      expect(new Set(ids).size).toBe(10);
      await Promise.all(
        many.map((i) => board.patch(1, { appendBody: `line ${i}` }, morning, signal)),
      );
      const body = (await seen(board, 1)).body;
      for (const i of many) expect(body).toContain(`line ${i}\n`);
    });
  });
}
