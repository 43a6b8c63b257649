import { describe, expect, it } from "vitest";
import { progressLine, progressOf } from "../../../src/core/progress.ts";
import { simple } from "../../fakes/team.ts";
import {
  assigned,
  completed,
  dawn,
  gated,
  main,
  ready,
  running,
  spawned,
  stopped,
  tell,
  told,
} from "./told.ts";

const policy = simple({}, 1);
const up = [running, main, spawned("architect"), spawned("manager"), spawned("eng-1-1")];

describe("progress", () => {
  it("counts the seats that are up while a team starts, and those that are gone while it stops", () => {
    expect(progressOf(told(running, spawned("architect")), policy, dawn)).toEqual([
      { what: "start", done: 1, total: 3, eta: null, task: null },
    ]);
    expect(progressOf(told(...up), policy, dawn)).toEqual([]);
    const state = tell(told(...up), stopped, {
      ...{ event: "agent_stopped", member: "manager", epoch: 1, rescued: null },
    });
    expect(progressOf(state, policy, dawn)).toMatchObject([{ what: "stop", done: 1, total: 3 }]);
  });

  it("a first gate has no time left to show; the next one has the median of those before", () => {
    const first = told(...up, assigned(1), ready(1), completed(1));
    const since = first.work.get(1)?.since ?? 0;
    const [row] = progressOf(first, policy, since + 4_000);
    expect(row).toEqual({ what: "gate of #1", done: 4_000, total: null, eta: null, task: 1 });
    expect(row && progressLine(row)).toBe("gate of #1 runs");

    const runs = [40_000, 10_000, 20_000].map((duration_ms, n) =>
      gated(1, "green", { duration_ms, commit: `${n}`.repeat(40) }),
    );
    const second = tell(first, ...runs, assigned(2), ready(2), completed(2));
    const began = second.work.get(2)?.since ?? 0;
    const [next] = progressOf(second, policy, began + 5_000).filter((r) => r.task === 2);
    expect(next).toMatchObject({ done: 5_000, total: 20_000, eta: 15_000 });
    expect(next && progressLine(next)).toBe("gate of #2  ▰▰▱▱▱▱▱▱▱▱ 25 %, about 15 s left");
  });

  it("a gate that outlasts its history is nearly done without a promise", () => {
    const state = tell(
      told(...up, assigned(1), ready(1), completed(1), gated(1, "green", { duration_ms: 10_000 })),
      ...[assigned(2), ready(2), completed(2)],
    );
    const began = state.work.get(2)?.since ?? 0;
    const [row] = progressOf(state, policy, began + 60_000).filter((r) => r.task === 2);
    expect(row && progressLine(row)).toBe("gate of #2  ▰▰▰▰▰▰▰▰▰▱ 95 %");
  });

  it("says minutes where seconds would be a riddle", () => {
    const row = { what: "gate of #3", done: 0, total: 600_000, eta: 600_000, task: 3 };
    expect(progressLine(row)).toBe("gate of #3  ▱▱▱▱▱▱▱▱▱▱ 0 %, about 10 min left");
  });
});
