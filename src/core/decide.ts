// Routes an input through the rules, folding between them, so that each rule sees what the ones before it decided.

import type { Effect } from "./effect.ts";
import type { Event, Recorded } from "./event.ts";
import { evolve } from "./evolve.ts";
import type { Input } from "./input.ts";
import type { Rule, Seen } from "./rule.ts";
import { answer } from "./rules/answer.ts";
import { decideOn } from "./rules/approve.ts";
import { assign } from "./rules/assign.ts";
import { audit, refused } from "./rules/audit.ts";
import { board } from "./rules/board.ts";
import { config } from "./rules/config.ts";
import { context } from "./rules/context.ts";
import { deliver } from "./rules/deliver.ts";
import { departed } from "./rules/departed.ts";
import { disk } from "./rules/disk.ts";
import { doctor } from "./rules/doctor.ts";
import { claim } from "./rules/done.ts";
import { exchange } from "./rules/exchange.ts";
import { forgeries } from "./rules/forgeries.ts";
import { gate } from "./rules/gate.ts";
import { health } from "./rules/health.ts";
import { heartbeat } from "./rules/heartbeat.ts";
import { intake } from "./rules/intake.ts";
import { ladder } from "./rules/ladder.ts";
import { rests } from "./rules/limits.ts";
import { loopStalls } from "./rules/loop-stalls.ts";
import { merge } from "./rules/merge.ts";
import { permissions } from "./rules/permissions.ts";
import { posts } from "./rules/posts.ts";
import { queue } from "./rules/queue.ts";
import { quietTimes } from "./rules/quiet.ts";
import { recheck } from "./rules/recheck.ts";
import { review } from "./rules/review.ts";
import { screens } from "./rules/screens.ts";
import { send } from "./rules/send.ts";
import { stalled } from "./rules/stalled.ts";
import { standup } from "./rules/standup.ts";
import { tasks } from "./rules/tasks.ts";
import { team } from "./rules/team.ts";
import { trunk } from "./rules/trunk.ts";
import { usage } from "./rules/usage.ts";
import { verify } from "./rules/verify.ts";
import { worktrees } from "./rules/worktrees.ts";
import type { State } from "./state.ts";
import type { Refusal } from "./words.ts";

/**
 * Order matters only for what one input can do at once: facts come in first (intake, verify),
 * then people's wishes, then what follows from the state.
 */
const rules: readonly Rule[] = [
  intake,
  screens,
  disk,
  doctor,
  loopStalls,
  worktrees,
  config,
  team,
  posts,
  send,
  exchange,
  answer,
  permissions,
  quietTimes,
  ladder,
  decideOn,
  tasks,
  claim,
  verify,
  recheck,
  review,
  trunk,
  merge,
  queue,
  context,
  assign,
  board,
  gate,
  usage,
  rests,
  health,
  stalled,
  departed,
  deliver,
  heartbeat,
  standup,
  forgeries,
  audit,
];

export interface Decided {
  readonly state: State;
  readonly recorded: readonly Recorded[];
  readonly effects: readonly Effect[];
  readonly refusal: Refusal | undefined;
}

export function decide(before: State, input: Input, seen: Seen): Decided {
  let state = before;
  const recorded: Recorded[] = [];
  const effects: Effect[] = [];
  const fold = (events: readonly Event[]): void => {
    for (const event of events) {
      const line: Recorded = { seq: state.seq + 1, at: input.at, event };
      state = evolve(state, line);
      recorded.push(line);
    }
  };
  for (const rule of rules) {
    const decision = rule(state, input, seen);
    const { refusal } = decision;
    if (refusal !== undefined) {
      // Nothing changed but that it was tried.
      state = before;
      recorded.length = 0;
      fold(refused(before, input, refusal));
      return { state, recorded, effects: [], refusal };
    }
    fold(decision.events);
    effects.push(...decision.effects);
  }
  return { state, recorded, effects, refusal: undefined };
}
