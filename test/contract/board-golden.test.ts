// What kanban-md did to a recorded board, done by ours to a copy of it: the same by meaning.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Board, NewTask, TaskPatch } from "../../src/core/ports.ts";
import { Failure } from "../../src/core/words.ts";
import { openBoard } from "../../src/world/board/board.ts";
import { Unreadable } from "../../src/world/board/nodes.ts";
import { parseTaskFile } from "../../src/world/board/record.ts";
import { BoardRefused } from "../../src/world/board/refused.ts";
import { boardProcesses } from "../fakes/board-processes.ts";
import { type Files, type Scenario, scenarios } from "../fixtures/kanban-md/goldens.ts";

const { signal } = new AbortController();
const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

/** Where ours does otherwise on purpose. */
const differs: Readonly<Record<string, string>> = {
  "claim-refresh": "one's own young claim again is no change: effects are repeated",
  "claim-release-unclaimed": "what is so already is not written",
  "create-overwrites-unreadable": "no file is ever overwritten, and its number counts as taken",
  "create-title-empty": "a blank title is refused: it could not be read back",
  "edit-claim-expired": "a lease is ended by who gave it, not by any edit",
  "edit-deps": "its second command closes a circle, which is refused",
  "edit-remove-tag-absent": "what is so already is not written",
  "edit-title-blank": "a blank title is refused: it could not be read back",
  "edit-title-overwrites": "no file is ever overwritten",
  "malformed-id-reused": "the number of an unreadable file counts as taken",
  "minimal-front-matter": "missing keys get their defaults instead of year 1 and an empty priority",
  "move-claim-expired": "a lease is ended by who gave it, not by any move",
};

/** Scenarios in which what the program refuses is refused by the board itself. */
const refusing = new Set([
  "config-invalid-bad-default",
  "config-invalid-bad-timeout",
  "config-invalid-bad-yaml",
  "config-invalid-no-name",
  "config-invalid-no-version",
  "config-newer",
  "create-invalid-values",
  "create-next-id-zero",
  "edit-dep-errors",
]);

type Act = (board: Board, at: number) => Promise<unknown>;

const looks = new Set(["list", "ls", "show", "board", "summary", "log", "metrics", "context"]);

/** A command in terms of our port; null: our port has no such thing. */
function translate(argv: readonly string[]): Act | null {
  const [verb, ...rest] = argv;
  if (looks.has(verb ?? "")) return (board) => board.read(signal);
  const { words, flags } = parse(rest);
  if (words === null) return null;
  if (verb === "create" || verb === "add") return create(words, flags);
  const ids = (words[0] ?? "").split(",").map(Number);
  if (ids.some((id) => !Number.isInteger(id))) return null;
  const each =
    (make: (board: Board, id: number) => Promise<TaskPatch>): Act =>
    async (board, at) => {
      const refused: unknown[] = [];
      // A batch goes on behind a task that cannot be changed.
      for (const id of ids) {
        await board.patch(id, await make(board, id), at, signal).catch((e) => refused.push(e));
      }
      if (refused.length > 0) throw refused[0];
    };
  if (verb === "edit" && words.length === 1) return edit(each, flags);
  if (verb === "archive" && flags.size === 0) return each(async () => ({ status: "archived" }));
  const status = words[1];
  if (verb !== "move" || status === undefined) return null;
  const claim = flags.get("claim")?.[0];
  if (flags.size > (claim === undefined ? 0 : 1)) return null;
  return each(async (board, id) => {
    const now = (await board.read(signal)).tasks.get(id);
    // A move to where it is claims nothing.
    if (now?.status === status || claim === undefined) return { status };
    return { status, claimedBy: claim };
  });
}

const single = new Set(["unblock", "release", "yes", "json"]);
const short: Readonly<Record<string, string>> = { a: "append-body", y: "yes" };

function parse(args: readonly string[]) {
  const words: string[] = [];
  const flags = new Map<string, string[]>();
  let plain = false;
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    const match = plain ? null : /^--?([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(arg);
    if (arg === "--" && !plain) plain = true;
    else if (!match) words.push(arg);
    else {
      const name = short[match[1] ?? ""] ?? match[1] ?? "";
      const value = match[2] ?? (single.has(name) ? "" : args[++i]);
      if (value === undefined) return { words: null, flags };
      flags.set(name, [...(flags.get(name) ?? []), value]);
    }
  }
  flags.delete("json");
  return { words, flags };
}

const csv = (text: string): string[] => text.split(",");

function create(words: readonly string[], flags: ReadonlyMap<string, string[]>): Act | null {
  const known = [
    "title",
    "description",
    "body",
    "status",
    "priority",
    "assignee",
    "tags",
    "depends-on",
  ];
  if ([...flags.keys()].some((flag) => !known.includes(flag))) return null;
  if ((flags.get("tags") ?? []).some((tags) => tags.includes('"'))) return null;
  const one = (name: string): string | undefined => flags.get(name)?.[0];
  const [title] = [words[0] ?? one("title")];
  if (title === undefined) return null;
  const task: NewTask = {
    title,
    body: one("body") ?? one("description") ?? "",
    ...(flags.has("status") && { status: one("status") ?? "" }),
    ...(flags.has("priority") && { priority: one("priority") ?? "" }),
    ...(flags.has("assignee") && { assignee: one("assignee") ?? "" }),
    tags: csv(one("tags") ?? "").filter(Boolean),
    dependsOn: csv(one("depends-on") ?? "")
      .filter(Boolean)
      .map(Number),
  };
  return (board, at) => board.create(task, at, signal);
}

type Each = (make: (board: Board, id: number) => Promise<TaskPatch>) => Act;

function edit(each: Each, flags: ReadonlyMap<string, string[]>): Act | null {
  const known = [
    "title",
    "priority",
    "assignee",
    "add-tag",
    "remove-tag",
    "body",
    "append-body",
    "add-dep",
    "remove-dep",
    "block",
    "unblock",
    "claim",
    "release",
  ];
  if (flags.size === 0 || [...flags.keys()].some((flag) => !known.includes(flag))) return null;
  if (flags.get("add-tag")?.some((tags) => tags.includes('"'))) return null;
  const many = (name: string): string[] => (flags.get(name) ?? []).flatMap(csv);
  const one = (name: string): string | undefined => flags.get(name)?.[0];
  return each(async (board, id) => {
    const now = (await board.read(signal)).tasks.get(id);
    const [tags, deps] = [now?.tags ?? [], now?.dependsOn ?? []];
    const patch: Record<string, unknown> = {};
    if (flags.has("title")) patch["title"] = one("title");
    if (flags.has("priority")) patch["priority"] = one("priority");
    if (flags.has("assignee")) patch["assignee"] = one("assignee");
    if (flags.has("body")) patch["body"] = one("body");
    if (flags.has("append-body")) patch["appendBody"] = one("append-body");
    if (flags.has("add-tag")) patch["tags"] = [...new Set([...tags, ...many("add-tag")])];
    if (flags.has("remove-tag"))
      patch["tags"] = tags.filter((t) => !many("remove-tag").includes(t));
    if (flags.has("add-dep")) patch["dependsOn"] = [...deps, ...many("add-dep").map(Number)];
    if (flags.has("remove-dep")) {
      patch["dependsOn"] = deps.filter((d) => !many("remove-dep").map(Number).includes(d));
    }
    if (flags.has("block")) Object.assign(patch, { blocked: true, blockReason: one("block") });
    if (flags.has("unblock")) patch["blocked"] = false;
    if (flags.has("claim")) patch["claimedBy"] = one("claim");
    if (flags.has("release")) patch["claimedBy"] = null;
    return patch;
  });
}

async function restore({ before, modes }: Scenario): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "batty-golden-"));
  dirs.push(dir);
  for (const [path, mode] of Object.entries(modes.before)) {
    if (path.endsWith("/"))
      await mkdir(join(dir, path), { recursive: true, mode: parseInt(mode, 8) });
  }
  for (const [path, bytes] of Object.entries(before)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
    await chmod(join(dir, path), parseInt(modes.before[path] ?? "0600", 8));
  }
  return dir;
}

/** Keys both know that BoardTask has no field for. Unknown ones the program loses and ours keeps. */
const shown = new Set(["due", "estimate", "parent"]);

/** A task file by meaning: times to the ms, keys in any order, body bytes. */
function meaning(bytes: Buffer, statuses: readonly string[]): unknown {
  try {
    const { task, sheet, started, completed } = parseTaskFile(bytes, statuses);
    const { extra, ...rest } = task;
    const { updated } = extra;
    const others = Object.entries(extra).filter(([key, value]) => shown.has(key) && value !== null);
    const at = Date.parse(String(updated));
    return {
      ...rest,
      extra: Object.fromEntries(others),
      updated: at,
      started,
      completed,
      body: sheet.body.toString("latin1"),
    };
  } catch (error) {
    if (error instanceof Unreadable) return bytes.toString("latin1");
    throw error;
  }
}

async function tasksIn(dir: string): Promise<{ files: Files; modes: Record<string, string> }> {
  const files: Record<string, Buffer> = {};
  const modes: Record<string, string> = {};
  for (const name of (await readdir(join(dir, "tasks")).catch(() => [])).sort()) {
    if (!name.endsWith(".md")) continue;
    const path = `tasks/${name}`;
    files[path] = await readFile(join(dir, path));
    modes[path] = `0${((await stat(join(dir, path))).mode & 0o777).toString(8)}`;
  }
  return { files, modes };
}

const deeds = (log: Buffer | string | undefined): string[] =>
  String(log ?? "")
    .split("\n")
    .filter(Boolean)
    .flatMap((line): { action: string; task_id: number; detail: string }[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        // Somebody else's line.
        return [];
      }
    })
    .map(({ action, task_id, detail }) => `${task_id} ${action} ${detail}`);

const statuses = ["backlog", "todo", "in-progress", "review", "done", "archived"];
const shared = scenarios
  .filter(({ before }) => before["config.yml"])
  .map((scenario) => ({ scenario, acts: scenario.commands.map(translate) }))
  .filter(
    ({ scenario, acts }) =>
      acts.every(Boolean) &&
      (refusing.has(scenario.name) || scenario.commands.some(([verb]) => !looks.has(verb ?? ""))),
  );

describe("ours does to a board what kanban-md does", () => {
  it.each(shared.map((s) => [s.scenario.name, s] as const))(
    "%s",
    async (name, { scenario, acts }) => {
      const dir = await restore(scenario);
      const board = openBoard({ dir, processes: boardProcesses() });
      const answers: number[] = [];
      const batch = (i: number): boolean => /^\d+,/.test(scenario.commands[i]?.[1] ?? "");
      const counts = (i: number): boolean =>
        scenario.exits[i] === 0 || refusing.has(name) || batch(i);
      // A claim that comes with a move is logged by ours as by `pick`, while `move --claim` tells only the move.
      const quiet = scenario.commands.some(
        ([verb, ...args]) => verb === "move" && args.includes("--claim"),
      );
      const told = (deed: string): boolean => !quiet || !/^\d+ claim /.test(deed);
      for (const [i, act] of acts.entries()) {
        // What the program refuses for a claim or a limit is the core's business here, not the board's.
        if (!counts(i)) continue;
        const at = Date.parse(scenario.at) + i * scenario.step * 1000;
        try {
          await act?.(board, at);
          answers.push(0);
        } catch (error) {
          if (!(error instanceof BoardRefused || error instanceof Failure)) throw error;
          answers.push(1);
        }
      }
      const { files, modes } = await tasksIn(dir);
      const mean = (all: Files): Record<string, unknown> =>
        Object.fromEntries(
          Object.entries(all)
            .filter(([path]) => /^tasks\/[^/]*\.md$/.test(path))
            .map(([path, bytes]) => [path, meaning(bytes, statuses)]),
        );
      const log = await readFile(join(dir, "activity.jsonl")).catch(() => "");
      const got = { answers, tasks: mean(files), modes, log: deeds(log).filter(told) };
      const want = {
        answers: scenario.exits.filter((_, i) => counts(i)).map((exit) => Math.min(exit, 1)),
        tasks: mean(scenario.after),
        modes: Object.fromEntries(
          Object.entries(scenario.modes.after).filter(([path]) => /^tasks\/[^/]*\.md$/.test(path)),
        ),
        log: deeds(scenario.after["activity.jsonl"]).filter(told),
      };
      if (name in differs) expect(got).not.toEqual(want);
      else expect(got).toEqual(want);
    },
  );
});
