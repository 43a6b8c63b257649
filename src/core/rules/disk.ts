// Space that runs out: first nothing new is handed out, then no gate runs; told once, and once when it is over.
// What can be made again is removed by age and size; what anybody made is not ours to remove.
import { limits } from "../policy.ts";
import type { FreeSpace } from "../ports.ts";
import { events, nothing, type Rule, type Seen } from "../rule.ts";
import type { State } from "../state.ts";

export const disk: Rule = (state, input, seen) => {
  if (input.type === "settled" && input.effect.type === "ensure.tidy") {
    const { outcome } = input;
    if (!outcome.ok || outcome.brought.of !== "ensure.tidy") return nothing;
    const { files, bytes } = outcome.brought;
    return events({ event: "disk_hygiene_cleanup", files, bytes });
  }
  if (input.type === "observed" && input.world.disk !== undefined) return judged(state, seen);
  const each = state.disk === null ? limits.tidyEach : limits.tidyShort;
  const begunJustNow = state.disk !== null && state.tidiedAt < state.disk.at;
  const from = state.tidiedAt === 0 ? state.startedAt : state.tidiedAt;
  if (!begunJustNow && seen.now - from < each) return nothing;
  const caches = state.disk !== null;
  return {
    events: [],
    effects: [{ type: "ensure.tidy", lane: "gate", after: state.tidiedAt, caches }],
  };
};

function judged(state: State, seen: Seen): ReturnType<Rule> {
  const look = seen.world.disk;
  if (!look?.probe.known) return nothing; // unknown: it stays as it was
  const least = look.probe.value.reduce<FreeSpace | null>(
    (min, each) => (min === null || each.free < min.free ? each : min),
    null,
  );
  if (least === null) return nothing;
  const was = state.disk?.level ?? "ok";
  const level = levelOf(least.free, was, seen);
  if (level === was) return nothing;
  const { path, free } = least;
  return events({ event: "disk_level_changed", level, path, free });
}

type Level = "ok" | "low" | "critical";

function levelOf(free: number, was: Level, { policy }: Seen): Level {
  const { low, critical } = policy.disk;
  const margin = (rank: Level, limit: number): number =>
    was === "critical" || (was === "low" && rank === "low") ? limit * limits.diskOver : limit;
  if (free < margin("critical", critical)) return "critical";
  return free < margin("low", low) ? "low" : "ok";
}
