// A call of the shell, its general flags taken out.
import type { ShellReply } from "../chat/desk.ts";

export interface Call {
  readonly verb: string;
  readonly argv: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  /** As given with --project-root. */
  readonly root: string | null;
}

/** A verb that the shell does itself: a reply to print, or, where it printed already, the exit code. */
export type OwnVerb = (call: Call, root: string | null) => Promise<ShellReply | number>;

export const refused = (exit: number, code: string, say: string, hint?: string): ShellReply => ({
  ok: false,
  exit,
  refusal: { code, say, ...(hint === undefined ? {} : { hint }) },
});

export const noTeam = (cwd: string): ShellReply =>
  refused(
    2,
    "config.none",
    `There is no team in ${cwd} or above it.`,
    "Make one with `batty init`.",
  );

/** Value of `--name VALUE` or `--name=VALUE`; null: not given. */
export function flag(argv: readonly string[], name: string): string | null {
  const at = argv.indexOf(`--${name}`);
  if (at >= 0) return argv[at + 1] ?? "";
  const inline = argv.find((a) => a.startsWith(`--${name}=`));
  return inline === undefined ? null : inline.slice(name.length + 3);
}

/** The first word that is none of the flags (`values`: those that take one); null: all are known. */
export function unknownWord(
  argv: readonly string[],
  values: readonly string[],
  bools: readonly string[],
  positions = 0,
): string | null {
  let left = positions;
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] as string;
    const name = word.startsWith("--") ? (word.slice(2).split("=")[0] ?? "") : null;
    if (name !== null && values.includes(name)) i += word.includes("=") ? 0 : 1;
    else if (name !== null && bools.includes(name)) continue;
    else if (name === null && left > 0) left -= 1;
    else return word;
  }
  return null;
}
