// How often the bot is wrong about what a real agent does, over recordings of Claude Code and Codex whose labels come
// from the model's timeline and the agents' own events. Thresholds were set on the other half of them.
import { join } from "node:path";
import { claudeDriver } from "../src/world/agents/claude.ts";
import { codexDriver } from "../src/world/agents/codex.ts";
import { labels, readSessions } from "../test/agents/frames.ts";
import { type Judged, judgeAll } from "../test/agents/states.ts";
import { type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";

export async function measureStates({ clone }: Place): Promise<Row[]> {
  const sessions = readSessions(join(clone, "test", "fixtures", "agents")).filter(
    ({ half }) => half === "held-out",
  );
  const all = judgeAll([claudeDriver, codexDriver], sessions);
  const wrong = all.filter(({ label, believed }) => label !== believed);
  const falseIdle = wrong.filter(
    ({ label, believed }) => believed === "idle" && (label === "working" || label === "waiting"),
  );
  const near = all.filter(({ fromChange }) => fromChange <= 500).length / all.length;
  process.stderr.write(
    `${all.length} frames of ${sessions.length} sessions, ${Math.round(near * 100)} % within 500 ms of a change; rows: what it was, columns: what was believed\n${confusion(all)}\n`,
  );
  const figures = { floor: null, ratio: null, runs: 1 };
  return [
    rowOf({
      ...{ id: "states", what: "wrong about a real agent, of 500 labelled frames", ...figures },
      ...{ value: (wrong.length / all.length) * 500, unit: "frames", target: { value: [3, 1] } },
    }),
    rowOf({
      ...{ id: "states-idle", what: "of them: taken for idle while it works or waits", ...figures },
      ...{ value: falseIdle.length, unit: "frames", target: { value: [0, 0] } },
    }),
  ];
}

/** Rows: what it was; columns: what was believed. */
function confusion(all: readonly Judged[]): string {
  const names = [...labels, "unknown"] as const;
  const cell = (text: string | number): string => String(text).padStart(9);
  const rows = labels.map((label) => {
    const of = all.filter((one) => one.label === label);
    const counts = names.map((name) => of.filter(({ believed }) => believed === name).length);
    return [label.padEnd(9), ...counts.map(cell)].join("");
  });
  return [["".padEnd(9), ...names.map(cell)].join(""), ...rows].join("\n");
}
