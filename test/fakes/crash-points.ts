// Every place where the bot may die, taken from the code: before and after each kind of effect, each kind of journal
// line and each call of a port. What is new there and never met by a crash is missed by the tests that read this.
import type { ChatPort } from "../../src/core/chat-port.ts";
import type { Effect } from "../../src/core/effect.ts";
import { type EventName, eventSchema } from "../../src/core/event.ts";
import type { Board, Gate, Mailbox, Repo, Signals, Terminal } from "../../src/core/ports.ts";

/** The compiler asks for each kind. */
const effects: Readonly<Record<Effect["type"], true>> = {
  "ensure.attach": true,
  "ensure.candidate": true,
  "ensure.clear": true,
  "ensure.consume": true,
  "ensure.create": true,
  "ensure.follow": true,
  "ensure.gate": true,
  "ensure.gone": true,
  "ensure.inspect": true,
  "ensure.landing": true,
  "ensure.mend": true,
  "ensure.patch": true,
  "ensure.put": true,
  "ensure.review": true,
  "ensure.seat": true,
  "ensure.start": true,
  "ensure.take": true,
  "ensure.tidy": true,
  "once.enter": true,
  "once.interrupt": true,
  "once.type": true,
  "probe.composer": true,
  "probe.remains": true,
  "probe.typed": true,
};

type Calls<P> = Readonly<Record<keyof P, boolean>>;

/** False: the loop never calls it; a person's look, or the bot's own start and end. */
const calls: {
  readonly terminal: Calls<Terminal>;
  readonly mailbox: Calls<Mailbox>;
  readonly signals: Calls<Signals>;
  readonly board: Calls<Board>;
  readonly repo: Calls<Repo>;
  readonly gate: Calls<Gate>;
  readonly chat: Calls<Omit<ChatPort, "name" | "width" | "lateness">>;
} = {
  terminal: {
    ...{
      list: true,
      launch: true,
      capture: true,
      screen: true,
      paste: true,
      settled: true,
      keys: true,
    },
    ...{ kill: true, end: false, close: false },
  },
  mailbox: { list: true, put: true, take: true, read: false },
  signals: { list: true, consume: true },
  board: { read: true, create: true, patch: true },
  repo: {
    ...{ trunk: true, ensureWorktree: true, startTask: true, adoptBranch: true, setUp: true },
    ...{ follow: true, inspect: true, rescue: true, change: true, candidate: true, land: true },
    ...{ contains: true, patch: false },
  },
  gate: { run: true, evidence: true },
  chat: { post: true, edit: true, find: true, mark: true, isOpen: false },
};

/** Lines that no rule writes, with the reason. */
const unwritten: Readonly<Partial<Record<EventName, string>>> = {
  daemon_stopped: "the bot's orderly end, beside the loop",
  auto_doctor_action:
    "a note of the shell, which waits for nothing; what it mended is a file outside the loop",
  task_released: "read from old journals only",
};

export const effectTypes = Object.keys(effects).sort() as readonly Effect["type"][];

/** Every kind of line that a day can bring about, by reflection over the journal's schema. */
export const eventNames: readonly EventName[] = eventSchema.options
  .map((option) => option.shape.event.value)
  .filter((name) => unwritten[name] === undefined);

const portCalls: readonly string[] = Object.entries(calls).flatMap(([port, methods]) =>
  Object.entries(methods)
    .filter(([, called]) => called)
    .map(([method]) => `${port}.${method}`),
);

/** Named as `places` below does. */
export const crashPoints: readonly string[] = [
  ...effectTypes,
  // `daemon_started` is written before there is a loop that could die.
  ...eventNames.filter((name) => name !== "daemon_started").map((name) => `append of ${name}`),
  ...portCalls,
].flatMap((what) => [`before ${what}`, `after ${what}`]);
