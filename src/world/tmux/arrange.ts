// Puts panes where a person expects them, and makes room for a new one. Cosmetic: it may fail, launches may not.
import type { Control } from "./control.ts";
import { columnsOf, inOrder, layoutString, roomFor, swapsTo } from "./layout.ts";
import { type ListedPane, placeholder } from "./panes.ts";
import { quote } from "./quote.ts";

/** A pane without a living program of anybody's. */
export interface FreePane {
  readonly pane: string;
  /** Of the program that ended in it, or is about to. */
  readonly pid: number;
}

/** Makes a free pane in the team's window, after those that stand before it; null when tmux had no room at all. */
export async function makePane(
  control: Control,
  panes: readonly ListedPane[],
  place: { readonly session: string; readonly member: string; readonly column: number },
  limitMs: number,
): Promise<FreePane | null> {
  const window = teamWindow(panes);
  const here = inOrder([...panes.filter((each) => each.window === window), { ...place, pane: "" }]);
  const at = here.findIndex((each) => each.pane === "");
  const before = here[at - 1];
  const after = here[at + 1];
  const target = before?.pane ?? after?.pane ?? quote(`=${place.session}:`);
  const side = before === undefined && after !== undefined ? "-b " : "";
  const program = quote(placeholder);
  const make = 'd -P -F "#{pane_id} #{pane_pid}"';
  for (const command of [
    `split-window -v ${side}-${make} -t ${target} ${program}`,
    `split-window -h ${side}-${make} -t ${target} ${program}`,
    `new-window -${make} -t ${quote(`=${place.session}:`)} ${program}`,
  ]) {
    const answer = await control.ask(command, limitMs);
    const [pane, pid] = answer.lines[0]?.split(" ") ?? [];
    if (answer.error === null && pane !== undefined) return { pane, pid: Number(pid) };
  }
  return null;
}

/** Lays the team's window out; its size is ours to choose only while no person is attached. */
export async function arrange(
  control: Control,
  panes: readonly ListedPane[],
  limitMs: number,
): Promise<void> {
  const window = teamWindow(panes);
  const now = panes.filter((each) => each.window === window);
  const first = now[0];
  if (first === undefined) return;
  const ordered = inOrder(now);
  const columns = columnsOf(ordered);
  const clients = await control.ask('list-clients -F "#{client_control_mode}"', limitMs);
  const isWatched = clients.lines.some((line) => line !== "1");
  const size = isWatched ? first : roomFor(columns);
  const commands = swapsTo(
    now.map(({ pane }) => pane),
    ordered.map(({ pane }) => pane),
  ).map(([pane, other]) => `swap-pane -d -s ${pane} -t ${other}`);
  if (!isWatched && (size.width !== first.width || size.height !== first.height)) {
    commands.push(`resize-window -t ${window} -x ${size.width} -y ${size.height}`);
    // Resizing pins the size by the way; a person who attaches shall get their own.
    commands.push(`set-option -w -t ${window} window-size latest`);
  }
  commands.push(`select-layout -t ${window} ${quote(layoutString(columns, size))}`);
  await control.ask(commands.join(" ; "), limitMs);
}

/** The window where most of ours stand. */
function teamWindow(panes: readonly ListedPane[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { member, window } of panes) {
    if (member !== null) counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
