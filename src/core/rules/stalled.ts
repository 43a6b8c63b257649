// Who should say or do something and does not: told once an episode with what was seen. Nobody is ended on a guess,
// and what could not be looked at is not judged.
import type { Event, EventOf } from "../event.ts";
import { seatOf } from "../evolve/seats.ts";
import { limits } from "../policy.ts";
import type { Vital } from "../ports.ts";
import { events, nothing, type Rule, type Seen } from "../rule.ts";
import type { Seat, State } from "../state.ts";
import type { Millis } from "../words.ts";

type Kind = EventOf<"member_stalled">["kind"];

export const stalled: Rule = (state, input, seen) => {
  const list = seen.policy.members.flatMap(({ name }) => {
    const seat = seatOf(state, name);
    if (seat.stalled !== null) return over(seat, seen);
    // Judged on a look alone: time that passes is no evidence.
    return input.type === "observed" && input.world.vitals !== undefined
      ? begun(state, seat, seen)
      : [];
  });
  return list.length === 0 ? nothing : events(...list);
};

function begun(state: State, seat: Seat, seen: Seen): Event[] {
  const vital = vitalOf(seat, seen);
  if (state.team !== "running" || seat.live === null || vital === undefined) return [];
  const told = (kind: Kind, what: string): Event[] => [
    { event: "member_stalled", member: seat.member, epoch: seat.epoch, kind, seen: what },
  ];
  const broken = outOfOrder(vital);
  if (broken !== null) return told(broken.kind, `${broken.say}${screenOf(vital)}`);
  const { silentAfter } = seen.policy;
  if (seat.activity === "starting" && seen.now - seat.spawnedAt >= silentAfter)
    return told(
      "silent",
      `no word since its launch ${minutes(seen.now - seat.spawnedAt)} ago${screenOf(vital)}`,
    );
  if (seat.activity !== "working") return [];
  const commands = vital.commands.filter((c) => c.startedAt >= seat.since);
  const after = seen.policy.stalledAfter * (commands.length > 0 ? limits.commandPatience : 1);
  if (seen.now - seat.since < after || vital.quietFor < after) return [];
  const what =
    commands.length === 0
      ? "no command of its own runs"
      : `it waits for ${[...new Set(commands.map((c) => c.name))].slice(0, 3).join(", ")}`;
  return told(
    "stalled",
    `works since ${minutes(seen.now - seat.since)}; no signal, no output, no CPU for ${minutes(vital.quietFor)}; ${what}${screenOf(vital)}`,
  );
}

/** What its process itself says: certain at once, where stillness has to last. */
function outOfOrder({
  agent,
  quietFor,
}: Vital): { readonly kind: Kind; readonly say: string } | null {
  if (agent?.stopped === true && quietFor >= limits.stoppedTold) {
    const say = `its process ${agent.pid} is stopped (Ctrl-Z, kill -STOP, a debugger): kill -CONT ${agent.pid} lets it go on`;
    return { kind: "stopped", say };
  }
  if (agent?.mute !== true) return null;
  return {
    kind: "mute",
    say: `its process ${agent.pid} lives and has closed its output: nobody sees what it says`,
  };
}

function over(seat: Seat, seen: Seen): Event[] {
  if (seat.stalled === null) return [];
  const { epoch, at } = seat.stalled;
  const how = endOf(seat, seat.stalled, vitalOf(seat, seen), seen);
  return how === null
    ? []
    : [{ event: "member_recovered", member: seat.member, epoch, since: at, how }];
}

/** Every episode has an end: it spoke, it moved, or it is gone. */
function endOf(
  seat: Seat,
  was: NonNullable<Seat["stalled"]>,
  vital: Vital | undefined,
  seen: Seen,
): string | null {
  if (seat.live === null || seat.epoch !== was.epoch) return "its agent ended";
  if (was.kind === "mute") return null;
  if (was.kind === "stopped")
    return vital?.agent?.stopped === false ? "its process runs again" : null;
  if (seat.since > was.at) return "it gave a sign";
  const moved = vital !== undefined && vital.quietFor < lookedAt(seen) - was.at;
  return was.kind === "stalled" && moved ? "it moves again" : null;
}

const lookedAt = ({ world }: Seen): number => world.vitals?.at ?? 0;

function vitalOf(seat: Seat, { world }: Seen): Vital | undefined {
  const look = world.vitals;
  if (!look?.probe.known) return undefined;
  const vital = look.probe.value.get(seat.member);
  return vital?.epoch === seat.epoch ? vital : undefined;
}

const screenOf = ({ screen }: Vital): string =>
  screen.length === 0 ? "; its screen is empty" : `. Its screen ends with:\n${screen.join("\n")}`;

const minutes = (ms: Millis): string => `${Math.floor(ms / 60_000)} min`;
