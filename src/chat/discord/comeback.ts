// What happens when the line is there, again or for the first time: the bot's place, what was left over, what was missed,
// and a line that says so. What is said now is heard after that.
import type { Millis } from "../../core/words.ts";
import { type Deferred, deferred } from "../../lib/deferred.ts";
import { actOnLeftOver, type LeftOverParts } from "../left-over.ts";
import { type BacklogParts, catchUp, type Found } from "./backlog.ts";
import type { Decisions } from "./decisions.ts";
import { echoOf } from "./echo.ts";
import { type Errands, stackOf } from "./errands.ts";
import type { Home, Settled } from "./home.ts";
import { backAfter, isLong, lineOf } from "./lines.ts";
import type { Session, Up } from "./session.ts";
import type { Trouble } from "./trouble.ts";

export interface Comeback {
  up(up: Up): void;
  /** Resolves when what was said before is heard. */
  caughtUp(): Promise<void>;
  settled(): Promise<void>;
}

export interface ComebackParts
  extends Omit<BacklogParts, "channels" | "upAt" | "isLongAgo">,
    Pick<LeftOverParts, "desk" | "isActedOn"> {
  readonly session: Session;
  readonly home: Home;
  readonly trouble: Trouble;
  readonly errands: Errands;
  readonly decisions: Decisions;
  readonly ending: AbortSignal;
  /** Shows people the commands. */
  register(): Promise<unknown>;
  /** Of one request. */
  deadline(): AbortSignal;
}

/** What is said now waits for what was said before, so long at most. */
const catchUpWithin: Millis = 20_000;
const nothingFound: Found = { handled: 0, listed: 0, counted: 0 };

export function createComeback(parts: ComebackParts): Comeback {
  const { session, home, trouble, heard, now, post } = parts;
  let caughtUp = deferred<void>();
  let isFirst = true;
  let ups = Promise.resolve();

  const finishLeftOver = (): Promise<void> =>
    actOnLeftOver({
      ...{ ...parts, keep: post },
      echoOf: (inbound) => echoOf(inbound, session, parts.deadline()),
    });

  const missed = async (
    { rooms }: Settled,
    { upAt, isLongAgo }: Pick<BacklogParts, "upAt" | "isLongAgo">,
  ): Promise<Found> => {
    const channels = rooms.known().map(({ channel }) => channel);
    const reacted = await parts.decisions.reread();
    const found = await catchUp({ ...parts, channels, upAt, isLongAgo }, home.present());
    heard.hold(false);
    // From here on there is a record of where it stopped, also where nobody has said anything yet.
    for (const channel of channels) heard.mark(channel);
    return { ...found, handled: found.handled + reacted };
  };

  const onUp = async (up: Up, gate: Deferred<void>): Promise<void> => {
    try {
      const settled = await trouble.untilDone(home.settle);
      if (up.isNew) parts.errands.run("its commands", trouble.untilDone(parts.register));
      if (session.hasText()) heard.forgetExplained();
      const since = isFirst ? (heard.before?.at ?? null) : up.awaySince;
      const wasFirst = isFirst;
      isFirst = false;
      if (wasFirst) await finishLeftOver();
      const away = since === null ? null : now() - since;
      const when = { upAt: up.at, isLongAgo: isLong(away) };
      const found = up.isNew ? await trouble.untilDone(() => missed(settled, when)) : nothingFound;
      const line = backAfter(away, found, wasFirst);
      if (line !== null) await post(lineOf(`back:discord:${now()}`, line));
    } finally {
      gate.resolve();
    }
  };

  return {
    caughtUp: () => caughtUp.promise,
    settled: () => ups,
    up(up) {
      home.up(up.client);
      trouble.anew();
      if (up.isNew) {
        caughtUp = deferred<void>();
        setTimeout(caughtUp.resolve, catchUpWithin).unref();
        heard.hold(true);
      }
      const gate = caughtUp;
      ups = ups
        .then(() => onUp(up, gate))
        .catch((error: unknown) => {
          if (!parts.ending.aborted) parts.log(`discord: ${stackOf(error)}`);
        });
    },
  };
}
