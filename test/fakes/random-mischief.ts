// What the world does to the bot on a random day: kills it anywhere, lets ports fail or answer too late, delays
// results and looks. Everything follows from one seed.
import { Failure, type FailureCode } from "../../src/core/words.ts";
import type { Chance } from "./chance.ts";
import type { Mischief } from "./life.ts";

export interface Odds {
  /** Of a kill at any effect's start or end and at any append. */
  readonly kill: number;
  /** Of a failing or late call of a port. */
  readonly fault: number;
  /** Of a delay, up to `lagMs`. */
  readonly lag: number;
  readonly lagMs: number;
}

/** At a day's end: nothing of this happens any more. */
export const calm: Odds = { kill: 0, fault: 0, lag: 0, lagMs: 0 };
const aimedDeaths = 4;

/** How often each thing happened, over all days. */
export type Tally = Map<string, number>;
export const count = (tally: Tally, what: string): void =>
  void tally.set(what, (tally.get(what) ?? 0) + 1);

/** What each port says when it does not comply; by contract nothing was done then. */
const refusals: Readonly<Record<string, readonly FailureCode[]>> = {
  terminal: ["tmux.timeout", "tmux.gone", "tmux.refused"],
  mailbox: ["io.failed", "io.full"],
  signals: ["io.failed"],
  board: ["board.locked", "io.failed"],
  repo: ["git.timeout", "git.refused"],
  gate: ["spawner.gone", "timeout"],
  chat: ["io.failed"],
};

export interface Hooks {
  readonly chance: Chance;
  readonly odds: () => Odds;
  readonly tally: Tally;
  /** Places where the bot dies when it first comes by. */
  readonly aims: Set<string>;
  kill(): void;
  /** A person begins to write into a member's composer, and leaves it again. */
  draft(member: string): void;
  sleep(ms: number): Promise<void>;
}

export function randomMischief({ chance, odds, tally, aims, kill, draft, sleep }: Hooks): Mischief {
  const mayKill = (where: string): void => {
    if (!chance.hits(odds().kill)) return;
    count(tally, `kill ${where}`);
    kill();
  };
  /** It died in an aimed place before: no more than a few deaths a day, or nothing else happens. */
  let deaths = 0;
  const at = (where: string): void => {
    if (odds() === calm || deaths >= aimedDeaths || !aims.delete(where)) return;
    deaths += 1;
    count(tally, `crash ${where}`);
    kill();
  };
  const mayLag = async (what: string): Promise<void> => {
    const { lag, lagMs } = odds();
    if (!chance.hits(lag)) return;
    count(tally, `lag ${what}`);
    await sleep(1 + chance.below(lagMs));
  };
  return {
    async beforeCall(call) {
      at(`before ${call}`);
      await mayLag("of a port");
      const [port = ""] = call.split(".");
      if (!chance.hits(odds().fault * (port === "gate" ? 4 : 1))) return;
      count(tally, `fault of ${port}`);
      const code = chance.one<FailureCode>(refusals[port] ?? ["io.failed"]);
      throw new Failure(code, `${call} did not comply (${code})`);
    },
    async afterCall(call) {
      at(`after ${call}`);
      await mayLag("of an answer");
      const [port = ""] = call.split(".");
      if (!chance.hits((odds().fault / 2) * (port === "gate" ? 4 : 1))) return;
      count(tally, `lost answer of ${port}`);
      throw new Failure("timeout", `${call} answered too late`);
    },
    beforeEffect(effect) {
      count(tally, `start of ${effect.type}`);
      if (effect.type === "once.type" && chance.hits(odds().fault)) {
        count(tally, "draft between look and paste");
        draft(effect.pane.member);
      }
      at(`before ${effect.type}`);
      mayKill("at an effect's start");
    },
    afterEffect(effect) {
      count(tally, `end of ${effect.type}`);
      at(`after ${effect.type}`);
      mayKill("at an effect's end");
    },
    beforeAppend(recorded) {
      for (const { event } of recorded) at(`before append of ${event.event}`);
      mayKill("before an append");
    },
    afterAppend(recorded) {
      for (const { event } of recorded) at(`after append of ${event.event}`);
      mayKill("after an append");
    },
    settling: () => mayLag("of a result"),
    observing: () => mayLag("of a look"),
  };
}
