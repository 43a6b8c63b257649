import { describe, expect, it } from "vitest";
import {
  type Activity,
  bySight,
  byWord,
  type Doing,
  interrupted,
} from "../../../src/core/activity.ts";
import type { Reading, SignalKind } from "../../../src/core/agent.ts";

const doing = (activity: Activity, what = ""): Doing => ({
  ...{ activity, since: 1_000, what, stopping: false },
});
const trouble = { kind: "overloaded", until: null } as const;

describe("an agent's own word", () => {
  it.each<[Activity, SignalKind, Activity]>([
    ["starting", "started", "idle"],
    ["idle", "taken", "working"],
    ["unknown", "working", "working"],
    ["working", "waiting", "waiting"],
    ["waiting", "working", "working"],
    ["waiting", "idle", "idle"],
    ["working", "idle", "idle"],
    ["working", "error", "working"],
    ["working", "ended", "working"],
  ])("%s, then %s: %s", (was, kind, now) => {
    expect(byWord(doing(was), { kind, detail: "" }, 2_000).activity).toBe(now);
  });

  it("an error with its cause ends the turn", () => {
    const now = byWord(doing("working"), { kind: "error", detail: "529", trouble }, 2_000);
    expect(now).toEqual({ activity: "idle", since: 2_000, what: "", stopping: false });
  });

  it("says what it waits for, and that is over with its next word", () => {
    const waits = byWord(doing("working"), { kind: "waiting", detail: "Run make?" }, 2_000);
    expect(waits.what).toBe("Run make?");
    expect(byWord(waits, { kind: "working", detail: "" }, 3_000).what).toBe("");
  });
});

describe("its screen", () => {
  const look = (
    was: Activity,
    shows: Reading["shows"],
    { quietFor = 2_000, after = 5_000, what = "" } = {},
  ): Activity | null =>
    bySight(doing(was), { reading: { shows, what }, quietFor }, 1_000 + after)?.activity ?? null;

  it.each<[Activity, Reading["shows"], Activity | null]>([
    ["starting", "idle", "idle"],
    ["starting", "working", null],
    ["starting", "waiting", "waiting"],
    ["idle", "working", null],
    ["idle", "idle", null],
    ["idle", "waiting", "waiting"],
    ["working", "idle", "idle"],
    ["working", "working", null],
    ["working", "waiting", "waiting"],
    ["working", "unknown", null],
    ["waiting", "idle", "idle"],
    ["waiting", "working", "working"],
    ["waiting", "unknown", null],
    ["unknown", "idle", "idle"],
    ["unknown", "working", "working"],
    ["unknown", "unknown", null],
  ])("%s and the screen shows %s: %s", (was, shows, now) => expect(look(was, shows)).toBe(now));

  it("in motion takes nothing back, nor does it within three seconds of the agent's word", () => {
    expect(look("working", "idle", { quietFor: 1_400 })).toBeNull();
    expect(look("working", "idle", { after: 2_900 })).toBeNull();
    expect(look("starting", "idle", { quietFor: 200 })).toBeNull();
  });

  it("is enough to know that an interrupted turn is over, without a word and soon", () => {
    const stopping = interrupted(doing("working"));
    const sight = { reading: { shows: "idle", what: "" }, quietFor: 400 } as const;
    expect(bySight(stopping, sight, 1_500)).toMatchObject({ activity: "idle", stopping: false });
    expect(bySight(doing("working"), sight, 1_500)).toBeNull();
    const late = byWord(stopping, { kind: "working", detail: "" }, 1_400);
    expect(bySight(late, sight, 1_900)?.activity).toBe("idle");
    const next = byWord(stopping, { kind: "taken", detail: "" }, 1_400);
    expect(bySight(next, sight, 1_900)).toBeNull();
    expect(interrupted(doing("idle")).stopping).toBe(false);
  });

  it("that nobody can read for half a minute makes it unknown, never idle", () => {
    expect(look("working", "unknown", { quietFor: 31_000, after: 31_000 })).toBe("unknown");
    expect(look("working", "unknown", { quietFor: 31_000, after: 20_000 })).toBeNull();
    expect(look("waiting", "unknown", { quietFor: 90_000, after: 90_000 })).toBeNull();
  });

  it("names a dialog that nobody told of, and the next one in its place", () => {
    const sight = {
      reading: { shows: "waiting", what: "Trust this folder?" },
      quietFor: 2_000,
    } as const;
    expect(bySight(doing("starting"), sight, 9_000)).toMatchObject({ what: "Trust this folder?" });
    expect(bySight(doing("waiting", "Run make?"), sight, 9_000)).toBeNull();
    expect(bySight(doing("waiting"), sight, 9_000)).toMatchObject({ what: "Trust this folder?" });
  });
});
