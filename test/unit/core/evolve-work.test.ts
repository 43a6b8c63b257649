// A task's work from its assignment to its landing, the queue and trunk, as events make them.
import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import type { Work } from "../../../src/core/state.ts";
import { currentWork, proposalOf } from "../../../src/core/work.ts";
import {
  approved,
  assigned,
  built,
  completed,
  decided,
  gated,
  inGate,
  inReview,
  inWork,
  landed,
  main,
  morning,
  oid,
  queued,
  ready,
  requested,
  told,
  withCard,
} from "./told.ts";

const work = (...list: readonly Event[]): Work => {
  const found = told(...list).work.get(1);
  if (found === undefined) throw new Error("no work");
  return found;
};
const card = (...list: readonly Event[]) => proposalOf(work(...list));

describe("a task's work", () => {
  it("leaves the queue with new commits, though it had no card that they supersede", () => {
    const list = [...inReview, queued(1)];
    expect(told(...list).queue).toEqual([1]);
    expect(told(...list, completed(1)).queue).toEqual([]);
  });

  const cancelled: Event = { event: "task_cancelled", task: 1, by: "ada", ref: null };
  const escalated: Event = {
    ...{ event: "task_escalated", task: 1, member: "eng-1-1", escalation: 1, kind: "gate-red" },
    ...{ say: "red", options: ["retry"] },
  };
  const phaseChanged = (phase: string): Event => ({
    ...{ event: "verification_phase_changed", task: 1, phase, attempt: 1 },
  });

  it.each<[string, readonly Event[], string]>([
    ["given", [...morning, assigned(1)], "starting"],
    ["checked out", inWork, "working"],
    ["declared done", inGate, "verifying"],
    ["green", inReview, "reviewing"],
    ["red", [...inGate, gated(1, "red")], "working"],
    ["out of time", [...inGate, gated(1, "timeout")], "working"],
    ["in trouble", [...inGate, gated(1, "infra")], "verifying"],
    ["shown", withCard, "asking"],
    ["approved", approved, "queued"],
    ["rejected", [...withCard, decided(1, "reject")], "blocked"],
    ["sent back", [...withCard, decided(1, "back")], "returned"],
    [
      "resumed",
      [...withCard, decided(1, "back"), { event: "task_resumed", task: 1, member: "eng-1-1" }],
      "starting",
    ],
    [
      "not as shown any more",
      [
        ...approved,
        { event: "approval_closed", task: 1, head: oid("c"), why: "superseded", by: "batty" },
      ],
      "reviewing",
    ],
    [
      "taken back by its approver",
      [
        ...approved,
        { event: "approval_closed", task: 1, head: oid("c"), why: "withdrawn", by: "ada" },
      ],
      "asking",
    ],
    [
      "in conflict",
      [...approved, { event: "merge_rejected", task: 1, reason: "conflict", paths: [] }],
      "returned",
    ],
    ["landed", [...approved, built(1), landed(1)], "landed"],
    ["escalated", [...inWork, escalated], "blocked"],
    ["retried", [...inWork, escalated, { event: "task_retried", task: 1, by: "ada" }], "returned"],
    ["tested once more", [...inWork, completed(1), escalated, phaseChanged("retest")], "verifying"],
    ["asked for anew", [...withCard, phaseChanged("review")], "reviewing"],
    ["cancelled", [...approved, cancelled], "cancelled"],
  ])("that is %s", (_, list, phase) => expect(work(...list).phase).toBe(phase));

  it("occupies its member until its card is out", () => {
    const held = (...list: readonly Event[]) => currentWork(told(...list), "eng-1-1")?.task;
    expect(held(...inGate)).toBe(1);
    expect(held(...inReview)).toBeUndefined();
  });

  it("a gate's word counts only for the head that was declared, and while it is waited for", () => {
    expect(work(...inGate, gated(1, "green", { commit: oid("9") })).phase).toBe("verifying");
    expect(work(...inWork, gated(1, "green")).phase).toBe("working");
    expect(work(...inReview, gated(1, "red"))).toMatchObject({ phase: "reviewing", reds: 0 });
  });

  it("reds are counted until a new count begins; trouble is nobody's red", () => {
    const red = [completed(1), gated(1, "red")];
    expect(work(...inWork, ...red, ...red).reds).toBe(2);
    expect(work(...inWork, ...red, completed(1), gated(1, "green")).reds).toBe(1);
    expect(work(...inGate, gated(1, "infra"))).toMatchObject({ reds: 0, troubles: 1 });
    expect(work(...inGate, gated(1, "infra"), gated(1, "green")).troubles).toBe(0);
    const retried: Event = { event: "task_retried", task: 1, by: "ada" };
    expect(work(...inWork, ...red, escalated, retried).reds).toBe(0);
    expect(
      work(...inWork, ...red, completed(1), gated(1, "green"), requested(1), decided(1, "back"))
        .reds,
    ).toBe(0);
  });

  it("keeps its cards when it is given anew, so that their keys are used once", () => {
    const again = [
      ...withCard,
      cancelled,
      assigned(1),
      ready(1),
      completed(1),
      gated(1, "green"),
      requested(1),
    ];
    expect(work(...again).proposals.map((p) => p.round)).toEqual([1, 2]);
    expect(work(...again).proposals[0]?.state).toBe("superseded");
  });

  it.each<[string, readonly Event[], string]>([
    ["is open", withCard, "open"],
    ["is approved", approved, "approved"],
    ["is rejected", [...withCard, decided(1, "reject")], "rejected"],
    ["is sent back", [...withCard, decided(1, "back")], "back"],
    ["is landed", [...approved, built(1), landed(1)], "landed"],
    [
      "is open again after ✅ was taken back",
      [
        ...approved,
        { event: "approval_closed", task: 1, head: oid("c"), why: "withdrawn", by: "ada" },
      ],
      "open",
    ],
    [
      "is expired",
      [
        ...withCard,
        { event: "approval_closed", task: 1, head: oid("c"), why: "expired", by: "batty" },
      ],
      "expired",
    ],
    [
      "is superseded",
      [
        ...withCard,
        { event: "approval_closed", task: 1, head: oid("c"), why: "superseded", by: "batty" },
      ],
      "superseded",
    ],
    ["is over with its task", [...withCard, cancelled], "superseded"],
    [
      "stays rejected when the task is cancelled",
      [...withCard, decided(1, "reject"), cancelled],
      "rejected",
    ],
  ])("its card %s", (_, list, state) => expect(card(...list)?.state).toBe(state));

  it("a withdrawn approval names nobody", () => {
    const back: Event = {
      ...{ event: "approval_closed", task: 1, head: oid("c"), why: "withdrawn", by: "ada" },
    };
    expect(card(...approved)).toMatchObject({ decidedBy: "ada", decidedVia: "local" });
    expect(card(...approved, back)).toMatchObject({ decidedBy: null, decidedVia: null });
  });
});

describe("the landing queue", () => {
  const two = [
    ...approved,
    assigned(2, "eng-1-2"),
    ready(2, "eng-1-2"),
    completed(2, "eng-1-2"),
    gated(2, "green"),
    requested(2),
    queued(2),
  ];

  it("is in order of approval, each task once", () => {
    expect(told(...two).queue).toEqual([1, 2]);
    expect(told(...two, queued(1)).queue).toEqual([2, 1]);
  });

  it.each<[string, Event]>([
    ["landed", landed(1)],
    ["rejected by trunk", { event: "merge_rejected", task: 1, reason: "conflict", paths: [] }],
    ["cancelled", { event: "task_cancelled", task: 1, by: "ada", ref: null }],
    [
      "withdrawn",
      { event: "approval_closed", task: 1, head: oid("c"), why: "withdrawn", by: "ada" },
    ],
    ["sent back", decided(1, "back")],
  ])("is left by what is %s", (_, event) => expect(told(...two, event).queue).toEqual([2]));

  it("a landing moves main to the tested tree", () => {
    expect(told(...approved, built(1), landed(1)).main).toMatchObject({
      ...{ branch: "main", head: oid("e"), tree: oid("f"), verdict: "green" },
    });
  });
});

describe("trunk", () => {
  const trunk = (result: "green" | "red" | "timeout" | "infra", more = {}): Event =>
    gated(null, result, { purpose: "trunk", tree: oid("b"), ...more });

  it.each<[string, Event, string | null]>([
    ["green", trunk("green"), "green"],
    ["green with no test", trunk("green", { counts: null }), "uncounted"],
    [
      "green with none passed",
      trunk("green", { counts: { passed: 0, failed: 0, skipped: 2 } }),
      "uncounted",
    ],
    ["red", trunk("red"), "red"],
    ["too slow", trunk("timeout"), "red"],
    ["untestable", trunk("infra"), "infra"],
    ["another tree's evidence", trunk("red", { tree: oid("9") }), null],
  ])("%s", (_, event, verdict) => expect(told(main, event).main?.verdict).toBe(verdict));

  it("moved by somebody else is not known, unless its tree is", () => {
    const moved = (tree: string): Event => ({
      ...{ event: "main_moved_outside", from: oid("a"), to: oid("9"), tree: oid(tree) },
    });
    expect(told(main, trunk("green"), moved("8")).main).toMatchObject({
      head: oid("9"),
      verdict: null,
    });
    expect(told(main, trunk("green"), moved("b")).main?.verdict).toBe("green");
  });
});
