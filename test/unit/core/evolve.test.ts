// State from events: what each one changes, and what it must leave alone.
import { describe, expect, it } from "vitest";
import { inFlight } from "../../../src/core/deliveries.ts";
import type { Event } from "../../../src/core/event.ts";
import { seatOf } from "../../../src/core/evolve/seats.ts";
import { evolve } from "../../../src/core/evolve.ts";
import { empty } from "../../../src/core/state.ts";
import {
  approved,
  asked,
  completed,
  dawn,
  decided,
  gated,
  landed,
  main,
  ready,
  requested,
  running,
  sent,
  signalled,
  spawned,
  stopped,
  tell,
  told,
} from "./told.ts";

const seat = (...list: readonly Event[]) => seatOf(told(...list), "eng-1-1");

describe("the state", () => {
  it("is never edited in place", () => {
    const before = told(...approved, sent("1.1.1", "eng-1-1"));
    const copy = structuredClone(before);
    tell(
      before,
      landed(1),
      signalled("eng-1-1", "working"),
      stopped,
      asked(1),
      spawned("eng-1-1", 2),
    );
    expect(before).toEqual(copy);
  });

  it("knows where in the journal it stands and when the bot came up", () => {
    const event: Event = { event: "daemon_started", pid: 1, version: "0" };
    expect(evolve(empty, { seq: 7, at: 42, event })).toMatchObject({ seq: 7, startedAt: 42 });
  });

  it("events about what is not there change nothing but the place in the journal", () => {
    const unheard: readonly Event[] = [
      ready(9),
      completed(9),
      gated(9, "green"),
      requested(9),
      decided(9, "approve"),
      landed(9),
      { event: "message_taken", id: "none", member: "eng-1-1" },
      { event: "message_typed", id: "none" },
      { event: "task_created", key: "none", task: 3, title: "", by: "ada" },
    ];
    const before = told(main);
    for (const event of unheard) {
      const {
        seq: _,
        queue: _queue,
        main: _main,
        gateTook: _took,
        gateFreeAt: _free,
        ...rest
      } = tell(before, event);
      expect(before).toMatchObject(rest);
    }
  });
});

describe("a seat", () => {
  it.each<[string, readonly Event[], object]>([
    [
      "is launched",
      [spawned("eng-1-1")],
      { epoch: 1, activity: "starting", worktree: "/w/eng-1-1" },
    ],
    ["has started", [spawned("eng-1-1"), signalled("eng-1-1", "started")], { activity: "idle" }],
    [
      "works",
      [spawned("eng-1-1"), signalled("eng-1-1", "taken", { message: "7" })],
      { activity: "working", turn: "7" },
    ],
    [
      "waits for a dialog",
      [spawned("eng-1-1"), signalled("eng-1-1", "waiting")],
      { activity: "waiting" },
    ],
    [
      "says something else",
      [spawned("eng-1-1"), signalled("eng-1-1", "error")],
      { activity: "starting" },
    ],
  ])("that %s", (_, list, seen) => expect(seat(...list)).toMatchObject(seen));

  it("ends its turn: nothing in hand, to be looked at, its falls forgotten", () => {
    const fall: Event = { event: "agent_died", member: "eng-1-1", epoch: 1, exit: 1 };
    const turn = [spawned("eng-1-1"), fall, spawned("eng-1-1", 2)];
    const idle = signalled("eng-1-1", "idle", { epoch: 2 });
    expect(seat(...turn).falls).toHaveLength(1);
    expect(seat(...turn, idle)).toMatchObject({ turn: null, falls: [], activity: "idle" });
    expect(seat(...turn, idle).turnEnded).toBe(dawn + 4_000);
    const looked: Event = { event: "turn_ended", member: "eng-1-1", task: null, say: "" };
    expect(seat(...turn, idle, looked).turnEnded).toBeNull();
  });

  it.each<[string, readonly Event[]]>([
    ["an old launch", [spawned("eng-1-1", 2), signalled("eng-1-1", "started", { epoch: 2 })]],
    [
      "a launch that ended",
      [
        spawned("eng-1-1"),
        signalled("eng-1-1", "started"),
        { event: "agent_died", member: "eng-1-1", epoch: 1, exit: 0 },
      ],
    ],
  ])("hears no signal of %s, and remembers that it was read", (_, list) => {
    const late = signalled("eng-1-1", "working", { signal: "late.1" });
    expect(seat(...list, late)).toEqual(seat(...list));
    expect(told(...list, late).signals.get("eng-1-1")).toContain("late.1");
  });

  it("remembers 200 signals, the newest", () => {
    const many = Array.from({ length: 250 }, (_, i) =>
      signalled("eng-1-1", "working", { signal: `s${i}` }),
    );
    const kept = told(spawned("eng-1-1"), ...many).signals.get("eng-1-1");
    expect(kept).toHaveLength(200);
    expect(kept?.at(-1)).toBe("s249");
  });

  it("counts falls within two minutes, and none that somebody asked for", () => {
    const died: Event = { event: "agent_died", member: "eng-1-1", epoch: 1, exit: null };
    const fell = [spawned("eng-1-1"), died, spawned("eng-1-1", 2), died];
    expect(seat(...fell).falls).toHaveLength(2);
    const pause = Array.from({ length: 125 }, () => running);
    expect(seat(...fell, ...pause, spawned("eng-1-1", 3), died).falls).toHaveLength(1);
    const wanted: Event = { event: "member_restarted", member: "eng-1-1", by: "ada" };
    expect(seat(spawned("eng-1-1"), wanted, died)).toMatchObject({ falls: [], restarting: true });
    expect(seat(spawned("eng-1-1"), wanted, died, spawned("eng-1-1", 2)).restarting).toBe(false);
  });

  it.each<[string, Event]>([
    ["it is unparked", { event: "member_unparked", member: "eng-1-1", by: "ada" }],
    ["it is restarted", { event: "member_restarted", member: "eng-1-1", by: "ada" }],
    ["the team starts", running],
  ])("that was parked tries anew when %s", (_, event) => {
    const parked: Event = { event: "member_parked", member: "eng-1-1", why: "fell" };
    const failed: Event = {
      ...{ event: "spawn_failed", member: "eng-1-1", epoch: 1, code: "c", say: "s" },
    };
    expect(seat(failed, parked)).toMatchObject({ parked: "fell", lastFall: "s" });
    expect(seat(failed, parked, event)).toMatchObject({ parked: null, falls: [] });
  });

  it("is told once a launch that its task goes on", () => {
    const resume = sent("1.1.1", "eng-1-1", { from: "batty", msg_type: "resume" });
    expect(seat(spawned("eng-1-1", 3), resume).prompted).toBe(3);
  });
});

describe("the team", () => {
  it("starts unpaused; a pause of one member is its own", () => {
    const pause = (member: string | null): Event => ({ event: "team_paused", by: "ada", member });
    const go = (member: string | null): Event => ({ event: "team_resumed", by: "ada", member });
    expect(told(running, pause(null))).toMatchObject({ team: "running", paused: true });
    expect(told(running, pause(null), go(null)).paused).toBe(false);
    expect(told(running, pause(null), stopped, running).paused).toBe(false);
    const one = told(running, pause("eng-1-1"), pause("eng-1-2"), go("eng-1-1"));
    expect([...one.pausedMembers]).toEqual(["eng-1-2"]);
    expect(one.paused).toBe(false);
  });
});

describe("a message", () => {
  const id = "1.1.1";
  const typing: Event = { event: "message_typing", id, member: "eng-1-1", pane: "%1", epoch: 1 };
  const typed: Event = { event: "message_typed", id };
  const taken: Event = { event: "message_taken", id, member: "eng-1-1" };
  const failed: Event = {
    ...{ event: "delivery_failed", id, member: "eng-1-1", code: "delivery.unknown", say: "lost" },
  };
  const stateOf = (...list: readonly Event[]) =>
    told(sent(id, "eng-1-1"), ...list).messages.get(id);

  it.each<[string, readonly Event[], object]>([
    ["waits", [], { state: "queued", pane: null }],
    ["is about to be typed", [typing], { state: "typing", pane: "%1", epoch: 1 }],
    [
      "is held back again",
      [typing, { event: "message_held", id, why: "draft" }],
      { state: "queued", pane: null, epoch: null },
    ],
    ["is typed", [typing, typed], { state: "typed" }],
    ["is typed after it was taken: still taken", [typing, taken, typed], { state: "taken" }],
    ["got its extra Enter", [typing, typed, { event: "message_entered", id }], { entered: true }],
    ["is taken", [typing, typed, taken], { state: "taken" }],
    [
      "is answered",
      [taken, { event: "message_answered", id, member: "eng-1-1", text: "" }],
      { state: "answered" },
    ],
    ["failed, and says why", [typing, failed], { state: "failed", say: "lost" }],
    ["is taken back", [{ event: "message_withdrawn", id, by: "ada" }], { state: "withdrawn" }],
  ])("%s", (_, list, seen) => expect(stateOf(...list)).toMatchObject(seen));

  it("is in flight from the intent to its receipt", () => {
    const at = (...list: readonly Event[]) =>
      inFlight(told(sent(id, "eng-1-1"), ...list), "eng-1-1");
    expect(at()).toBeUndefined();
    expect(at(typing)?.mail.id).toBe(id);
    expect(at(typing, typed)?.mail.id).toBe(id);
    expect(at(typing, typed, taken)).toBeUndefined();
  });

  it("keys that were left out stay out, as the ports want it", () => {
    const event = sent(id, "eng-1-1", { via: undefined, echo: undefined });
    const mail = told(event).messages.get(id)?.mail ?? {};
    expect(Object.keys(mail)).not.toContain("via");
  });

  it("old ended ones are forgotten, never one that waits or whose turn runs", () => {
    const turn = "0.1.1";
    const first = [
      spawned("eng-1-1"),
      sent(turn, "eng-1-1"),
      signalled("eng-1-1", "taken", { message: turn }),
      { event: "message_taken", id: turn, member: "eng-1-1" } as const,
      sent("0.2.2", "eng-1-1"),
    ];
    const many = Array.from({ length: 900 }, (_, i) => [
      sent(`1.${i}.1`, "eng-1-2"),
      { event: "message_taken", id: `1.${i}.1`, member: "eng-1-2" } as const,
    ]).flat();
    const { messages } = told(...first, ...many);
    expect(messages.size).toBeLessThan(810);
    expect(messages.has(turn)).toBe(true);
    expect(messages.has("0.2.2")).toBe(true);
    expect(messages.has("1.0.1")).toBe(false);
    expect(messages.has("1.899.1")).toBe(true);
  });
});

describe("questions", () => {
  const changed = (state: string, more = {}): Event =>
    ({
      ...{
        event: "escalation_changed",
        escalation: 1,
        state,
        by: "bob",
        answer: null,
        until: null,
      },
      ...more,
    }) as Event;
  const question = (...list: readonly Event[]) => told(asked(1), ...list).escalations.get(1);

  it.each<[string, readonly Event[], object]>([
    ["asked", [], { state: "open", by: null, answer: null, question: "Which store?" }],
    ["acknowledged", [changed("acknowledged")], { state: "acknowledged", by: "bob" }],
    [
      "answered",
      [changed("answered", { answer: "Redis" })],
      { state: "answered", answer: "Redis" },
    ],
    ["withdrawn", [changed("withdrawn")], { state: "withdrawn" }],
  ])("that are %s", (_, list, seen) => expect(question(...list)).toMatchObject(seen));
});

describe("the board", () => {
  const due = (patch: Record<string, unknown>): Event => ({
    ...{ event: "board_due", task: 1, patch, by: "ada" },
  });

  it("wishes to one task add up until the newest is written", () => {
    const both = told(due({ status: "review" }), due({ blocked: true }));
    expect(both.boardDue.get(1)).toMatchObject({
      patch: { status: "review", blocked: true },
      due: 2,
    });
    const early = tell(both, { event: "board_written", task: 1, due: 1 });
    expect(early.boardDue.has(1)).toBe(true);
    expect(tell(early, { event: "board_written", task: 1, due: 2 }).boardDue.has(1)).toBe(false);
  });
});
