// A fresh board folder of its own for one test, seen by the board and by hand.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Board } from "../../src/core/ports.ts";
import { initBoard, openBoard } from "../../src/world/board/board.ts";
import type { Processes } from "../../src/world/processes.ts";
import { boardProcesses } from "./board-processes.ts";

const dirs: string[] = [];

export interface BoardPlace {
  readonly dir: string;
  readonly board: Board;
  path(name: string): string;
  text(name: string): Promise<string>;
  put(name: string, text: string): Promise<void>;
  mode(name: string): Promise<string>;
  /** What lies in tasks/, sorted. */
  names(): Promise<string[]>;
}

export async function boardPlace(processes: Processes = boardProcesses()): Promise<BoardPlace> {
  const root = await mkdtemp(join(tmpdir(), "batty-files-"));
  dirs.push(root);
  const dir = join(root, "board");
  await initBoard(dir, { name: "Demo: #1" });
  const path = (name: string): string => join(dir, name);
  return {
    dir,
    board: openBoard({ dir, processes }),
    path,
    text: (name) => readFile(path(name), "utf8"),
    put: (name, text) => writeFile(path(name), text),
    mode: async (name) => ((await stat(path(name))).mode & 0o777).toString(8),
    names: async () => (await readdir(path("tasks"))).sort(),
  };
}

/** To be called after all tests of a file. */
export async function leavePlaces(): Promise<void> {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
}

/** A task file as a person or another program writes it. */
export const taskText = (id: number, more = "", body = "Hello.\n"): string =>
  `---\nid: ${id}\ntitle: T ${id}\nstatus: todo\npriority: low\ncreated: 2026-01-10T08:00:00Z\nupdated: 2026-01-10T08:00:00Z\n${more}---\n\n${body}`;
