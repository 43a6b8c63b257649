// A line in the journal every few minutes: what a report knows of when the bot was up. Whether it is up now, its last tick says.
import { limits } from "../policy.ts";
import { events, nothing, type Rule } from "../rule.ts";

export const heartbeat: Rule = (state, input, seen) =>
  input.type === "tick" && state.beatAt > 0 && seen.now - state.beatAt >= limits.heartbeatEach
    ? events({ event: "daemon_heartbeat", uptime_ms: seen.now - state.startedAt })
    : nothing;
