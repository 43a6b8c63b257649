// How often the fusion of signals and screens is wrong about a real agent, over the recordings. Its thresholds were set
// on the tuning half alone.
import { describe, expect, it } from "vitest";
import type { AgentDriver } from "../../src/core/agent.ts";
import { claudeDriver } from "../../src/world/agents/claude.ts";
import { codexDriver } from "../../src/world/agents/codex.ts";
import { readSessions, type Session } from "../agents/frames.ts";
import { judge, judgeAll } from "../agents/states.ts";

const drivers: readonly AgentDriver[] = [claudeDriver, codexDriver];
const sessions = readSessions();

describe.each(["tuning", "held-out"] as const)("in the %s half", (half) => {
  const all = judgeAll(
    drivers,
    sessions.filter((each) => each.half === half),
  );

  it("no agent that works or waits is taken for idle", () => {
    const falseIdle = all.filter(
      ({ label, believed }) => (label === "working" || label === "waiting") && believed === "idle",
    );
    expect(falseIdle).toEqual([]);
  });

  it("of 500 frames at most three are believed to be other than they are", () => {
    const wrong = all.filter(({ label, believed }) => label !== believed);
    expect(all.length).toBeGreaterThan(500);
    expect((wrong.length / all.length) * 500).toBeLessThanOrEqual(3);
  });
});

it("an agent whose signals are lost is told apart by its screen, and never called idle while it works", () => {
  for (const session of sessions) {
    const driver = drivers.find(({ agent }) => agent === session.head.cli) ?? claudeDriver;
    const deaf: Session = {
      ...session,
      lines: session.lines.filter((line) => !(line.k === "hook" && isEnd(line.body))),
    };
    const early = judge(driver, deaf).filter(
      ({ label, believed, fromChange }) =>
        label === "working" && believed === "idle" && fromChange > 1_000,
    );
    expect(early, session.name).toEqual([]);
  }
});

const isEnd = (body: Readonly<Record<string, unknown>>): boolean =>
  body["hook_event_name"] === "Stop" || body["hook_event_name"] === "StopFailure";
