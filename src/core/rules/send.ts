// Who may write to whom, and what becomes of it: directives, members' mail, words to people, taking back, sending again.

import { isLetter } from "../chat-port.ts";
import { askedIn } from "../deliveries.ts";
import type { Effect } from "../effect.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Intent } from "../input.ts";
import { memberOf } from "../policy.ts";
import type { Mail } from "../ports.ts";
import { type Decision, events, nothing, type Rule, refuse, type Seen } from "../rule.ts";
import type { State } from "../state.ts";
import type { Caller, MemberName } from "../words.ts";
import { tooMany } from "./exchange.ts";
import { clean, letter, messageId } from "./letters.ts";
import { paneOf } from "./panes.ts";
import { unknownMember } from "./team.ts";

export const send: Rule = (state, input, seen) => {
  if (input.type !== "intent") return nothing;
  const { by, intent } = input;
  switch (intent.type) {
    case "send":
      return accept(state, by, intent, seen);
    case "send-again":
      return isLetter(intent.message) ? nothing : again(state, by, intent.message, seen);
    case "withdraw-message":
      return withdraw(state, by, intent.message);
    default:
      return nothing;
  }
};

/** The member that a name means, or why it means none. */
export function recipient(seen: Seen, name: string): MemberName | Decision {
  const { members } = seen.policy;
  if (members.some((m) => m.name === name)) return name;
  const inRole = members.filter((m) => m.role === name).map((m) => m.name);
  if (inRole.length === 1 && inRole[0] !== undefined) return inRole[0];
  if (inRole.length > 1)
    return refuse(
      "member.several",
      `"${name}" is a role of several members.`,
      `Name one: ${inRole.join(", ")}.`,
    );
  return unknownMember(seen, name);
}

function accept(
  state: State,
  by: Caller,
  intent: Extract<Intent, { type: "send" }>,
  seen: Seen,
): Decision {
  const body = clean(intent.body);
  if (body.trim() === "")
    return refuse("usage", "The message is empty.", "Say something after the name.");
  if (intent.to === "human") return toHuman(state, by, body, seen);
  const to = recipient(seen, intent.to);
  if (typeof to !== "string") return to;
  const author = by.tier === "team" ? memberOf(seen.policy, by.name) : undefined;
  if (by.tier === "team" && !author?.talksTo.includes(to)) {
    const reachable = [...(author?.talksTo ?? []), "human"].join(", ");
    return refuse(
      "member.not-reachable",
      `${by.name} may not address ${to}.`,
      `It may address: ${reachable}.`,
    );
  }
  const refusal = by.tier === "team" ? tooMany(state, by.name, to) : null;
  if (refusal !== null) return { ...nothing, refusal };
  const sent = letter(state, seen, 0, {
    from: by.name,
    to,
    body,
    msg_type: "send",
    ...(by.tier === "team" ? {} : { via: by.via }),
    ...(intent.echo === null ? {} : { echo: intent.echo }),
    ...(intent.now ? { now: true } : {}),
  });
  const effects: Effect[] = [{ type: "ensure.put", lane: `mail:${to}`, mail: sent.mail as Mail }];
  const pane = paneOf(state, to);
  if (intent.now && pane !== null && seatOf(state, to).activity === "working")
    effects.push({ type: "once.interrupt", lane: `type:${to}`, member: to, pane });
  return { events: [sent], effects };
}

function toHuman(state: State, by: Caller, body: string, seen: Seen): Decision {
  if (by.tier !== "team")
    return refuse(
      "member.unknown",
      "`human` is you: only members write to people.",
      "Name a member instead.",
    );
  const begun = askedIn(state, seatOf(state, by.name).turn);
  const person = begun?.mail.via === undefined ? undefined : begun.mail.from;
  if (person === undefined && !seen.policy.reachPeople.includes(by.name)) {
    const lead = memberOf(seen.policy, by.name)?.reportsTo ?? "your lead";
    return refuse(
      "member.not-reachable",
      `${by.name} writes to people only when they wrote first.`,
      `Write to ${lead}, or ask a question with \`batty ask\`.`,
    );
  }
  return events({
    event: "message_to_human",
    id: messageId(state, seen, 0),
    from: by.name,
    to: person ?? seen.policy.owner,
    body,
    reply_to: person === undefined ? null : (begun?.mail.id ?? null),
  });
}

function again(state: State, by: Caller, id: string, seen: Seen): Decision {
  const failed = state.messages.get(id);
  if (failed === undefined || failed.state !== "failed")
    return refuse("message.unknown", `No failed message has the id ${id}.`, "See `batty inbox`.");
  const { id: _id, timestamp: _timestamp, ...rest } = failed.mail;
  if (memberOf(seen.policy, rest.to) === undefined) return unknownMember(seen, rest.to);
  // Whoever presses, it stays its sender's: nobody said what they did not say.
  const sent = letter(state, seen, 1, rest);
  return {
    // The failed one is over: sent again once, whatever is pressed after.
    events: [{ event: "message_withdrawn", id, by: by.name }, sent],
    effects: [{ type: "ensure.put", lane: `mail:${rest.to}`, mail: sent.mail as Mail }],
  };
}

function withdraw(state: State, by: Caller, id: string): Decision {
  const delivery = state.messages.get(id);
  if (delivery === undefined)
    return refuse("message.unknown", `No message has the id ${id}.`, "See `batty inbox`.");
  if (delivery.state !== "queued")
    return refuse("message.typed", `Message ${id} can't be taken back: it is ${delivery.state}.`);
  return {
    events: [{ event: "message_withdrawn", id, by: by.name }],
    effects: [
      { type: "ensure.take", lane: `mail:${delivery.mail.to}`, member: delivery.mail.to, id },
    ],
  };
}
