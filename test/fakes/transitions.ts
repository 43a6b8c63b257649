// What changed hands in a journal: each change of a task's, a message's, a card's, a seat's and an escalation's state,
// by folding line after line. Must not know how the journal came about.
import type { Recorded } from "../../src/core/event.ts";
import { evolve } from "../../src/core/evolve.ts";
import { empty, type State } from "../../src/core/state.ts";

/** `event: x`, and `task: a → b`, `message: …`, `card: …`, `seat: …`, `escalation: …`, in order. */
export function transitionsOf(journal: readonly Recorded[]): readonly string[] {
  const list: string[] = [];
  let state: State = empty;
  for (const recorded of journal) {
    const after = evolve(state, recorded);
    list.push(`event: ${recorded.event.event}`, ...changes(state, after));
    state = after;
  }
  return list;
}

function changes(before: State, after: State): string[] {
  return [
    ...moves("task", before.work, after.work, (w) => w.phase),
    ...moves("card", cards(before), cards(after), (state) => state),
    ...moves("message", before.messages, after.messages, (d) => d.state),
    ...moves("seat", before.seats, after.seats, (s) =>
      s.parked !== null ? "parked" : s.live === null ? "absent" : s.activity,
    ),
    ...moves("escalation", before.escalations, after.escalations, (e) => e.state),
  ];
}

function cards(state: State): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const work of state.work.values())
    for (const card of work.proposals) all.set(`${work.task}:${card.round}`, card.state);
  return all;
}

function moves<K, T>(
  what: string,
  before: ReadonlyMap<K, T>,
  after: ReadonlyMap<K, T>,
  stateOf: (item: T) => string,
): string[] {
  if (before === after) return [];
  const list: string[] = [];
  for (const [key, item] of after) {
    const was = before.get(key);
    if (was === item) continue;
    const [from, to] = [was === undefined ? "new" : stateOf(was), stateOf(item)];
    if (from !== to) list.push(`${what}: ${from} → ${to}`);
  }
  for (const [key, item] of before)
    if (!after.has(key)) list.push(`${what}: ${stateOf(item)} → gone`);
  return list;
}
