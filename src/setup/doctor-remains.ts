// More of what `doctor` finds: files of the board that can't be read, worktrees of nobody, what a dead bot left running,
// stalls. Each is looked at by itself: one that can't be looked at is said, and hides nothing else.
import { join } from "node:path";
import { rfc3339 } from "../lib/time.ts";
import type { Orphan } from "../world/git/orphans.ts";
import type { ProcessId } from "../world/proc.ts";
import { bad, type Finding, ok, warn } from "./check.ts";

export interface Remains {
  readonly board: () => Promise<
    readonly { readonly file: string; readonly line: number | null; readonly why: string }[]
  >;
  readonly orphans: () => Promise<readonly Orphan[]>;
  /** Makes git forget a worktree whose folder is gone. */
  readonly forget: (orphan: Orphan) => Promise<void>;
  /** What lives without its bot; empty while one runs. */
  readonly leftOver: () => Promise<readonly LeftOver[]>;
  readonly stalls: () => Promise<{ times: number; worst: number; at: number }>;
  readonly now: () => number;
}

export interface LeftOver extends ProcessId {
  /** `a spawner`, `the team's tmux server`. */
  readonly what: string;
  readonly began: number | null;
  /** What a person does about it. */
  readonly fix: string;
  /** Absent: it is not certain that it is ours alone. */
  readonly end?: () => Promise<void>;
}

const fixes = "`batty doctor --fix`";
/** Stalls of this long ago are history, ms. */
const lately = 24 * 3_600_000;

export async function remains(parts: Remains): Promise<readonly Finding[]> {
  return [
    ...(await looked("board", () => board(parts))),
    ...(await looked("worktrees", () => worktrees(parts))),
    ...(await looked("left over", () => leftOver(parts))),
    ...(await looked("stalls", () => stalls(parts))),
  ];
}

async function looked(
  name: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const say = error instanceof Error ? error.message : String(error);
    return [warn(name, `it could not be looked at: ${say}`, "Mend what the line names.")];
  }
}

async function board(parts: Remains): Promise<readonly Finding[]> {
  const broken = await parts.board();
  if (broken.length === 0) return [ok("board", "every task file can be read")];
  return broken.map(({ file, line, why }) => {
    const path = join(".batty/team_config/board", file);
    const at = line === null ? path : `${path}:${line}`;
    return bad(
      "board",
      `${at}: ${why}`,
      "Mend it in an editor; it is read again when it is saved.",
    );
  });
}

async function worktrees(parts: Remains): Promise<readonly Finding[]> {
  const found = await parts.orphans();
  if (found.length === 0) return [ok("worktrees", "each belongs to a member")];
  return found.map((orphan): Finding => {
    const { name, path, is, head } = orphan;
    switch (is) {
      case "folder":
        return warn(
          "worktrees",
          `${path} belongs to no member; whatever work lies in it stays`,
          orphan.admin === null
            ? "Look into it, and delete it when nothing in it is needed."
            : `Look into it; \`git worktree remove ${path}\` removes it when nothing in it is needed.`,
        );
      case "locked":
        return warn(
          "worktrees",
          `${path} is gone, and somebody locked it so that git remembers it`,
          `\`git worktree unlock ${path}\` if it won't come back.`,
        );
      case "detached":
        return warn(
          "worktrees",
          `${path} is gone; the commit it stood at is in no branch`,
          `Keep the commit: \`git branch ${name}-rescued ${head}\`, then ${fixes}.`,
        );
      default:
        return {
          ...warn(
            "worktrees",
            `${path} is gone and ${name} is no member; git still lists it`,
            fixes,
          ),
          on: path,
          mend: () => parts.forget(orphan),
        };
    }
  });
}

async function leftOver(parts: Remains): Promise<readonly Finding[]> {
  const found = await parts.leftOver();
  if (found.length === 0) return [ok("left over", "nothing runs without its bot")];
  return found.map(({ what, pid, began, fix, end }): Finding => {
    const since = began === null ? "" : `, since ${rfc3339(began)}`;
    const say = `${what} lives without a bot (pid ${pid}${since})`;
    return end === undefined
      ? warn("left over", say, fix)
      : { ...warn("left over", say, fixes), on: `pid ${pid}`, mend: end };
  });
}

async function stalls(parts: Remains): Promise<readonly Finding[]> {
  const { times, worst, at } = await parts.stalls();
  if (times === 0 || parts.now() - at > lately)
    return [ok("stalls", "the bot's loop did not stand still lately")];
  const often = times === 1 ? "once" : `${times} times`;
  const say = `the bot's loop stood still ${often} since its start, for ${worst} ms at most, last at ${rfc3339(at)}`;
  const fix =
    "`grep 'stood still' .batty/daemon.log` names what it did then; a busy machine does it too.";
  return [warn("stalls", say, fix)];
}
