// A task's file may be seen on the board before the journal says that it was made.
import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import { evolve } from "../../../src/core/evolve.ts";
import type { BoardTask, BoardView, World } from "../../../src/core/ports.ts";
import { whyNot } from "../../../src/core/rules/eligible.ts";
import { tasks } from "../../../src/core/rules/tasks.ts";
import { empty, type State } from "../../../src/core/state.ts";
import { solo } from "../../fakes/team.ts";

const task: BoardTask = {
  ...{ id: 1, title: "Add one", body: "", status: "todo", priority: "medium", created: 0 },
  ...{ tags: [], assignee: "engineer", dependsOn: [], blocked: false, blockReason: null },
  ...{ claimedBy: null, claimedAt: null, class: null, extra: {} },
};
const board = {
  tasks: new Map([[1, task]]),
  config: { statuses: ["todo"], priorities: ["medium"], wipLimits: {}, defaultPriority: "medium" },
  broken: [],
} as unknown as BoardView;
const world: World = {
  ...{ panes: null, mail: null, signals: null, trunk: null },
  board: { at: 1, probe: { known: true, value: board } },
};
const seen = { policy: solo(), world, now: 10 };

const requested: Event = {
  ...{ event: "task_requested", key: "k", by: "architect", title: "Add one", body: "" },
  ...{ priority: null, tags: [], depends_on: [], assignee: "engineer", adopt: null },
};
const created: Event = {
  event: "task_created",
  key: "k",
  task: 1,
  title: "Add one",
  by: "architect",
};
const given: Event = {
  ...{ event: "task_assigned", task: 1, member: "engineer", branch: "engineer/1", base: "b" },
  ...{ by: "batty", title: "Add one", pulled: false, created_by: "architect" },
};
const told = (...list: readonly Event[]): State =>
  list.reduce((s, event, i) => evolve(s, { seq: i + 1, at: i, event }), {
    ...empty,
    team: "running",
  } as State);

describe("a task that is just being made", () => {
  it("is not handed out before it is on record who made it", () => {
    expect(whyNot(told(requested), board, task, "engineer", seen)).toContain("being made");
    expect(whyNot(told(requested, created), board, task, "engineer", seen)).toBeNull();
  });

  it("may be assigned to the member that got it in the same breath, and to nobody else", () => {
    const by = { name: "ada", via: "local", tier: "admin" } as const;
    const assign = (member: string) =>
      tasks(
        told(requested, created, given),
        { type: "intent", at: 10, by, intent: { type: "assign", member, task: 1 } },
        { ...seen, policy: { ...solo(), members: twoEngineers } },
      );
    const [engineer] = solo().members;
    const twoEngineers = engineer === undefined ? [] : [engineer, { ...engineer, name: "other" }];
    expect(assign("engineer")).toEqual({ events: [], effects: [] });
    expect(assign("other").refusal?.code).toBe("task.taken");
  });
});
