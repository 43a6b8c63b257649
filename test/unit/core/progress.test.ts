import { describe, expect, it } from "vitest";
import { progressLine, progressOf } from "../../../src/core/progress.ts";
import type { State } from "../../../src/core/state.ts";
import { simple } from "../../fakes/team.ts";
import {
  assigned,
  built,
  completed,
  dawn,
  decided,
  gated,
  main,
  oid,
  queued,
  ready,
  requested,
  running,
  spawned,
  stopped,
  tell,
  told,
} from "./told.ts";

const policy = simple({}, 1);
/** The gate's word on trunk as the team found it. */
const trunkTook = (duration_ms: number) =>
  gated(null, "green", { purpose: "trunk", tree: oid("b"), duration_ms });
const up = [running, main, spawned("architect"), spawned("manager"), spawned("eng-1-1")];

const linesOf = (state: State, at: number): string[] =>
  progressOf(state, policy, at).map((row) => progressLine(row));

describe("progress", () => {
  it("counts the seats that are up while a team starts, and those that are gone while it stops", () => {
    expect(progressOf(told(running, spawned("architect")), policy, dawn)).toEqual([
      { what: "start", done: 1, total: 3, eta: null, task: null },
    ]);
    expect(progressOf(told(...up), policy, dawn).map((row) => row.what)).toEqual(["gate of main"]);
    const state = tell(told(...up), stopped, {
      ...{ event: "agent_stopped", member: "manager", epoch: 1, rescued: null },
    });
    expect(progressOf(state, policy, dawn)).toMatchObject([{ what: "stop", done: 1, total: 3 }]);
  });

  it("a first gate has no time left to show; the next one has the median of those before", () => {
    const begun = told(...up, trunkTook(9_000), assigned(1), ready(1), completed(1));
    const first = { ...begun, gateTook: [] };
    const since = first.work.get(1)?.since ?? 0;
    const [row] = progressOf(first, policy, since + 4_000);
    expect(row).toEqual({ what: "gate of #1", done: 4_000, total: null, eta: null, task: 1 });
    expect(row && progressLine(row)).toBe("gate of #1 runs");

    const runs = [40_000, 10_000, 20_000].map((duration_ms, n) =>
      gated(1, "green", { duration_ms, commit: oid("abc"[n] ?? "") }),
    );
    const second = tell(first, ...runs, assigned(2), ready(2), completed(2));
    const began = second.work.get(2)?.since ?? 0;
    const [next] = progressOf(second, policy, began + 5_000).filter((r) => r.task === 2);
    expect(next).toMatchObject({ done: 5_000, total: 20_000, eta: 15_000 });
    expect(next && progressLine(next)).toBe("gate of #2  ▰▰▱▱▱▱▱▱▱▱ 25 %, about 15 s left");
  });

  it("a gate that outlasts its history is nearly done without a promise", () => {
    const state = tell(
      told(
        ...[...up, trunkTook(10_000), assigned(1), ready(1), completed(1)],
        gated(1, "green", { duration_ms: 10_000 }),
      ),
      ...[assigned(2), ready(2), completed(2)],
    );
    const began = state.work.get(2)?.since ?? 0;
    const [row] = progressOf(state, policy, began + 60_000).filter((r) => r.task === 2);
    expect(row && progressLine(row)).toBe("gate of #2  ▰▰▰▰▰▰▰▰▰▱ 95 %");
  });

  it("one gate runs, the others say how long their turn is off", () => {
    const state = told(
      ...[...up, trunkTook(60_000)],
      ...[1, 2, 3].flatMap((task) => [assigned(task), ready(task), completed(task)]),
    );
    const began = state.work.get(1)?.since ?? 0;
    expect(linesOf(state, began + 30_000)).toEqual([
      "gate of #1  ▰▰▰▰▰▱▱▱▱▱ 50 %, about 30 s left",
      "gate of #2, 2nd in line, about 2 min left",
      "gate of #3, 3rd in line, about 3 min left",
    ]);
    // Its bar begins when its turn does, not when it was wanted.
    const next = tell(state, gated(1, "green", { duration_ms: 60_000 }));
    const turn = next.work.get(1)?.since ?? 0;
    expect(linesOf(next, turn + 6_000)).toEqual([
      "gate of #2  ▰▱▱▱▱▱▱▱▱▱ 10 %, about 54 s left",
      "gate of #3, 2nd in line, about 2 min left",
    ]);
  });

  it("says who lands when, and what is built anew on a trunk that moved", () => {
    const ready3 = [1, 2, 3].flatMap((task) => [
      ...[assigned(task), ready(task), completed(task), gated(task, "green")],
      ...[requested(task), decided(task, "approve"), queued(task)],
    ]);
    const took = trunkTook(30_000);
    const first = { ...built(1), round: 1 };
    const state = told(...up, ...ready3, took, took, took, first);
    const began = state.work.get(1)?.candidate?.at ?? 0;
    expect(linesOf(state, began)).toEqual([
      "gate of #1 on main  ▱▱▱▱▱▱▱▱▱▱ 0 %, about 30 s left",
      "landing of #2, 2nd in the queue, about 60 s left",
      "landing of #3, 3rd in the queue, about 2 min left",
    ]);
    const again = tell(state, { ...built(1), round: 2 } as typeof first);
    expect(linesOf(again, began)[0]).toMatch(/^gate of #1 rebuilt on main /);
  });

  it("says minutes where seconds would be a riddle", () => {
    const row = { what: "gate of #3", done: 0, total: 600_000, eta: 600_000, task: 3 };
    expect(progressLine(row)).toBe("gate of #3  ▱▱▱▱▱▱▱▱▱▱ 0 %, about 10 min left");
  });
});
