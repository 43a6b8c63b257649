// The Terminal port on tmux: one control client, guarded commands, /proc for who lives. Decides nothing.
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import type { Screen } from "../../core/agent.ts";
import type { Pane, PaneIdentity, Terminal } from "../../core/ports.ts";
import { Failure } from "../../core/words.ts";
import { isAlive } from "../proc.ts";
import { type Desk, isStrangers, openDesk, paneOf, type TerminalOptions } from "./desk.ts";
import { endPane, endStrays } from "./killing.ts";
import { launchSeat } from "./launching.ts";
import { type Guard, guarded, listCommand, paneDead, parsePanes, refusalIn } from "./panes.ts";
import { quote } from "./quote.ts";

/** Text longer than this goes through a file: inline it costs more. */
const inlineBytes = 4096;

export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const desk = await openDesk(options);
  /** Launches one after the other: each needs the layout that the former left. */
  let launching: Promise<unknown> = Promise.resolve();

  return {
    list: (signal) => unlessAborted(signal, listPanes(desk)),
    launch: (launch, signal) => {
      const next = launching.then(() => {
        stopIfAborted(signal);
        return launchSeat(desk, launch);
      });
      launching = next.catch(() => {});
      return next;
    },
    capture: (pane, lines, signal) => unlessAborted(signal, capture(desk, pane, lines)),
    screen: (pane, signal) => unlessAborted(signal, screen(desk, pane)),
    paste: async (pane, text, signal) => {
      stopIfAborted(signal);
      await paste(desk, pane, text);
    },
    keys: async (pane, keys, signal) => {
      stopIfAborted(signal);
      if (keys.length === 0) return;
      const names = keys.map(quote).join(" ");
      await input(desk, pane, (guard) => guarded(guard, `send-keys -t ${pane.pane} -- ${names}`));
    },
    settled: (pane, atLeast, atMost, signal) =>
      desk.output.settled(pane.pane, atLeast, atMost, signal),
    kill: (pane, signal) => unlessAborted(signal, endPane(desk, pane)),
    end: (signal) => unlessAborted(signal, endAll(desk)),
    close: async () => {
      desk.output.stop();
      desk.seats.close();
      await desk.server.close();
    },
  };
}

async function endAll(desk: Desk): Promise<void> {
  await desk.server.end();
  await endStrays(desk, () => true);
}

async function listPanes(desk: Desk): Promise<readonly Pane[]> {
  const control = await desk.server.attach();
  if (control === null) {
    desk.known.clear();
    return [];
  }
  let lines: readonly string[];
  try {
    lines = await desk.ask(control, listCommand);
  } catch (error) {
    // The server may have ended just now; asked once more, its socket says so for certain.
    if (!(error instanceof Failure) || error.code !== "tmux.gone") throw error;
    const again = await desk.server.attach();
    lines = again === null ? [] : await desk.ask(again, listCommand);
  }
  const tagged = parsePanes(lines).filter((pane) => pane.member !== null);
  const looked = tagged.map(async (pane) =>
    (await isStrangers(desk, pane)) ? [] : [await paneOf(desk, pane)],
  );
  const panes = (await Promise.all(looked)).flat();
  desk.known.clear();
  for (const { pane, member, epoch, pid, startTime } of panes) {
    desk.known.set(pane, { member, epoch, pid, startTime });
  }
  return panes;
}

async function shown(desk: Desk, pane: PaneIdentity, how: string): Promise<readonly string[]> {
  const control = await desk.server.attach();
  if (control === null) throw paneDead(pane, "is gone with its server");
  const guard = desk.guard(pane, false);
  const lines = await desk.ask(control, guarded(guard, how));
  const problem = refusalIn(lines, guard);
  if (problem !== null) throw problem;
  return lines;
}

async function capture(
  desk: Desk,
  pane: PaneIdentity,
  lines: number | null,
): Promise<readonly string[]> {
  const back = lines === null ? "" : ` -S -${Math.max(0, Math.floor(lines))}`;
  return toLastRow(await shown(desk, pane, `capture-pane -p${back} -t ${pane.pane}`));
}

/** The title comes first: it is one line whatever the screen holds. */
async function screen(desk: Desk, pane: PaneIdentity): Promise<Screen> {
  const title = `display-message -p -t ${pane.pane} '#{pane_title}'`;
  const [first = "", ...rows] = await shown(
    desk,
    pane,
    `${title} ; capture-pane -p -e -t ${pane.pane}`,
  );
  return { title: first, rows: toLastRow(rows) };
}

function toLastRow(lines: readonly string[]): readonly string[] {
  const rows = lines.map((row) => row.trimEnd());
  return rows.slice(0, rows.findLastIndex((row) => row !== "") + 1);
}

/**
 * The first line is a paste of its own: agents fold a long paste to a mark, and a message must still be known by its
 * header. Both are one list of commands, so that nothing comes between.
 */
async function paste(desk: Desk, pane: PaneIdentity, text: string): Promise<void> {
  if (text === "") return;
  const name = `batty-${pane.pane.slice(1)}`;
  const rest = text.indexOf("\n") + 1;
  const pieces = [text.slice(0, rest), text.slice(rest)].filter((piece) => piece !== "");
  const files: string[] = [];
  try {
    const loads: string[] = [];
    for (const [at, piece] of pieces.entries()) {
      const buffer = `${name}-${at}`;
      if (Buffer.byteLength(piece) <= inlineBytes) {
        loads.push(`set-buffer -b ${buffer} -- ${quote(piece)}`);
        continue;
      }
      const file = `${desk.options.seatsDir}/.paste-${buffer}-${randomBytes(4).toString("hex")}`;
      files.push(file);
      await writePaste(file, piece);
      loads.push(`load-buffer -b ${buffer} ${quote(file)}`);
    }
    const each = (act: (buffer: string) => string): string =>
      pieces.map((_, at) => act(`${name}-${at}`)).join(" ; ");
    const type = each((buffer) => `paste-buffer -p -r -d -b ${buffer} -t ${pane.pane}`);
    const forget = `${each((buffer) => `delete-buffer -b ${buffer}`)} ; `;
    await input(desk, pane, (guard) => `${loads.join(" ; ")} ; ${guarded(guard, type, forget)}`);
  } finally {
    for (const file of files) await rm(file, { force: true });
  }
}

async function writePaste(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    const bytes = Buffer.byteLength(text);
    throw new Failure("io.failed", `cannot write ${file} to paste ${bytes} bytes from`, { cause });
  }
}

/** Sends what types into a pane; what the guard refused, or came too late for, was not typed. */
async function input(
  desk: Desk,
  pane: PaneIdentity,
  commands: (guard: Guard) => string,
): Promise<void> {
  // tmux compares pids; that the pid is still the same process only /proc can say.
  const control = await desk.server.attach();
  if (control === null) throw paneDead(pane, "is gone with its server");
  if (desk.seats.hasEnded(pane.member, pane.epoch)) throw paneDead(pane, "has lost its agent");
  if (!isAlive(pane.pid, pane.startTime)) throw paneDead(pane, "lost its process");
  const guard = desk.guard(pane, true);
  const problem = refusalIn(await desk.ask(control, commands(guard)), guard);
  if (problem !== null) throw problem;
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw givenUp(signal);
}

/** For calls that leave nothing half done when nobody waits for them any more. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(givenUp(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function givenUp(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason;
  if (reason instanceof Failure) return reason;
  return new Failure("tmux.timeout", "a question to tmux was given up", { cause: reason });
}
