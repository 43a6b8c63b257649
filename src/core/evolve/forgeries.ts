// Which forgeries were told: each once, however often it is tried.
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";
import { add } from "./put.ts";

/** In `told`. */
export const forgeryKey = (member: string | null, kind: string, subject: string): string =>
  `${forgeriesOf(member, kind)}${subject}`;

/** How the keys of a member's forgeries of one kind begin. */
export const forgeriesOf = (member: string | null, kind: string): string =>
  `forgery ${member ?? "?"} ${kind} `;

export function evolveForgeries(state: State, { event }: Recorded): State {
  if (event.event !== "forgery_detected") return state;
  const key = forgeryKey(event.member, event.kind, event.subject);
  return { ...state, told: add(state.told, key) };
}
