// The one way git is started: no prompts, no pager, no hooks, no signing, no background work, none of the
// host's GIT_* variables, and always a deadline. Must not know what git is asked for.
import { lstat } from "node:fs/promises";
import { Failure } from "../../core/words.ts";
import { errnoOf } from "../maildir-folder.ts";
import type { Processes } from "../processes.ts";

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** It may take git's locks; a read must not even refresh the index (an agent's `git add` would fail). */
  readonly write?: true;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** ms [20 s reading, 120 s writing] */
  readonly timeoutMs?: number;
  /** Bytes kept [64 MB]; output beyond it is refused unless `cut`. */
  readonly maxOutput?: number;
  readonly cut?: true;
  /** Exit codes that are answers [0]; `any`: all of them. */
  readonly accept?: readonly number[] | "any";
}

export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** There was more than is kept. */
  readonly cut: boolean;
}

/** @throws Failure `git.missing` | `git.refused` | `git.timeout`, and what Processes rejects with */
export type Git = (call: GitCall, signal: AbortSignal) => Promise<GitResult>;

const defaultMaxOutput = 64 * 1024 * 1024;

const always = [
  "gc.auto=0",
  "maintenance.auto=false",
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "diff.suppressBlankEmpty=false",
  "commit.gpgSign=false",
  "i18n.commitEncoding=utf-8",
  "log.showSignature=false",
  "submodule.recurse=false",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

const quiet = {
  GIT_EDITOR: "true",
  GIT_SEQUENCE_EDITOR: "true",
  GIT_TERMINAL_PROMPT: "0",
  GIT_PAGER: "cat",
};

/** @param env what git sees of ours: PATH, HOME, … without any GIT_* */
export function createGit(processes: Processes, env: Readonly<Record<string, string>>): Git {
  return async (call, signal) => {
    const what = `git ${call.args[0] ?? ""} in ${call.cwd}`;
    const result = await started(processes, env, call, signal);
    if (result.timedOut)
      throw new Failure("git.timeout", `${what} was ended after ${timeoutOf(call) / 1000} s`, {
        hint: "A slow disk, or a filter or credential program of your git configuration that waits.",
      });
    if (result.code === null)
      throw new Failure("git.refused", `${what} was ended by ${result.signal}. ${words(result)}`);
    if (result.dropped > 0 && !call.cut)
      throw new Failure("git.refused", `${what} printed more than can be looked through`, {
        hint: "The change is too large for one landing; split it.",
      });
    if (call.accept !== "any" && !(call.accept ?? [0]).includes(result.code))
      throw refused(what, { ...result, code: result.code });
    const { code, stdout, stderr } = result;
    return { code, stdout, stderr, cut: result.dropped > 0 };
  };
}

export function refused(what: string, result: Pick<GitResult, "code" | "stderr">): Failure {
  return new Failure("git.refused", `${what} ended with ${result.code}. ${words(result)}`);
}

/** Git's own words, for people; nothing reads them. */
export function words({ stderr }: { readonly stderr: string }): string {
  const said = stderr.trim().split("\n").slice(0, 6).join(" / ");
  return said.length > 600 ? `${said.slice(0, 600)}…` : said;
}

const timeoutOf = (call: GitCall): number => call.timeoutMs ?? (call.write ? 120_000 : 20_000);

async function started(
  processes: Processes,
  env: Readonly<Record<string, string>>,
  call: GitCall,
  signal: AbortSignal,
) {
  try {
    return await processes.run(
      {
        argv: ["git", "--no-pager", ...always, ...call.args],
        cwd: call.cwd,
        env: { ...env, ...quiet, ...(call.write ? {} : { GIT_OPTIONAL_LOCKS: "0" }), ...call.env },
        timeoutMs: timeoutOf(call),
        // Reads last milliseconds and share the short slots; a checkout of a large tree must not block those.
        long: call.write === true,
        maxOutput: call.maxOutput ?? defaultMaxOutput,
        ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
      },
      signal,
    );
  } catch (error) {
    throw await startProblem(error, call.cwd);
  }
}

async function startProblem(error: unknown, cwd: string): Promise<unknown> {
  if (!(error instanceof Failure) || error.code !== "io.failed") return error;
  if (errnoOf(error.cause) !== "ENOENT") return error;
  const isThere = await lstat(cwd).then(
    () => true,
    () => false,
  );
  if (!isThere) return new Failure("git.no-repository", `${cwd} does not exist`, { cause: error });
  return new Failure("git.missing", `git could not be started in ${cwd}: it is not on the PATH`, {
    hint: "Install git 2.38 or newer (apt-get install git).",
    cause: error,
  });
}
