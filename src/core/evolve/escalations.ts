// How questions and escalations change by what happened. One that has ended never changes again.
import type { EventOf, Recorded } from "../event.ts";
import { type Escalation, isOpen, type State } from "../state.ts";
import type { Instant } from "../words.ts";
import { change, put } from "./put.ts";

type Asked = Pick<
  Escalation,
  "id" | "member" | "task" | "kind" | "detail" | "question" | "options"
> &
  Partial<Escalation>;

function opened(state: State, at: Instant, asked: Asked): State {
  const escalation: Escalation = {
    ...{ default: null, deadline: null, message: null },
    ...{ state: "open", by: null, answer: null, why: "", until: null },
    ...{ askedAt: at, times: 1, lastAt: at, ringsFrom: at, raised: [] },
    ...asked,
  };
  return { ...state, escalations: put(state.escalations, escalation.id, escalation) };
}

export function evolveEscalations(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "question_asked": {
      const { escalation: id, id: message, member, task, question, options } = event;
      const { default: fallback, deadline } = event;
      return opened(state, at, {
        ...{ id, message, member, task, kind: "question", detail: question, question, options },
        ...{ default: fallback, deadline },
      });
    }
    case "task_escalated": {
      const { escalation: id, member, task, kind, detail = "", say: question, options } = event;
      return opened(state, at, { id, member, task, kind, detail, question, options });
    }
    case "permission_asked": {
      const { escalation: id, id: detail, member, task, what: question, options, deadline } = event;
      return opened(state, at, {
        id,
        member,
        task,
        kind: "permission",
        detail,
        question,
        options,
        deadline,
      });
    }
    case "escalation_repeated":
      return changed(state, event.escalation, (e) => ({
        ...e,
        question: event.say,
        times: e.times + 1,
        lastAt: at,
      }));
    case "escalation_raised":
      return changed(state, event.escalation, (e) => ({
        ...e,
        raised: [...e.raised, event.step],
      }));
    case "escalation_changed":
      return changed(state, event.escalation, (e) => moved(e, event, at));
    default:
      return state;
  }
}

const changed = (state: State, id: number, how: (e: Escalation) => Escalation): State => ({
  ...state,
  escalations: change(state.escalations, id, (e) => (isOpen(e) ? how(e) : e)),
});

function moved(e: Escalation, event: EventOf<"escalation_changed">, at: Instant): Escalation {
  const { state, by, answer, until, why = "" } = event;
  const next = { ...e, state, by, answer: answer ?? e.answer, until, why };
  return state === "open" ? { ...next, by: null, ringsFrom: at, raised: [] } : next;
}
