// Acts on a pane's composer. The paste is bracketed; Enter is a key of its own after the echo has settled.
import type { Brought } from "../../core/effect.ts";
import type { PaneIdentity } from "../../core/ports.ts";
import { typedAtMost, typedText } from "../../core/views/typed.ts";
import { Failure, type Probe } from "../../core/words.ts";
import type { ActContext, Of } from "./context.ts";

/** Enter comes when the paste's echo settled: not before, not after (ms, house §3.6; agents.md §1.1). */
const echoAtLeast = 100;
const echoAtMost = 400;
/** After this tmux leaves a paste that it has not come to, ms. */
const pasteWithin = 5_000;
/** A look at a composer that is older than this is no ground to type on, ms. */
const breath = 10;

async function read(
  c: ActContext,
  pane: PaneIdentity,
  signal: AbortSignal,
): Promise<Probe<string>> {
  const screen = await c.terminal.screen(pane, signal);
  return c.seats.driverOf(pane.member).composer(screen);
}

/**
 * Read while the journal goes to the disk; read once more when that took longer than a breath, since a person may
 * have begun to write.
 */
async function readOnDisk(
  c: ActContext,
  pane: PaneIdentity,
  signal: AbortSignal,
  onDisk: Promise<void>,
): Promise<Probe<string>> {
  const draft = await read(c, pane, signal);
  const since = c.now();
  await onDisk;
  return c.now() - since > breath ? read(c, pane, signal) : draft;
}

/** Why nothing may be typed now; null: nothing stands in the composer. */
function occupied(draft: Probe<string>): string | null {
  if (!draft.known) return draft.why;
  return draft.value === "" ? null : "a draft stands in its composer";
}

export async function composer(
  c: ActContext,
  { pane }: Of<"probe.composer">,
  signal: AbortSignal,
): Promise<Brought> {
  const [panes, draft] = await Promise.all([c.terminal.list(signal), read(c, pane, signal)]);
  const { inMode = false, stopped = false } = panes.find((p) => p.pane === pane.pane) ?? {};
  const shut = stopped ? "its process is stopped" : inMode ? "a person scrolls in it" : null;
  const why = shut ?? occupied(draft);
  const holds = shut !== null || !draft.known ? null : idAtStart(draft.value);
  return { of: "probe.composer", free: why === null, why: why ?? "", holds };
}

const held = (why: string): Brought => ({ of: "once.type", typed: false, why });

/** Looked at once more in the same breath: a person may have begun to write since the probe. */
export async function type_(
  c: ActContext,
  { pane, mail }: Of<"once.type">,
  signal: AbortSignal,
  onDisk: Promise<void>,
): Promise<Brought> {
  const long = Buffer.byteLength(mail.body) > typedAtMost;
  const file = long ? await c.seats.body(mail.id, mail.body, signal) : null;
  try {
    const why = occupied(await readOnDisk(c, pane, signal, onDisk));
    if (why !== null) return held(why);
  } catch (error) {
    if (isNoAnswer(error)) return held(error.message);
    throw error;
  }
  try {
    await c.terminal.paste(pane, typedText(mail, file), signal);
  } catch (error) {
    // A refusal is certain that nothing was pasted.
    if (error instanceof Failure && error.code === "tmux.refused") return held(error.message);
    if (!isNoAnswer(error)) throw error;
    if (!(await cameToStand(c, pane, mail.id, signal, error))) return held(error.message);
  }
  await c.terminal.settled(pane, echoAtLeast, echoAtMost, signal);
  await c.terminal.keys(pane, ["Enter"], signal);
  return { of: "once.type", typed: true, why: "" };
}

const isNoAnswer = (error: unknown): error is Failure =>
  error instanceof Failure && (error.code === "tmux.gone" || error.code === "tmux.timeout");

/**
 * Whether a paste stands in the composer although its answer was lost. Its Enter was never pressed: a composer that is
 * still empty when tmux must have left it shows that nothing was typed.
 * @throws the failure itself where that cannot be told
 */
async function cameToStand(
  c: ActContext,
  pane: PaneIdentity,
  id: string,
  signal: AbortSignal,
  failure: Failure,
): Promise<boolean> {
  const now = await read(c, pane, signal);
  if (now.known && holds(now.value, id)) return true;
  await c.terminal.settled(pane, pasteWithin, pasteWithin, signal);
  const then = await read(c, pane, signal);
  if (then.known && holds(then.value, id)) return true;
  if (then.known && then.value === "") return false;
  throw failure;
}

export async function typed(
  c: ActContext,
  { id, pane }: Of<"probe.typed">,
  signal: AbortSignal,
): Promise<Brought> {
  const draft = await read(c, pane, signal);
  if (!draft.known) return { of: "probe.typed", found: "unknown" };
  return { of: "probe.typed", found: holds(draft.value, id) ? "holds" : "gone" };
}

const holds = (draft: string, id: string): boolean => draft.includes(`[batty ${id}`);
const idAtStart = (draft: string): string | null => /^\[batty (\S+) from /.exec(draft)?.[1] ?? null;

/** Looked at once more in the same breath: the agent may have taken it meanwhile. */
export async function enter(
  c: ActContext,
  { id, pane }: Of<"once.enter">,
  signal: AbortSignal,
  onDisk: Promise<void>,
): Promise<Brought> {
  const draft = await readOnDisk(c, pane, signal, onDisk);
  if (draft.known && holds(draft.value, id)) await c.terminal.keys(pane, ["Enter"], signal);
  return { of: "done" };
}

/** Looked at in the same breath: a person's own words are never cleared. */
export async function clear(
  c: ActContext,
  { id, pane }: Of<"ensure.clear">,
  signal: AbortSignal,
): Promise<Brought> {
  const draft = await read(c, pane, signal);
  if (draft.known && idAtStart(draft.value) === id)
    await c.terminal.keys(pane, c.seats.driverOf(pane.member).clear, signal);
  return { of: "done" };
}

export async function interrupt(
  c: ActContext,
  { member, pane }: Of<"once.interrupt">,
  signal: AbortSignal,
): Promise<Brought> {
  await c.terminal.keys(pane, c.seats.driverOf(member).interrupt, signal);
  return { of: "done" };
}
