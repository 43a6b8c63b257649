// The recordings of real agents are what adapters and the fusion of signals are proved on: they must be readable, many
// enough, and labelled by what the agents and the model said.
import { expect, it } from "vitest";
import { framesOf, labels, readSessions, type Session, spansOf } from "../agents/frames.ts";
import type { Line } from "../agents/record/line.ts";

const sessions = readSessions();
const frames = sessions.flatMap(framesOf);
const count = <T>(all: readonly T[], fits: (each: T) => boolean): number => all.filter(fits).length;

it("there are frames enough, a quarter of them near a change, at least thirty of each state in each half", () => {
  expect(frames.length).toBeGreaterThanOrEqual(500);
  expect(count(frames, ({ fromChange }) => fromChange <= 500) / frames.length).toBeGreaterThan(
    0.25,
  );
  for (const half of ["tuning", "held-out"])
    for (const label of labels) {
      const found = count(frames, (each) => each.half === half && each.label === label);
      expect(found, `${label} in ${half}`).toBeGreaterThanOrEqual(30);
    }
});

it("every recording holds a screen, and carries nothing of the machine it was made on", () => {
  for (const { name, lines } of sessions) {
    expect(
      lines.some(({ k }) => k === "screen"),
      name,
    ).toBe(true);
    expect(JSON.stringify(lines), name).not.toMatch(
      /\/(tmp|root|home)\/|sk-ant|127\.0\.0\.1:\d{2}/,
    );
  }
});

const at = (t: number, line: object): Line => ({ t, ...line }) as Line;
const hook = (t: number, event: string): Line =>
  at(t, { k: "hook", via: "http", body: { hook_event_name: event } });
const act = (t: number, name: string, detail = ""): Line => at(t, { k: "act", act: name, detail });
const model = (t: number, moment: string, detail = ""): Line =>
  at(t, { k: "model", moment, request: 0, step: 0, side: null, detail });
const session = (lines: readonly Line[]): Session => ({
  name: "claude/made-up-1",
  head: {
    ...{ v: 1, cli: "claude", version: "0", scenario: "made-up", run: 1, size: [80, 24] },
    recorded: "2026-11-28",
  },
  lines,
  half: "tuning",
});
const told = (lines: readonly Line[]): readonly string[] =>
  spansOf(session(lines)).map(({ from, label }) => `${from} ${label}`);

it("a turn is working from the agent's word to the model's last byte, and idle from the agent's next word", () => {
  const lines = [
    ...[act(0, "start"), hook(900, "SessionStart"), act(3_000, "submit", "x")],
    ...[hook(3_050, "UserPromptSubmit"), model(3_100, "asked"), model(4_000, "done", "end")],
    hook(4_060, "Stop"),
  ];
  expect(told(lines)).toEqual([
    ...[
      "0 starting",
      "900 null",
      "2000 idle",
      "3000 null",
      "3050 working",
      "4000 null",
      "4060 idle",
    ],
  ]);
});

it("a permission request is waiting until it is answered, and an API's error is no idleness", () => {
  const lines = [
    ...[act(0, "submit"), hook(10, "UserPromptSubmit"), hook(20, "PreToolUse")],
    ...[hook(30, "PermissionRequest"), act(500, "answer", "allow"), model(600, "failed", "529")],
    hook(900, "StopFailure"),
  ];
  expect(told(lines)).toEqual(["0 null", "10 working", "30 waiting", "500 working", "900 error"]);
});

it("an interruption without a word of the agent's ends when it hangs up on the model", () => {
  const lines = [
    ...[act(0, "submit"), hook(10, "UserPromptSubmit"), model(20, "asked")],
    ...[act(500, "keys", "Escape"), model(520, "left")],
  ];
  expect(told(lines)).toEqual(["0 null", "10 working", "500 null", "520 idle"]);
});

it("the screen of a frame is the one that stood there, without its colours", () => {
  const rows = (t: number, changed: object, same: readonly number[]): Line =>
    at(t, {
      ...{ k: "screen", changed, rows: 2, cursor: [0, 0], title: "t", command: "claude" },
      ...{ alternate: false, same },
    });
  const lines = [
    ...[act(0, "submit"), hook(5, "UserPromptSubmit")],
    ...[rows(10, { 0: "\u001b[1mone\u001b[0m  ", 1: "two" }, [20]), rows(30, { 1: "three" }, [])],
  ];
  const seen = framesOf(session(lines)).map(({ at: t, screen }) => [t, ...screen]);
  expect(seen).toEqual([
    [10, "one", "two"],
    [20, "one", "two"],
    [30, "one", "three"],
  ]);
});
