// Heartbeats in the journal: by them a report tells when the bot was up.
import { expect, it } from "vitest";
import type { Recorded } from "../../../src/core/event.ts";
import { evolve } from "../../../src/core/evolve.ts";
import { limits } from "../../../src/core/policy.ts";
import { heartbeat } from "../../../src/core/rules/heartbeat.ts";
import { empty, type State } from "../../../src/core/state.ts";

const start: Recorded = {
  ...{ seq: 1, at: 1_000 },
  event: { event: "daemon_started", pid: 1, version: "0.1.0" },
};
const tick = (state: State, now: number) =>
  heartbeat(state, { type: "tick", at: now }, { now } as never).events;

it("a bot writes one heartbeat each five minutes, with how long it has been up", () => {
  const up = evolve(empty, start);
  expect(tick(up, 1_000 + limits.heartbeatEach - 1)).toEqual([]);
  const at = 1_000 + limits.heartbeatEach;
  const [beat] = tick(up, at);
  expect(beat).toEqual({ event: "daemon_heartbeat", uptime_ms: 300_000 });
  const after = evolve(up, { seq: 2, at, event: beat as never });
  expect(tick(after, at + 1_000)).toEqual([]);
  expect(tick(after, at + limits.heartbeatEach)).toEqual([
    { event: "daemon_heartbeat", uptime_ms: 600_000 },
  ]);
});
