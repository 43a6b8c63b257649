// A turn ended in trouble: its member rests until the stated time, by growing pauses, or until a person acts, and then
// goes on where it was cut short. What it was asked stays asked.
import { askedIn } from "../deliveries.ts";
import type { Event } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import { limits } from "../policy.ts";
import { events, type Rule, type Seen } from "../rule.ts";
import { isResting, type Setback, waitsItOut } from "../setback.ts";
import { isOpen, type Seat, type State } from "../state.ts";
import type { Instant, MemberName } from "../words.ts";
import { currentWork } from "../work.ts";
import { letter } from "./letters.ts";
import { type Cause, lastFor, raise } from "./raise.ts";

export const rests: Rule = (state, _input, seen) => {
  const list: Event[] = [];
  for (const { name } of seen.policy.members) {
    const seat = seatOf(state, name);
    const { setback } = seat;
    if (setback === null || !waitsItOut(seat)) continue;
    if (setback.rest === null) list.push(...rest(state, seat, setback, seen, list));
    else if (setback.well) list.push(...rouse(state, name, "batty", seen, list.length));
    else {
      const by = rousedBy(state, name, setback, seen.now);
      if (by !== null) list.push(...rouse(state, name, by, seen, list.length));
    }
  }
  return events(...list);
};

function rest(
  state: State,
  { member }: Seat,
  setback: Setback,
  seen: Seen,
  before: readonly Event[],
): Event[] {
  const { kind, say, tries } = setback;
  const until = restUntil(setback, seen.now);
  const notice = setback.notice ?? noticeOf(state, member, kind) ?? seen.now;
  const rested: Event = { event: "member_rested", member, kind, say, until, tries, notice };
  if (until !== null) return [rested];
  const opened = before.filter((e) => e.event === "task_escalated").length;
  return [rested, raise(state, causeOf(member, kind), asks(member, setback), ["go on"], opened)];
}

/** Null: until a person acts. */
function restUntil({ kind, said, tries }: Setback, now: Instant): Instant | null {
  if (kind === "login") return null;
  if (kind === "limit" && said !== null && said > now) return said + limits.limitMargin;
  const pauses = kind === "limit" ? limits.limitPauses : limits.troublePauses;
  const pause = kind === "limit" ? (pauses[tries - 1] ?? pauses.at(-1)) : pauses[tries - 1];
  return pause === undefined ? null : now + pause;
}

/** Who uses the same plan is told of in one notice. */
function noticeOf(state: State, member: MemberName, kind: Setback["kind"]): Instant | null {
  const { agent } = seatOf(state, member);
  const others = [...state.seats.values()].filter(
    (s) => kind === "limit" && s.agent === agent && isResting(s) && s.setback?.kind === kind,
  );
  return others.find((s) => s.member !== member)?.setback?.notice ?? null;
}

const causeOf = (member: MemberName, kind: Setback["kind"]): Cause => ({
  ...{ member, task: null, kind: kind === "login" ? "login" : "provider" },
});

function asks(member: MemberName, { kind, say, tries }: Setback): string {
  const said = say === "" ? [] : [`Its agent said: ${say}`];
  const what =
    kind === "login"
      ? [
          `${member}'s agent is not logged in, and waits.`,
          ...said,
          `Run \`batty attach ${member}\` and log in there (\`/login\`).`,
        ]
      : [`${member}'s turn was cut short ${tries} times in a row.`, ...said];
  return [
    ...what,
    `Then press [go on] or run \`batty resume ${member}\`: it goes on where it was, nothing is lost.`,
  ].join("\n");
}

function rousedBy(state: State, member: MemberName, { rest, kind, at }: Setback, now: Instant) {
  if (rest === null) return null;
  if (rest.until !== null) return now >= rest.until ? "batty" : null;
  const asked = lastFor(state, causeOf(member, kind));
  const acted = asked !== undefined && asked.askedAt >= at && !isOpen(asked);
  return acted ? (asked.by ?? "batty") : null;
}

/** It goes on: with what was cut short, if its agent still knows of it. @param n events before these */
export function rouse(
  state: State,
  member: MemberName,
  by: string,
  seen: Seen,
  n: number,
): readonly Event[] {
  const seat = seatOf(state, member);
  const { setback } = seat;
  if (setback === null || !isResting(seat)) return [];
  const roused: Event = {
    ...{ event: "member_roused", member, by, notice: setback.notice ?? seen.now },
  };
  const knows = setback.cut && setback.epoch === seat.epoch && seat.live !== null && !setback.well;
  return knows ? [roused, goOn(state, seat, setback, seen, n + 1)] : [roused];
}

function goOn(state: State, { member }: Seat, setback: Setback, seen: Seen, n: number): Event {
  const asked = askedIn(state, setback.message)?.mail;
  const work = currentWork(state, member);
  const about = work?.phase === "working" ? { task: work.task } : {};
  const [why] = setback.say.split("\n");
  return letter(state, seen, n, {
    ...{ from: "batty", to: member, msg_type: "go-on", now: true, ...about },
    ...(asked === undefined ? {} : { anew: asked.id }),
    body: `Your last turn was cut short${why ? ` (${why})` : ""}. Go on where it stopped; what was done by then is done.`,
  });
}
