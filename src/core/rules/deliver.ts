// Typing messages into panes: never twice, never into what is not the recipient's, never over a draft.

import { inFlight, owed, queued, queuedFor } from "../deliveries.ts";
import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Input } from "../input.ts";
import { limits } from "../policy.ts";
import type { PaneIdentity } from "../ports.ts";
import { type Decision, events, nothing, type Rule, type Seen } from "../rule.ts";
import { isResting } from "../setback.ts";
import type { Delivery, State } from "../state.ts";
import type { MemberName, MessageId } from "../words.ts";
import { paneOf } from "./panes.ts";

export const deliver: Rule = (state, input, seen) => {
  if (input.type === "settled") {
    switch (input.effect.type) {
      case "probe.composer":
        return probed(state, input);
      case "once.type":
        return typed(state, input);
      case "probe.typed":
        return looked(state, input);
      case "once.enter":
        return entered(state, input);
      default:
    }
  }
  const lost = losses(state);
  return {
    events: lost,
    effects: lost.length > 0 ? [] : [...files(state, seen), ...pending(state, seen)],
  };
};

/** People first, then arrival order; a message being taken back is skipped. */
export function queueOf(state: State, member: MemberName): readonly Delivery[] {
  const rank = (d: Delivery): number => (d.mail.now ? 0 : d.mail.via !== undefined ? 1 : 2);
  return queuedFor(state, member)
    .filter((d) => !waitsForBranch(state, d))
    .sort((a, b) => rank(a) - rank(b) || (a.mail.id < b.mail.id ? -1 : 1));
}

/** The bot's word on a task comes when its branch is checked out: an agent must not mend it on another one. */
function waitsForBranch(state: State, { mail }: Delivery): boolean {
  if (mail.from !== "batty" || mail.task === undefined) return false;
  const work = state.work.get(mail.task);
  return work?.member === mail.to && (work.phase === "returned" || work.phase === "starting");
}

/** Mirrors every waiting message in its Maildir: the file is what people and agents see. */
function files(state: State, seen: Seen): Effect[] {
  const look = seen.world.mail;
  if (!look?.probe.known) return [];
  const boxes = look.probe.value;
  const effects: Effect[] = [];
  for (const d of queued(state)) {
    if (look.at <= d.since) continue;
    if (boxes.get(d.mail.to)?.queued.some((m) => m.id === d.mail.id) === true) continue;
    effects.push({ type: "ensure.put", lane: `mail:${d.mail.to}`, mail: d.mail });
  }
  return effects;
}

function pending(state: State, seen: Seen): Effect[] {
  const effects: Effect[] = [];
  for (const { name } of seen.policy.members) {
    const pane = paneOf(state, name);
    if (pane === null) continue;
    const flying = inFlight(state, name);
    const lane = `type:${name}` as const;
    if (flying !== undefined) {
      if (isOverdue(state, flying, seen))
        effects.push({ type: "probe.typed", lane, id: flying.mail.id, pane });
      continue;
    }
    const seat = seatOf(state, name);
    const next = queueOf(state, name)[0];
    if (
      next !== undefined &&
      state.team === "running" &&
      seat.activity === "idle" &&
      !isResting(seat) &&
      !seat.restarting
    )
      effects.push({ type: "probe.composer", lane, id: next.mail.id, pane });
  }
  return effects;
}

/** No receipt in time. After a restart the clock begins anew: the agent's signal may be on its way. */
function isOverdue(state: State, d: Delivery, seen: Seen): boolean {
  const since = Math.max(d.since, state.startedAt);
  return seen.world.signals !== null && seen.now >= since + limits.receiptWait;
}

/** The composer is free: the intent is written down, then typed. */
function probed(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "probe.composer" || !outcome.ok || outcome.brought.of !== "probe.composer")
    return nothing;
  if (!outcome.brought.free) return leftover(state, outcome.brought.holds, effect.pane);
  const { member, pane } = effect.pane;
  const delivery = state.messages.get(effect.id);
  const seat = seatOf(state, member);
  const still =
    delivery?.state === "queued" &&
    seat.activity === "idle" &&
    !isResting(seat) &&
    seat.epoch === effect.pane.epoch &&
    seat.live !== null;
  if (
    delivery === undefined ||
    !still ||
    state.team !== "running" ||
    inFlight(state, member) !== undefined
  )
    return nothing;
  return {
    events: [{ event: "message_typing", id: effect.id, member, pane, epoch: effect.pane.epoch }],
    effects: [
      {
        type: "once.type",
        lane: `type:${member}`,
        id: effect.id,
        pane: effect.pane,
        mail: delivery.mail,
      },
    ],
  };
}

/**
 * A message that is over still stands there: it was given up and sent again, or an agent that was interrupted put it
 * back. It makes room.
 */
function leftover(state: State, id: MessageId | null, pane: PaneIdentity): Decision {
  const was = id === null ? undefined : state.messages.get(id)?.state;
  if (id === null || (was !== "withdrawn" && was !== "taken" && was !== "answered")) return nothing;
  return {
    events: [],
    effects: [{ type: "ensure.clear", lane: `type:${pane.member}`, id, pane }],
  };
}

function typed(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "once.type" || state.messages.get(effect.id)?.state !== "typing")
    return nothing;
  if (outcome.ok && outcome.brought.of === "once.type")
    return outcome.brought.typed
      ? events({ event: "message_typed", id: effect.id })
      : events({ event: "message_held", id: effect.id, why: outcome.brought.why });
  // These say that nothing was pasted; after any other trouble the composer is looked at.
  const untouched =
    !outcome.ok && (outcome.code === "pane.foreign" || outcome.code === "pane.dead");
  return untouched ? events({ event: "message_held", id: effect.id, why: outcome.say }) : nothing;
}

function looked(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  const { effect, outcome } = input;
  if (effect.type !== "probe.typed" || !outcome.ok || outcome.brought.of !== "probe.typed")
    return nothing;
  const delivery = state.messages.get(effect.id);
  if (delivery === undefined || (delivery.state !== "typing" && delivery.state !== "typed"))
    return nothing;
  const { found } = outcome.brought;
  if (found === "holds" && !delivery.entered)
    return {
      events: [{ event: "message_entered", id: effect.id }],
      effects: [
        {
          type: "once.enter",
          lane: `type:${effect.pane.member}`,
          id: effect.id,
          pane: effect.pane,
        },
      ],
    };
  const waited = input.at - Math.max(delivery.since, state.startedAt);
  const cut = delivery.state === "typing" && found === "gone";
  if (!cut && waited < limits.receiptGiveUp) return nothing;
  return events(
    failed(
      delivery,
      found === "holds"
        ? "it still stands in the composer, Enter had no effect"
        : "no receipt came",
    ),
  );
}

function failed(delivery: Delivery, why: string): Event {
  const { id, to } = delivery.mail;
  return {
    event: "delivery_failed",
    id,
    member: to,
    code: "delivery.unknown",
    say: `Whether ${to} got message ${id} is unknown: ${why}. It is not typed again by itself.`,
  };
}

function entered(state: State, input: Extract<Input, { type: "settled" }>): Decision {
  const { effect } = input;
  if (effect.type !== "once.enter" || !input.outcome.ok) return nothing;
  return state.messages.get(effect.id)?.state === "typing"
    ? events({ event: "message_typed", id: effect.id })
    : nothing;
}

/** Messages of an agent that is gone: unread ones may have been read, a person's may never be answered. */
function losses(state: State): Event[] {
  return owed(state).flatMap((d) => {
    const seat = seatOf(state, d.mail.to);
    if (d.epoch === null || (seat.live !== null && seat.epoch === d.epoch)) return [];
    return [d.state === "taken" ? cut(d) : failed(d, "its agent ended before a receipt")];
  });
}

function cut({ mail }: Delivery): Event {
  const say = `${mail.to}'s agent ended while it worked on message ${mail.id}; nobody answers it now.`;
  return { event: "delivery_failed", id: mail.id, member: mail.to, code: "turn.cut", say };
}
