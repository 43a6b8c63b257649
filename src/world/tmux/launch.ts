// The command line of a seat: clean environment, subreaper, wrapper, agent; each layer prefixes the next one,
// so that a sandbox can be put between. Must not know tmux.
import { accessSync, constants } from "node:fs";
import { arch } from "node:os";
import { delimiter, join } from "node:path";
import type { Launch } from "../../core/ports.ts";
import { Failure } from "../../core/words.ts";

/**
 * Records the agent's pid and start time before the agent's program begins, and its exit status after its end.
 * The bot waits for that status: its file is open from the start, and the shell's own "Killed" on the pane, which
 * wakes tmux before the status is written, goes nowhere; tmux shows the status of the dead pane.
 * Keys that interrupt are the agent's alone: the wrapper traps them and lives on.
 */
const wrapper = `
seat=$1; shift
trap : INT QUIT
exec 9>>"$seat.exit" 8>&2 2>/dev/null
sh -c '
  started() { shift 19; start=$1; }
  seat=$1; shift
  if read -r stat 2>/dev/null </proc/$$/stat; then started \${stat##*) }; fi
  printf "%s %s\\n" $$ "\${start:-}" >"$seat.pid"
  exec "$@" 2>&8 8>&- 9>&-
' seat "$seat" "$@"
status=$?
printf '%s\\n' "$status" >&9
exit "$status"
`;

/** prctl(PR_SET_CHILD_SUBREAPER): whoever leaves the session still descends from the wrapper. */
const prctlNumbers: Readonly<Record<string, number>> = { x64: 157, arm64: 167 };

/** What a tmux pane is to a program, whatever the terminal was that the bot was started in. */
export const terminalType = "screen-256color";

/** All that descends from a launch is started with it, wherever it went since: the seat's `base`. */
export const seatVariable = "BATTY_SEAT";

export interface SeatFiles {
  /** Path of the seat's files without their endings. */
  readonly base: string;
  /** Null: none on this machine; orphans then fall to init. */
  readonly perl: string | null;
}

/** The whole command line, for execvp. */
export function seatCommand(launch: Launch, seat: SeatFiles): readonly string[] {
  const env = { ...launch.env, TERM: terminalType, [seatVariable]: seat.base };
  return cleanly({}, subreaper(seat.perl, cleanly(env, wrapped(seat.base, launch.argv))));
}

const wrapped = (base: string, argv: readonly string[]): readonly string[] => [
  "sh",
  "-c",
  wrapper,
  "batty-seat",
  base,
  ...argv,
];

function cleanly(
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
): readonly string[] {
  const assignments = Object.entries(env).map(([name, value]) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !value.includes("\0")) return `${name}=${value}`;
    throw new Failure(
      "config.invalid",
      `an agent's environment cannot hold the variable ${JSON.stringify(name)}`,
    );
  });
  return ["env", "-i", ...assignments, ...argv];
}

function subreaper(perl: string | null, argv: readonly string[]): readonly string[] {
  const prctl = prctlNumbers[arch()];
  if (perl === null || prctl === undefined) return argv;
  return [perl, "-e", `syscall(${prctl}, 36, 1, 0, 0, 0); exec { $ARGV[0] } @ARGV`, ...argv];
}

/** Whether seats started by us hold their orphans. */
export const holdsOrphans = (path: string | undefined): boolean =>
  findPerl(path) !== null && prctlNumbers[arch()] !== undefined;

export function findPerl(path: string | undefined): string | null {
  for (const folder of (path ?? "").split(delimiter)) {
    const candidate = join(folder, "perl");
    try {
      accessSync(candidate, constants.X_OK);
      if (folder.startsWith("/")) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
