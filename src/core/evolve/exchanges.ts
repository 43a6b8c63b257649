// How much two members wrote each other since anything came of it: a task made, handed out, declared done or landed, a
// person's word. Two agents that thank each other for ever are told from two that work by this alone.
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";
import type { MemberName } from "../words.ts";
import { put, without } from "./put.ts";

/** The kind of the escalation about such a pair; its detail is the pair. */
export const loopKind = "message-loop";

export const pairOf = (a: MemberName, b: MemberName): string => [a, b].sort().join(" ");
const isIn = (member: MemberName, pair: string): boolean => pair.split(" ").includes(member);

export function evolveExchanges(state: State, { event }: Recorded): State {
  switch (event.event) {
    case "message_sent": {
      const { from, to, mail } = event;
      if (mail.via !== undefined) return begunAnew(state, [to]);
      if (from === "batty" || from === to) return state;
      const pair = pairOf(from, to);
      return { ...state, exchanges: put(state.exchanges, pair, lettersOf(state, pair) + 1) };
    }
    case "task_created":
      return begunAnew(state, [event.by]);
    case "task_assigned":
      return begunAnew(state, [event.member, event.created_by]);
    case "task_completed":
      return begunAnew(state, [event.member]);
    case "task_auto_merged":
    case "task_manual_merged":
      return begunAnew(state, [state.work.get(event.task)?.member ?? ""]);
    case "escalation_changed": {
      const { kind, detail } = state.escalations.get(event.escalation) ?? {};
      const settled = event.state === "answered" || event.state === "resolved";
      return kind === loopKind && settled ? begunAnew(state, detail?.split(" ") ?? []) : state;
    }
    case "team_started":
      return { ...state, exchanges: new Map() };
    default:
      return state;
  }
}

export const lettersOf = ({ exchanges }: State, pair: string): number => exchanges.get(pair) ?? 0;

function begunAnew(state: State, members: readonly MemberName[]): State {
  const pairs = [...state.exchanges.keys()].filter((p) => members.some((m) => isIn(m, p)));
  return pairs.length === 0 ? state : { ...state, exchanges: without(state.exchanges, pairs) };
}
