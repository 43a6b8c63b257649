import { expect, it } from "vitest";
import type { Recorded } from "../../../../src/core/event.ts";
import { empty } from "../../../../src/core/state.ts";
import { announce } from "../../../../src/core/views/announce.ts";

it("an agent's end is told, but not of a team that stops: that was said", () => {
  const died = {
    seq: 7,
    event: { event: "agent_died", member: "engineer", epoch: 1, exit: 143 },
  } as unknown as Recorded;
  const told = (team: "running" | "stopped") => JSON.stringify(announce({ ...empty, team }, died));
  expect(told("running")).toContain("engineer's agent ended (exit 143).");
  expect(told("stopped")).not.toContain("agent ended");
});
