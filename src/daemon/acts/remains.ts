// What is left of a seat that could not be kept running, gathered for the person who must mend it. Only looks.
import type { Brought } from "../../core/effect.ts";
import { Failure, type MemberName } from "../../core/words.ts";
import type { ActContext, Of } from "./context.ts";

/** Enough for a stack trace's end, little enough for a phone. */
const shown = 12;
/** Characters of a line. */
const width = 200;

export async function remains(
  c: ActContext,
  { member, epoch }: Of<"probe.remains">,
  signal: AbortSignal,
): Promise<Brought> {
  return {
    of: "probe.remains",
    ...(await launchLine(c, member, epoch, signal)),
    lines: await lastLines(c, member, signal),
  };
}

/** A launch that cannot even be composed names its command in its own failure. */
async function launchLine(
  c: ActContext,
  member: MemberName,
  epoch: number,
  signal: AbortSignal,
): Promise<{ readonly command: string | null; readonly path: string | null }> {
  try {
    const worktree = await c.repo.ensureWorktree(member, signal);
    const { argv, env } = await c.seats.launchOf({ member, epoch, worktree, resume: null }, signal);
    return { command: argv.join(" "), path: env["PATH"] ?? "" };
  } catch (error) {
    if (error instanceof Failure) return { command: null, path: null };
    throw error;
  }
}

/** A dead pane keeps its text until the next launch. Null: there is none. */
async function lastLines(
  c: ActContext,
  member: MemberName,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  try {
    const pane = (await c.terminal.list(signal)).find((p) => p.member === member);
    if (pane === undefined) return null;
    const lines = await c.terminal.capture(pane, 100, signal);
    return lines
      .filter((line) => line.trim() !== "")
      .slice(-shown)
      .map((line) => line.slice(0, width));
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith("pane.")) return null;
    throw error;
  }
}
