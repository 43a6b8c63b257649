// How questions and escalations change by what happened.
import type { Recorded } from "../event.ts";
import type { Escalation, State } from "../state.ts";
import { change, put } from "./put.ts";

const opened = (state: State, escalation: Escalation): State => ({
  ...state,
  escalations: put(state.escalations, escalation.id, escalation),
});

export function evolveEscalations(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "question_asked":
      return opened(state, {
        id: event.escalation,
        member: event.member,
        task: event.task,
        kind: "question",
        question: event.question,
        options: event.options,
        default: event.default,
        deadline: event.deadline,
        state: "open",
        by: null,
        answer: null,
        askedAt: at,
        message: event.id,
      });
    case "task_escalated":
      return opened(state, {
        id: event.escalation,
        member: event.member,
        task: event.task,
        kind: event.kind,
        question: event.say,
        options: event.options,
        default: null,
        deadline: null,
        state: "open",
        by: null,
        answer: null,
        askedAt: at,
        message: null,
      });
    case "escalation_changed":
      return {
        ...state,
        escalations: change(state.escalations, event.escalation, (e) => ({
          ...e,
          state: event.state,
          by: event.by,
          answer: event.answer ?? e.answer,
        })),
      };
    default:
      return state;
  }
}
