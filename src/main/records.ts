// Follows the files in which agents keep their conversations: what only stands there is heard as their hooks are, and
// after each turn it is told what the conversation used.
import { homedir } from "node:os";
import { dirname, isAbsolute, resolve, sep } from "node:path";
import type { AgentDriver } from "../core/agent.ts";
import type { Recorded } from "../core/event.ts";
import type { Seat } from "../core/state.ts";
import type { Epoch, MemberName } from "../core/words.ts";
import type { Loop } from "../daemon/loop.ts";
import { type OpenRecord, openRecord } from "../world/agents/record.ts";
import { watchFolders } from "../world/watch.ts";

export interface RecordsParts {
  readonly loop: Pick<Loop, "state" | "onRecorded" | "intend">;
  readonly driverOf: (member: MemberName) => AgentDriver;
  readonly heard: (member: MemberName, epoch: Epoch, event: unknown) => void;
  /** Something was heard. */
  readonly onHeard: () => void;
  readonly log: (line: string) => void;
  readonly home?: string;
}

interface Followed {
  readonly key: string;
  readonly epoch: Epoch;
  readonly record: OpenRecord;
  readonly driver: AgentDriver;
  /** Its lines that tell of use. */
  readonly counted: string[];
  readonly watcher: { close(): void };
  looking: Promise<void> | null;
  again: boolean;
}

const bot = { name: "batty", via: "bot", tier: "admin" } as const;
/** Between looks at files of which no change was told, ms. */
const lookEach = 5_000;
const lookWithin = 5_000;
/** The last lines of a turn are written by then, ms. */
const written = 500;
/** Lines of one conversation that are counted: by then its context is long full. */
const countedAtMost = 20_000;

export function followRecords(parts: RecordsParts): { close(): void } {
  const { loop, log } = parts;
  const followed = new Map<MemberName, Followed>();
  const timers = new Set<NodeJS.Timeout>();

  const look = (member: MemberName): Promise<void> => {
    const one = followed.get(member);
    if (one === undefined) return Promise.resolve();
    one.again = one.looking !== null;
    one.looking ??= lookOn(parts, member, one)
      .catch((error: unknown) => log(`the record of ${member}: ${String(error)}`))
      .finally(() => {
        one.looking = null;
      });
    return one.looking;
  };
  const reconcile = (): void => {
    for (const seat of loop.state().seats.values()) {
      const { member, epoch } = seat;
      const path = recordOf(parts, seat);
      const key = path === null ? "" : `${epoch} ${path}`;
      const before = followed.get(member);
      if ((before?.key ?? "") === key) continue;
      before?.watcher.close();
      followed.delete(member);
      if (path === null) continue;
      const watcher = watchFolders([dirname(path)], () => void look(member));
      const record = openRecord(path, homeOf(parts), seat.since);
      const driver = parts.driverOf(member);
      followed.set(member, {
        ...{ key, epoch, record, driver, counted: [], watcher, looking: null, again: false },
      });
      void look(member);
    }
  };
  const tell = async (member: MemberName): Promise<void> => {
    await look(member);
    const one = followed.get(member);
    const usage = one?.driver.usage(one.counted) ?? null;
    if (one === undefined || usage === null) return;
    await loop.intend(bot, { type: "tell-usage", member, epoch: one.epoch, usage });
  };
  const later = (member: MemberName): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      tell(member).catch((error: unknown) => log(`the use of ${member}: ${String(error)}`));
    }, written);
    timers.add(timer);
  };
  loop.onRecorded((recorded) => {
    reconcile();
    for (const member of turnsEndedIn(recorded)) if (followed.has(member)) later(member);
  });
  reconcile();
  const net = setInterval(() => {
    for (const member of followed.keys()) void look(member);
  }, lookEach);
  return {
    close() {
      clearInterval(net);
      for (const timer of timers) clearTimeout(timer);
      for (const { watcher } of followed.values()) watcher.close();
      followed.clear();
    },
  };
}

const homeOf = ({ home }: RecordsParts): string => home ?? process.env["HOME"] ?? homedir();

/** Null: nothing to follow, or a claim that leads out of the home folder. */
function recordOf(parts: RecordsParts, { member, live, session }: Seat): string | null {
  const path = session?.record ?? null;
  if (live === null || path === null || !isAbsolute(path)) return null;
  if (!resolve(path).startsWith(`${resolve(homeOf(parts))}${sep}`)) return null;
  return parts.driverOf(member).followsRecord ? path : null;
}

/** Until nothing new is there: a long file comes in several looks. */
async function lookOn(parts: RecordsParts, member: MemberName, one: Followed): Promise<void> {
  for (;;) {
    one.again = false;
    const lines = await one.record.look(AbortSignal.timeout(lookWithin));
    let heard = false;
    for (const { text, fresh } of lines) {
      if (one.driver.usage([text]) !== null) one.counted.push(text);
      if (!fresh) continue;
      const event = parsed(text);
      if (one.driver.hear(event).length === 0) continue;
      parts.heard(member, one.epoch, event);
      heard = true;
    }
    one.counted.splice(0, Math.max(0, one.counted.length - countedAtMost));
    if (heard) parts.onHeard();
    if (lines.length === 0 && !one.again) return;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // torn or foreign: it says nothing
  }
}

/** Whose turns ended with these lines. */
function turnsEndedIn(recorded: readonly Recorded[]): ReadonlySet<MemberName> {
  const ended = new Set<MemberName>();
  for (const { event } of recorded) {
    if (event.event === "member_seen" && event.activity === "idle") ended.add(event.member);
    if (event.event !== "member_signalled") continue;
    if (event.kind === "idle" || event.trouble !== undefined) ended.add(event.member);
  }
  return ended;
}
