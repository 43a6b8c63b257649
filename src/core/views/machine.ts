// The machine and the agents' health in words: for `status`, for news, and for why nothing is handed out.
import { rfc3339 } from "../../lib/time.ts";
import type { Counter } from "../command.ts";
import type { Recorded } from "../event.ts";
import { limits } from "../policy.ts";
import type { State } from "../state.ts";
import type { Instant, MemberName, Millis } from "../words.ts";
import { alertCard } from "./cards.ts";
import { post, type Shown, withCard } from "./post.ts";
import { restOf } from "./rests.ts";

const mib = 1024 * 1024;
const size = (bytes: number): string => `${Math.round(bytes / mib)} MiB`;

export const spaceLeft = ({ path, free }: NonNullable<State["disk"]>): string =>
  `only ${size(free)} are free at ${path}`;

/** What is not as it should be, a line each. */
export function machineLines({ disk, stalls }: State): string[] {
  return [
    ...(disk === null
      ? []
      : [
          `Disk: ${spaceLeft(disk)}: nothing is handed out${disk.level === "critical" ? ", no gate runs" : ""}.`,
        ]),
    ...(stalls.times === 0
      ? []
      : [
          `The bot itself stalled ${stalls.times} times since its start, at worst ${stalls.worst} ms.`,
        ]),
  ];
}

/** How old the bot's last tick is, when that is too old; null: it ticks. */
export function tickOverdue(c: Pick<Counter, "bot" | "now">): Millis | null {
  if (c.bot === null) return null;
  const age = c.now() - Math.max(c.bot.tickedAt, c.bot.since);
  return age > limits.tickStale ? age : null;
}

export function machineJson({ disk, stalls }: State): Record<string, unknown> {
  return {
    disk: disk === null ? null : { ...disk, at: rfc3339(disk.at) },
    stalls: { times: stalls.times, worst_ms: stalls.worst },
  };
}

/** Why a member is not well; null: nothing is known against it. */
export function unwell(state: State, member: MemberName): string | null {
  const seat = state.seats.get(member);
  if (seat === undefined) return null;
  if (seat.parked !== null) return seat.parked;
  const rests = restOf(seat);
  if (rests !== null) return rests;
  return seat.stalled === null ? null : `${seat.stalled.kind}: ${seat.stalled.seen.split("\n")[0]}`;
}

/** One post of all that went at once. */
function lostPanes(state: State, at: Instant): Shown {
  const gone = [...state.seats.values()].filter((s) => s.live === null && s.since === at);
  const names = gone.map((s) => s.member);
  const text =
    names.length === 1
      ? `${names[0]}'s pane is gone; its agent is started again.`
      : `The panes of ${names.join(", ")} are gone (tmux ended?); their agents are started again.`;
  return post(`lost:${at}`, "events", text);
}

export function machineNews(state: State, { event, seq, at }: Recorded): Shown[] {
  const unhealthy = (member: MemberName, since: number, lines: readonly string[], over: boolean) =>
    withCard(
      `unwell:${member}:${since}`,
      member,
      alertCard(
        over ? `${member} goes on` : `${member} may be stuck`,
        lines,
        over ? "calm" : "warn",
        { member },
      ),
      !over,
    );
  switch (event.event) {
    case "agent_died":
      return event.lost === true && state.team === "running" ? [lostPanes(state, at)] : [];
    case "member_stalled": {
      const help = `Look: batty peek ${event.member} or batty attach ${event.member}. Stop its turn: batty interrupt ${event.member}. Nothing was ended by itself.`;
      return [unhealthy(event.member, at, [...event.seen.split("\n"), help], false)];
    }
    case "member_recovered":
      return [unhealthy(event.member, event.since, [`It is over: ${event.how}.`], true)];
    case "worktree_reconciled":
      return event.say === undefined
        ? []
        : [post(`e${seq}`, "events", `${event.member}'s worktree was put right: ${event.say}.`)];
    case "disk_level_changed":
      return [diskNews(event, at)];
    case "disk_hygiene_cleanup":
      return event.files === 0
        ? []
        : [
            post(
              `e${seq}`,
              "events",
              `Cleaned up: ${event.files} old gate logs and caches, ${size(event.bytes)}. Nothing that anybody made.`,
            ),
          ];
    default:
      return [];
  }
}

function diskNews(
  { level, path, free }: { level: string; path: string; free: number },
  at: number,
): Shown {
  const lines = {
    low: "Nothing new is handed out until there is more; what runs goes on.",
    critical: "No gate runs and nothing new is handed out; messages and decisions still go.",
    ok: "Work is handed out again.",
  }[level as "low" | "critical" | "ok"];
  const title =
    level === "ok"
      ? `There is space again: ${size(free)} at ${path}`
      : `${size(free)} are free at ${path}`;
  const tone = level === "ok" ? "good" : level === "low" ? "warn" : "bad";
  return withCard(`disk:${at}`, "alerts", alertCard(title, [lines], tone), level !== "ok");
}
