// What a run of the test command means. Pure: exit 0 is green, all else is not, and what is nobody's fault is
// told from red.
import type { GateResult } from "../../core/ports.ts";
import type { ProcessResult } from "../processes.ts";

export interface Verdict {
  readonly result: GateResult;
  readonly why: string | null;
}

/** Bytes free below which a run that speaks of a full disk is believed. */
const fullBelow = 1024 * 1024;

export function judge(
  run: Pick<ProcessResult, "code" | "signal" | "timedOut" | "stdout">,
  seen: {
    readonly timeoutMs: number;
    /** Bytes free where the tests write; null: not known. */
    readonly free: number | null;
    /** How HEAD or the tracked tree differs after the run; null: not at all. */
    readonly changed: string | null;
  },
): Verdict {
  if (run.timedOut)
    return { result: "timeout", why: `the tests were ended after ${seen.timeoutMs / 1000} s` };
  const infra = (why: string): Verdict => ({ result: "infra", why });
  // Before the exit code: of a tree that changed under the tests even a red says nothing.
  if (seen.changed !== null) return infra(seen.changed);
  if (run.code === 0) return { result: "green", why: null };
  if (run.signal === "SIGKILL" || run.code === 137)
    return infra("the tests were killed (SIGKILL), as the system does when memory runs out");
  if (run.code === 127) return infra("a command was not found (exit 127); see the last lines");
  if (run.code === 126) return infra("a command could not be run (exit 126); see the last lines");
  if (
    seen.free !== null &&
    seen.free < fullBelow &&
    /ENOSPC|No space left on device/.test(run.stdout)
  )
    return infra("the disk is full");
  return { result: "red", why: null };
}

/** The last lines as they came; a final newline begins no further one. */
export function lastLines(output: string, count: number): readonly string[] {
  if (output === "") return [];
  const lines = output.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.slice(-count);
}
