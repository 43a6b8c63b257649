// The demo is no film: take its mend or its ✅ away, and the day ends otherwise. With both it proves what it says.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clone, makePlace, type Ran } from "./place.ts";

interface Line {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a line holds differs by its event
  readonly [field: string]: any;
}

/** No terminal, no input; nothing may be left of it. */
async function demo(
  ...flags: readonly string[]
): Promise<Ran & { readonly lines: readonly Line[] }> {
  const place = await makePlace();
  onTestFinished(async () => {
    expect(await place.clear()).toEqual([]);
  });
  const ran = await place.run(join(clone, "bin", "batty"), ["demo", ...flags], {
    cwd: place.folder,
  });
  const lines = flags.includes("--json")
    ? ran.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Line)
    : [];
  return { ...ran, lines };
}

const cards = (lines: readonly Line[], kind: string, state: string): Line[] =>
  lines.filter((l) => l["card"]?.kind === kind && l["card"].state === state);
const tasksOf = (lines: readonly Line[]): number[] => [
  ...new Set(lines.map((l) => l["card"].subject.task as number)),
];

test("the played day ends with 0 and proves from git and the journal what it claims", async () => {
  const { code, stdout, stderr } = await demo("--speed", "4");
  expect([code, stderr]).toEqual([0, ""]);
  for (const proof of [
    "3 tasks landed, each as one merge commit on main",
    "every landed tree has green evidence",
    "each commit names its gate's tree",
    "2 engineers worked",
    "1 red gate went back to its author and was mended",
    "1 question was answered by a person",
    "3 approvals by a person",
    "the tests run green on main: 5 passed",
  ])
    expect(stdout).toContain(`✓ ${proof}`);
  expect(stdout).toMatch(/✓ \d landings? over a moved main/);
  expect(stdout).not.toContain("✗");
  expect(stdout).toMatch(/Merge #\d: Add divide/);
});

test("as JSON it is the conversation, then one line that sums up", async () => {
  const { code, lines, stderr } = await demo("--json", "--speed", "4");
  expect([code, stderr]).toEqual([0, ""]);
  expect(lines[0]?.event).toBe("ready");
  expect(lines.at(-1)).toEqual({
    event: "demo",
    ok: true,
    ...{ seconds: expect.any(Number), tasks: 3, merges: 3, red_gates: 1, approvals: 3 },
    events: expect.any(Number),
  });
  expect(lines.filter((l) => l.event === "demo")).toHaveLength(1);
  expect(tasksOf(cards(lines, "merge", "done"))).toHaveLength(3);
  expect(cards(lines, "question", "done")).not.toEqual([]);
  expect(cards(lines, "standup", "done")).toHaveLength(1);
});

test("without its mend the red task does not land, and people are asked once", async () => {
  const { code, lines } = await demo("--json", "--speed", "20", "--without-fix");
  expect(code).toBe(1);
  const asked = cards(lines, "question", "open").filter(
    (l) => l["card"].subject.task !== undefined && l["card"].title.includes("needs you"),
  );
  const [red] = tasksOf(asked);
  expect(asked.filter((l) => l.event === "message")).toHaveLength(1);
  expect(tasksOf(cards(lines, "merge", "done"))).toHaveLength(2);
  expect(tasksOf(lines.filter((l) => l["card"]?.kind === "merge"))).not.toContain(red);
  expect(lines.at(-1)).toMatchObject({
    event: "demo",
    ok: false,
    merges: 2,
    red_gates: 3,
    approvals: 2,
  });
});

test("without a ✅ main does not move", async () => {
  const { code, lines } = await demo("--json", "--speed", "20", "--without-approval");
  expect(code).toBe(1);
  expect(tasksOf(cards(lines, "merge", "open"))).toHaveLength(3);
  expect(cards(lines, "merge", "done")).toEqual([]);
  expect(lines.at(-1)).toMatchObject({
    event: "demo",
    ok: false,
    tasks: 0,
    merges: 0,
    approvals: 0,
  });
});

test("the flags of these two days are not in its usage", async () => {
  const { stdout } = await demo("--help");
  expect(stdout).toContain("batty demo");
  expect(stdout).not.toContain("without");
});
