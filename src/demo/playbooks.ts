// What the demo's agents do. Only their thinking is written down; panes, commits, tests and landings are real.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

interface Rule {
  readonly on: string;
  readonly match?: string;
  readonly times?: number;
  readonly do: readonly string[];
}

/** `true`: the engineer leaves the mistake of `divide` in place, however often the gate is red. */
export interface Play {
  readonly withoutFix: boolean;
  /** Pauses are divided by it. */
  readonly speed: number;
}

const operation = (name: string, body: string): string =>
  `write src/${name}.js export const ${name} = (a, b) => ${body};\\n`;

const test = (name: string, cases: readonly (readonly [string, string])[]): string => {
  const lines = cases.map(([call, result]) => `  assert.equal(${call}, ${result});`).join("\\n");
  return `write test/${name}.test.js import assert from "node:assert/strict";\\nimport test from "node:test";\\nimport { ${name} } from "../src/${name}.js";\\n\\ntest("${name}s", () => {\\n${lines}\\n});\\n`;
};

const task = (title: string, file: string, how: string): string =>
  `batty task new "${title}" --body "Scope: src/${file}.js and test/${file}.test.js\\nAcceptance: ${how}\\nTest: npm test"`;

const pause = (seconds: number, { speed }: Play): string =>
  `sleep ${Math.max(1, Math.round((seconds * 1000) / speed))}ms`;

function architect(play: Play): Rule[] {
  return [
    {
      on: "message",
      match: "calculator|subtract|multiply|divide",
      times: 1,
      do: [
        pause(1, play),
        "say Three operations, each with a test of its own; divide must refuse zero. The manager breaks it down.",
        "batty send manager Break this down: subtract, multiply and divide for the calculator. One task each, with acceptance criteria; divide must throw on zero.",
      ],
    },
    { on: "message", match: " landed on ", do: ["say noted"] },
  ];
}

function manager(play: Play): Rule[] {
  return [
    {
      on: "message",
      match: "Break this down",
      times: 1,
      do: [
        pause(0.5, play),
        task("Add subtract", "subtract", "subtract(5, 3) is 2"),
        task("Add multiply", "multiply", "multiply(4, 3) is 12"),
        task("Add divide", "divide", "divide(6, 3) is 2 and divide(1, 0) throws"),
        "say Three tasks are on the board.",
      ],
    },
    { on: "message", match: "landed|stays with", do: ["say noted"] },
  ];
}

function engineer(play: Play): Rule[] {
  const guarded = "{ if (b === 0) throw new RangeError('division by zero'); return a / b; }";
  const divideTest = `write test/divide.test.js import assert from "node:assert/strict";\\nimport test from "node:test";\\nimport { divide } from "../src/divide.js";\\n\\ntest("divides", () => assert.equal(divide(6, 3), 2));\\n\\ntest("refuses zero", () => assert.throws(() => divide(1, 0), RangeError));\\n`;
  return [
    // A landing is told to its author: nothing to do, and no task of that name to begin again.
    { on: "message", match: " landed on ", do: ["say good"] },
    { on: "answer", do: ["say thanks"] },
    {
      on: "message",
      match: "Add subtract",
      do: [
        pause(1, play),
        operation("subtract", "a - b"),
        test("subtract", [["subtract(5, 3)", "2"]]),
        "commit Add subtract",
        'batty done --summary "subtract with its test"',
      ],
    },
    {
      on: "message",
      match: "Add multiply",
      do: [
        pause(0.5, play),
        "ask Shall multiply round its result to whole numbers? | keep exact | round",
        operation("multiply", "a * b"),
        test("multiply", [
          ["multiply(4, 3)", "12"],
          ["multiply(0.5, 3)", "1.5"],
        ]),
        "commit Add multiply ({{answer}})",
        'batty done --summary "multiply, exact as you said"',
      ],
    },
    {
      on: "message",
      match: "Add divide",
      do: [
        pause(1, play),
        operation("divide", "a / b"),
        divideTest,
        "commit Add divide",
        'batty done --summary "divide with its tests"',
      ],
    },
    {
      on: "gate-red",
      match: "Add divide",
      do: play.withoutFix
        ? [
            "append src/divide.js // looked at again\\n",
            "commit Look at divide again",
            "batty done",
          ]
        : [
            "say I forgot the zero.",
            `write src/divide.js export const divide = (a, b) => ${guarded};\\n`,
            "commit Refuse to divide by zero",
            'batty done --summary "divide refuses zero now"',
          ],
    },
  ];
}

export const engineers = ["eng-1-1", "eng-1-2"] as const;

export async function writePlaybooks(root: string, play: Play): Promise<void> {
  const folder = join(root, ".batty", "team_config", "playbooks");
  await mkdir(folder, { recursive: true });
  const books = {
    architect: architect(play),
    manager: manager(play),
    ...Object.fromEntries(engineers.map((e) => [e, engineer(play)])),
  };
  // JSON is YAML: what the scripts hold needs no quoting rules of its own.
  for (const [member, rules] of Object.entries(books))
    await writeFile(join(folder, `${member}.yaml`), `${JSON.stringify(rules, null, 2)}\n`);
}
