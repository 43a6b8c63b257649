// Mail for somebody who is no member any more: it ends, and whoever wrote it hears why.
import { queued } from "../deliveries.ts";
import type { Event } from "../event.ts";
import { memberOf } from "../policy.ts";
import { events, nothing, type Rule, type Seen } from "../rule.ts";
import type { Delivery, State } from "../state.ts";
import { inOrder, notice } from "./letters.ts";

export const departed: Rule = (state, input, seen) => {
  if (input.type !== "tick") return nothing;
  const theirs = queued(state).filter((d) => memberOf(seen.policy, d.mail.to) === undefined);
  return theirs.length === 0
    ? nothing
    : events(...inOrder(...theirs.map((d) => (n: number) => ended(state, d, seen, n))));
};

/** The bot's own word is nobody's loss; a member gets its text back; everything else is a person's to hear. */
function ended(state: State, { mail }: Delivery, seen: Seen, n: number): Event[] {
  const { id, from, to, body } = mail;
  const withdrawn: Event = { event: "message_withdrawn", id, by: "batty" };
  const say = `${to} is no member of the team any more: message ${id} was not delivered.`;
  if (mail.via === undefined && from === "batty") return [withdrawn];
  if (mail.via === undefined && memberOf(seen.policy, from) !== undefined)
    return [
      withdrawn,
      notice(state, seen, n + 1, from, "returned", `${say} It said:\n\n${body}`, mail.task),
    ];
  return [{ event: "delivery_failed", id, member: to, code: "member.unknown", say }];
}
