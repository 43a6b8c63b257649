// What came in from outside: agents' signals, message files, files that cannot be read. Facts only; no policy but who may write.

import { askedIn } from "../deliveries.ts";
import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import { pairOf } from "../evolve/exchanges.ts";
import { aside } from "../evolve/messages.ts";
import { seatOf } from "../evolve/seats.ts";
import { memberOf } from "../policy.ts";
import type { BoardView, Mail, MailBox, Signal } from "../ports.ts";
import { type Decision, nothing, type Rule, type Seen } from "../rule.ts";
import { type Delivery, nobody, type State } from "../state.ts";
import type { Instant, MemberName, MessageId } from "../words.ts";
import { filed } from "./audit.ts";
import { tooMany } from "./exchange.ts";
import { isForgedSignal } from "./forgeries.ts";
import { clean, messageId } from "./letters.ts";
import { lastFor, raise } from "./raise.ts";

const detailKept = 8_192;
/** ms a word of working is good for. */
const workingKept = 30_000;
/** An answer is for people, who get what is too long as a file. */
const answerKept = 65_536;

export const intake: Rule = (state, input, seen) => {
  if (input.type !== "observed") return nothing;
  const events: Event[] = [];
  const effects: Effect[] = [];
  const { signals, mail, board } = input.world;
  if (signals?.probe.known) takeSignals(state, signals.probe.value, seen.now, events, effects);
  if (mail?.probe.known) takeMail(state, mail.probe.value, seen, events, effects);
  if (board?.probe.known) tellBroken(state, board.probe.value, events);
  return { events, effects } satisfies Decision;
};

function takeSignals(
  state: State,
  list: readonly Signal[],
  now: Instant,
  events: Event[],
  effects: Effect[],
): void {
  // A launch may be heard of before its end is recorded: its signals wait where they are.
  const heard = list.filter((s) => s.epoch !== seatOf(state, s.member).epoch + 1);
  if (heard.length === 0) return;
  const fresh = heard.filter((s) => !(state.signals.get(s.member) ?? []).includes(s.id));
  const turns = new Map([...state.seats].map(([name, seat]) => [name, seat.turn]));
  const taken = new Set<string>();
  for (const signal of fresh) {
    if (isForgedSignal(state, signal) || saysNothingNew(state, signal, now)) continue;
    events.push({
      event: "member_signalled",
      member: signal.member,
      epoch: signal.epoch,
      kind: signal.kind,
      signal: signal.id,
      message: signal.message,
      detail: signal.detail.slice(0, detailKept),
      ...(signal.keyed === true ? { keyed: true } : {}),
      ...(signal.session === undefined ? {} : { session: signal.session }),
      ...(signal.record === undefined ? {} : { record: signal.record }),
      ...(signal.trouble === undefined ? {} : { trouble: signal.trouble }),
    });
    if (signal.epoch !== seatOf(state, signal.member).epoch) continue;
    if (signal.kind === "taken" && signal.message !== null) {
      turns.set(signal.member, signal.message);
      if (isTakable(state, signal)) {
        taken.add(signal.message);
        // The agent may be quicker than tmux's word that Enter was pressed: each receipt is told, in order.
        if (state.messages.get(signal.message)?.state === "typing")
          events.push({ event: "message_typed", id: signal.message });
        events.push({ event: "message_taken", id: signal.message, member: signal.member });
        effects.push(take(signal.member, signal.message));
      }
    }
    if (signal.kind === "idle") {
      const answered = answerOf(
        state,
        signal,
        signal.message ?? turns.get(signal.member) ?? null,
        taken,
      );
      if (answered !== null) events.push(answered);
      turns.set(signal.member, null);
    }
  }
  effects.push({ type: "ensure.consume", lane: "signals", signals: heard });
}

/** Each use of a tool says that the agent works: once in a while is enough to know. */
function saysNothingNew(state: State, signal: Signal, now: Instant): boolean {
  const seat = seatOf(state, signal.member);
  const { kind, message, epoch } = signal;
  if (kind !== "working" || message !== null || epoch !== seat.epoch) return false;
  // The first with its key makes the key known.
  if (signal.keyed === true && seat.keyed !== seat.epoch) return false;
  return seat.activity === "working" && now - seat.since < workingKept;
}

const take = (member: MemberName, id: MessageId): Effect => ({
  type: "ensure.take",
  lane: `mail:${member}`,
  member,
  id,
});

function isTakable(state: State, signal: Signal): boolean {
  const delivery = signal.message === null ? undefined : state.messages.get(signal.message);
  return (
    delivery !== undefined &&
    delivery.mail.to === signal.member &&
    // A prompt may quote what was never typed: that still waits.
    delivery.state !== "queued" &&
    delivery.state !== "taken" &&
    delivery.state !== "answered" &&
    delivery.state !== "withdrawn"
  );
}

/** A turn begun by a person's message ends: its last text is the answer, unless the member wrote to them itself. */
function answerOf(
  state: State,
  signal: Signal,
  turn: string | null,
  taken: ReadonlySet<string>,
): Event | null {
  const delivery = askedIn(state, turn);
  if (delivery?.mail.via === undefined || delivery.mail.to !== signal.member) return null;
  if (delivery.state !== "taken" && !taken.has(delivery.mail.id)) return null;
  const text = delivery.replied ? "" : signal.detail.slice(0, answerKept);
  return { event: "message_answered", id: delivery.mail.id, member: signal.member, text };
}

function takeMail(
  state: State,
  boxes: ReadonlyMap<MemberName, MailBox>,
  seen: Seen,
  events: Event[],
  effects: Effect[],
): void {
  for (const [member, box] of boxes) {
    for (const { file, why } of box.broken)
      if (!state.told.has(`${member}/${file}`))
        events.push({ event: "mail_file_broken", member, file, why });
    for (const mail of box.queued) {
      const delivery = state.messages.get(mail.id);
      const ours = delivery?.mail.to === member ? delivery : undefined;
      if (isOver(ours) || state.told.has(aside(member, mail.id)))
        effects.push(take(member, mail.id));
      else if (ours === undefined) {
        const event = accept(state, { ...mail, to: member }, seen, events);
        const isTaken = delivery !== undefined || events.some((e) => isSent(e, mail.id));
        events.push(isTaken ? renamed(event, messageId(state, seen, events.length)) : event);
        if (event.event === "message_sent" && event.mail.via !== undefined)
          events.push(filed({ ...mail, to: member }));
      }
    }
  }
}

const isOver = (delivery: Delivery | undefined): boolean =>
  delivery !== undefined &&
  delivery.state !== "queued" &&
  delivery.state !== "typing" &&
  delivery.state !== "typed";

const isSent = (event: Event, id: string): boolean =>
  event.event === "message_sent" && event.id === id;

/** Somebody put the same file into several inboxes: each is a message of its own. */
function renamed(event: Event, id: string): Event {
  if (event.event !== "message_sent") return event;
  return { ...event, id, mail: { ...event.mail, id, file: event.id } };
}

const isBetween = (e: Event, a: MemberName, b: MemberName): boolean =>
  e.event === "message_sent" && e.mail.via === undefined && pairOf(e.from, e.to) === pairOf(a, b);

/** A file may name any sender; what it claims is judged here. */
function accept(state: State, mail: Mail, seen: Seen, before: readonly Event[]): Event {
  const { from, to, id } = mail;
  const refused = (code: string, say: string): Event => ({
    event: "message_refused",
    id,
    from,
    to,
    code,
    say,
  });
  if (memberOf(seen.policy, to) === undefined)
    return refused(
      "member.unknown",
      `A message file for "${to}" was set aside: no member has that name.`,
    );
  const author = memberOf(seen.policy, from);
  if (author !== undefined && !author.talksTo.includes(to))
    return refused(
      "member.not-reachable",
      `${from} may not address ${to}; it may address ${author.talksTo.join(", ") || "nobody"}.`,
    );
  if (author !== undefined) {
    const more = before.filter((e) => isBetween(e, from, to)).length;
    const refusal = tooMany(state, from, to, more);
    return refusal === null
      ? {
          event: "message_sent",
          id,
          from,
          to,
          mail: { ...plain(mail), unverified: true },
          filed: true,
        }
      : refused(refusal.code, refusal.say);
  }
  if (seen.policy.people.includes(from) && mail.signature === "verified")
    return {
      event: "message_sent",
      id,
      from,
      to,
      mail: { ...plain(mail), via: "shell" },
      filed: true,
    };
  return refused(
    "access.unknown-caller",
    `A message file for ${to} says it is from "${from}" but did not come through \`batty send\`; it was not delivered. Read it with \`batty read ${to} ${id}\`.`,
  );
}

/** A claim of the file that only the bot may make is dropped. */
function plain(mail: Mail): Mail {
  const {
    signature: _signature,
    via: _via,
    echo: _echo,
    unverified: _,
    file: _file,
    ...rest
  } = mail;
  return { ...rest, body: clean(rest.body) };
}

function tellBroken(state: State, board: BoardView, events: Event[]): void {
  let opened = 0;
  for (const { file, line, why } of board.broken) {
    const cause = { member: nobody, task: null, kind: "board-file", detail: file };
    const mended = lastFor(state, cause)?.state === "withdrawn";
    if (state.told.has(`${file}: ${why}`) && !mended) continue;
    const say = `${file}${line === null ? "" : `:${line}`} can't be read\n${why}\nThe other tasks go on; mend the file.`;
    const raised = raise(state, cause, say, [], opened);
    opened += raised.event === "task_escalated" ? 1 : 0;
    events.push({ event: "board_file_broken", file, line, why }, raised);
  }
}
