// State from events: no policy, no clock, cannot refuse. Each part of the state has its file in evolve/.

import type { Recorded } from "./event.ts";
import { evolveConfig } from "./evolve/config.ts";
import { evolveEscalations } from "./evolve/escalations.ts";
import { evolveExchanges } from "./evolve/exchanges.ts";
import { evolveForgeries } from "./evolve/forgeries.ts";
import { forget, sizes } from "./evolve/forget.ts";
import { evolveLetters } from "./evolve/letters.ts";
import { evolveMachine } from "./evolve/machine.ts";
import { evolveMerge } from "./evolve/merge.ts";
import { evolveMessages } from "./evolve/messages.ts";
import { evolvePermissions } from "./evolve/permissions.ts";
import { evolveQuiet } from "./evolve/quiet.ts";
import { evolveSeats } from "./evolve/seats.ts";
import { evolveStandup } from "./evolve/standup.ts";
import { evolveTasks } from "./evolve/tasks.ts";
import type { State } from "./state.ts";

const parts = [
  evolveSeats,
  evolveMessages,
  evolveExchanges,
  evolveTasks,
  evolveMerge,
  evolveEscalations,
  evolveForgeries,
  evolvePermissions,
  evolveQuiet,
  evolveMachine,
  evolveConfig,
  evolveLetters,
  evolveStandup,
];

export function evolve(state: State, recorded: Recorded): State {
  const before = sizes(state);
  const next = forget(
    before,
    parts.reduce((s, part) => part(s, recorded), state),
  );
  const started = recorded.event.event === "daemon_started";
  return {
    ...next,
    seq: recorded.seq,
    startedAt: started ? recorded.at : next.startedAt,
    beatAt: started || recorded.event.event === "daemon_heartbeat" ? recorded.at : next.beatAt,
  };
}
