// Where trunk stands, who moved it, and whether it is green.

import type { Event } from "../event.ts";
import type { Input } from "../input.ts";
import type { Trunk } from "../ports.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import { nobody, type State } from "../state.ts";
import type { Oid } from "../words.ts";
import { evidenceOf, merged } from "./outcomes.ts";
import { raise } from "./raise.ts";

export const trunk: Rule = (state, input, seen) => {
  if (input.type === "observed" && input.world.trunk?.probe.known)
    return moved(state, input.world.trunk.probe.value, input.world.trunk.at, seen);
  if (
    input.type === "settled" &&
    input.effect.type === "ensure.gate" &&
    input.effect.purpose === "trunk"
  )
    return gated(state, input);
  if (input.type === "settled" && input.effect.type === "ensure.follow")
    return input.outcome.ok
      ? events({ event: "worktree_reconciled", member: input.effect.member, to: input.effect.to })
      : nothing;
  return follow(state, seen);
};

function moved(state: State, now: Trunk, lookedAt: number, seen: Seen): Decision {
  const { main } = state;
  if (main === null)
    return events({ event: "main_adopted", branch: now.branch, head: now.head, tree: now.tree });
  // Looked before our own landing was recorded: not news.
  if (main.head === now.head || lookedAt < main.at) return nothing;
  const ours = [...state.work.values()].find(
    (w) => w.phase !== "landed" && w.launched?.commit === now.head,
  );
  if (ours?.launched) return events(...merged(state, ours, ours.launched, seen));
  return events({ event: "main_moved_outside", from: main.head, to: now.head, tree: now.tree });
}

function gated(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  if (input.effect.type !== "ensure.gate") return nothing;
  const evidence = evidenceOf(input.effect, input.outcome);
  if (evidence === null || state.main?.tree !== evidence.tree) return nothing;
  const { branch, head } = state.main;
  const isRed = evidence.result === "red" || evidence.result === "timeout";
  const red: Event[] = isRed ? broken(state, branch, head, evidence.lines) : [];
  return events(evidence, ...red);
}

function broken(state: State, branch: string, head: Oid, lines: readonly string[]): Event[] {
  const say = [
    `${branch} is red at ${head.slice(0, 8)}`,
    "Nothing lands alone until it is green.",
    ...lines.slice(-10),
  ];
  return [
    { event: "main_broken", head, lines: [...lines] },
    raise(state, { member: nobody, task: null, kind: "main-broken" }, say.join("\n"), []),
  ];
}

/** Leads' worktrees go forward with trunk while they are idle. */
function follow(state: State, seen: Seen): Decision {
  const { main } = state;
  if (main === null) return nothing;
  const effects = seen.policy.members
    .filter((m) => m.roleType !== "engineer")
    .flatMap((m) => state.seats.get(m.name) ?? [])
    .filter((seat) => seat.live !== null && seat.activity === "idle" && seat.followed !== main.head)
    .map((seat) => ({
      type: "ensure.follow" as const,
      lane: `seat:${seat.member}` as const,
      member: seat.member,
      to: main.head,
    }));
  return { events: [], effects };
}
