// Quiet times: since when, until when, and what was posted without a sound meanwhile.
import type { Event, Recorded } from "../event.ts";
import type { State } from "../state.ts";

/** More lines than that nobody reads in the morning; the posts themselves are all there. */
const heldAtMost = 100;

export function evolveQuiet(state: State, { event, at }: Recorded): State {
  const { quiet } = state;
  switch (event.event) {
    case "quiet_began": {
      const { by, until, except } = event;
      const { since, held } = quiet.on ? quiet : { since: at, held: [] };
      return { ...state, quiet: { on: true, by, since, until, except, held } };
    }
    case "quiet_ended":
      return { ...state, quiet: { ...quiet, on: false, by: event.by, since: at, until: null } };
    default: {
      const line = quiet.on && quiet.held.length < heldAtMost ? heldLine(state, event) : null;
      return line === null ? state : { ...state, quiet: { ...quiet, held: [...quiet.held, line] } };
    }
  }
}

/** What would have rung and is no open question or approval: those stand in the state themselves. */
function heldLine(state: State, event: Event): string | null {
  switch (event.event) {
    case "message_refused":
      return `A message to ${event.to} was not delivered: ${event.say}`;
    case "delivery_failed":
      return `A message to ${event.member} may not have arrived.`;
    case "message_to_human":
      return `${event.from} wrote to ${event.to}: ${event.body.split("\n")[0]?.slice(0, 200) ?? ""}`;
    case "mail_file_broken":
      return `A message file for ${event.member} can't be read: ${event.file}`;
    case "merge_held":
      return `#${event.task} was held: ${event.detail}`;
    case "escalation_changed": {
      const asked = state.escalations.get(event.escalation);
      return event.state === "answered" && event.by === "batty" && asked !== undefined
        ? `${asked.member}'s question took its default: ${event.answer ?? ""}`
        : null;
    }
    default:
      return null;
  }
}
