// Panes as tmux lists them, and the condition under which a command may touch one of ours.
import type { PaneIdentity } from "../../core/ports.ts";
import { Failure } from "../../core/words.ts";
import { every, formatLiteral, quote } from "./quote.ts";

export interface ListedPane {
  readonly pane: string;
  /** Null: no tag, not ours. */
  readonly member: string | null;
  readonly epoch: number;
  readonly column: number;
  readonly pid: number;
  readonly dead: boolean;
  readonly inMode: boolean;
  readonly session: string;
  readonly window: string;
  readonly width: number;
  readonly height: number;
  /** Made to be respawned by a launch; it ends at once. */
  readonly isPlaceholder: boolean;
}

/** Program of panes that wait for a launch. */
export const placeholder = ": batty-placeholder";

const fields = [
  "#{pane_id}",
  "#{@batty_role}",
  "#{@batty_epoch}",
  "#{@batty_column}",
  "#{pane_pid}",
  "#{?pane_dead,1,0}",
  "#{?pane_in_mode,1,0}",
  "#{session_name}",
  "#{window_id}",
  "#{window_width}",
  "#{window_height}",
  "#{pane_start_command}",
];

/** All panes of the server, in the order of their windows. */
export const listCommand = `list-panes -a -F ${quote(fields.join(":"))}`;

/** Column of panes that are not ours: right of all. */
const foreignColumn = 9;

export function parsePanes(lines: readonly string[]): ListedPane[] {
  return lines.map((line) => {
    const [
      pane = "",
      member,
      epoch,
      column,
      pid,
      dead,
      inMode,
      session = "",
      window = "",
      width,
      height,
    ] = line.split(":");
    return {
      pane,
      member: member || null,
      epoch: Number(epoch),
      column: member ? Number(column) : foreignColumn,
      pid: Number(pid),
      dead: dead === "1",
      inMode: inMode === "1",
      session,
      window,
      width: Number(width),
      height: Number(height),
      isPlaceholder: line.includes(placeholder),
    };
  });
}

export interface Guard {
  readonly pane: PaneIdentity;
  /** A line that no pane can print: begins what tmux says when the guard refused. */
  readonly refusal: string;
  /** Second (Unix) after which the command is void, so that nothing is typed long after its caller gave up. */
  readonly until: number;
  /** Whether the pane must take input: alive, and no person scrolling in it. */
  readonly input: boolean;
}

/** The commands `then`, run by tmux only if the pane is still this one; else `otherwise` and a refusal that says why. */
export function guarded(
  { pane, refusal, until, input }: Guard,
  then: string,
  otherwise = "",
): string {
  const conditions = [
    equal("@batty_role", pane.member),
    equal("@batty_epoch", String(pane.epoch)),
    equal("pane_pid", String(pane.pid)),
    `#{<=:#{T:@batty_now},${until}}`,
    ...(input ? ["#{==:#{?pane_dead,1,0}#{?pane_in_mode,1,0},00}"] : []),
  ];
  const state = `${refusal}:#{@batty_role}:#{@batty_epoch}:#{pane_pid}:#{?pane_dead,1,0}:#{?pane_in_mode,1,0}`;
  const refuse = `${otherwise}display-message -p -t ${pane.pane} ${quote(state)}`;
  return `if-shell -F -t ${pane.pane} ${quote(every(conditions))} { ${then} } { ${refuse} }`;
}

const equal = (variable: string, value: string): string =>
  `#{==:#{${variable}},${formatLiteral(value)}}`;

/** Why the guard refused; null: it did not. */
export function refusalIn(
  lines: readonly string[],
  { pane, refusal, input }: Guard,
): Failure | null {
  const line = lines.find((each) => each.startsWith(`${refusal}:`));
  if (line === undefined) return null;
  const [, member, epoch, pid, dead, inMode] = line.split(":");
  if (pid === "") return paneDead(pane, "is gone");
  if (member !== pane.member || Number(epoch) !== pane.epoch || Number(pid) !== pane.pid) {
    const found = `it is ${member || "no member"}'s, epoch ${epoch || "none"}, pid ${pid}`;
    return new Failure(
      "pane.foreign",
      `pane ${pane.pane} is not ${pane.member}'s any more: ${found}`,
      {
        hint: "nothing was typed; look at the panes anew",
      },
    );
  }
  if (input && dead === "1") return paneDead(pane, "is dead");
  if (input && inMode === "1") {
    return new Failure("tmux.refused", `a person scrolls in ${pane.member}'s pane ${pane.pane}`, {
      hint: "it takes input again when they leave copy mode (q)",
    });
  }
  return new Failure(
    "tmux.timeout",
    `tmux came to ${pane.member}'s pane ${pane.pane} too late; nothing was done`,
  );
}

export const paneDead = (pane: PaneIdentity, how: string): Failure =>
  new Failure("pane.dead", `${pane.member}'s pane ${pane.pane} ${how}`, {
    hint: "nothing was typed; the member needs a new launch",
  });
