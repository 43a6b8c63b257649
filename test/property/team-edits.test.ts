// Edits of a team file that a person wrote: the value is there, nothing else of what it says is lost or moved.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { addToList, setKeys } from "../../src/config/edit.ts";

/** A value with `# note N` at every place where a comment may stand. */
interface Written {
  readonly text: string;
  readonly notes: readonly string[];
}

const word = fc.constantFrom(
  "architect",
  "npm test",
  "yes",
  "a: b",
  "# no comment",
  "it's",
  "9",
  "[x]",
  "*",
  "ä",
  "",
);
const leaf = fc.oneof(
  word,
  fc.integer({ min: -5, max: 1_000_000 }),
  fc.boolean(),
  fc.double({ noNaN: true, min: 0, max: 1 }),
);
const value = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c"), leaf, { maxKeys: 3 }) },
);
const role = fc.record({
  name: fc.constantFrom("architect", "dev"),
  agent: fc.constantFrom("claude", '"codex"', "'aider'"),
  prompt: fc.constantFrom("a.md", "b.md"),
});
const file = fc.record({
  roles: fc.array(role, { minLength: 1, maxLength: 3 }),
  flow: fc.boolean(),
  indented: fc.boolean(),
  blanks: fc.boolean(),
  command: fc.constantFrom("npm test", '"make: all"', "|\n      one\n      two"),
});

const written = file.map(({ roles, flow, indented, blanks, command }): Written => {
  let n = 0;
  const notes: string[] = [];
  const note = (): string => {
    n += 1;
    notes.push(`# note ${n}`);
    return `# note ${n}`;
  };
  const pad = indented ? "  " : "";
  const gap = blanks ? "\n" : "";
  const lines = [
    note(),
    `name: shop ${note()}`,
    gap + note(),
    `roles: ${note()}`,
    ...roles.flatMap((one) =>
      flow
        ? [`${pad}- {name: ${one.name}, agent: ${one.agent}} ${note()}`]
        : [
            `${pad}${note()}`,
            `${pad}- name: ${one.name} ${note()}`,
            `${pad}  ${note()}`,
            `${pad}  agent: ${one.agent} ${note()}`,
            `${pad}  prompt: ${one.prompt}`,
            `${pad}  ${note()}`,
          ],
    ),
    `${gap}workflow_policy:`,
    `  ${note()}`,
    `  env_pass: [A, B] ${note()}`,
    "  verification:",
    `    test_command: ${command}`,
    `    max_retries: 2 ${note()}`,
    `${gap}access: {approvers: [ada], viewers: []} ${note()}`,
    note(),
  ];
  return { text: `${lines.join("\n")}\n`, notes };
});

const path = fc.constantFrom(
  ["name"],
  ["roles", 0, "agent"],
  ["roles", 0, "instances"],
  ["roles", 0, "name"],
  ["workflow_policy", "env_pass"],
  ["workflow_policy", "verification", "test_command"],
  ["workflow_policy", "verification", "max_retries"],
  ["workflow_policy", "merge", "approvals"],
  ["access", "approvers"],
  ["access", "approvers", 0],
  ["chat", "telegram", "chat"],
  ["people"],
);
const edit = fc.record({ path, value });

function put(root: unknown, steps: readonly (string | number)[], inner: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return inner;
  const table = (typeof root === "object" && root !== null ? root : {}) as Record<string, unknown>;
  const below = rest.length === 0 ? inner : put(table[String(step)], rest, inner);
  if (Array.isArray(root)) return root.map((one, i) => (i === step ? below : one));
  return { ...table, [String(step)]: below };
}

/** `a.b[1]` of every key, in the order of the text. */
function keysOf(at: unknown, before = ""): string[] {
  if (typeof at !== "object" || at === null) return [];
  return Object.entries(at).flatMap(([key, inner]) => [
    `${before}.${key}`,
    ...keysOf(inner, `${before}.${key}`),
  ]);
}

describe("an edited team file", () => {
  it("says what was set and everything it said before, every comment in its order", () => {
    fc.assert(
      fc.property(written, edit, ({ text, notes }, edit) => {
        const after = setKeys(text, [edit]);
        expect(parseDocument(after).errors).toEqual([]);
        expect(parse(after)).toEqual(put(parse(text), edit.path, edit.value));
        expect(after.match(/# note \d+/g)).toEqual(notes);
        const kept = keysOf(parse(after)).filter((key) => keysOf(parse(text)).includes(key));
        expect(keysOf(parse(text)).filter((key) => kept.includes(key))).toEqual(kept);
        // What is replaced had three lines at most: every other one is there to the last blank.
        const there = after.split("\n");
        const lost = text.split("\n").filter((line) => !there.includes(line));
        expect(lost.length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 400 },
    );
  });

  it("has one more in a list, behind the others, and every comment in its order", () => {
    const lists = fc.constantFrom(
      "access: {approvers: [ada, bob], viewers: []}\n",
      "access:\n  approvers: [ada] # note 1\n  # note 2\n  viewers: []\n",
      "access:\n  # note 1\n  approvers: # note 2\n    - ada # note 3\n    # note 4\n    - {discord_role: '7'} # note 5\n  # note 6\n  viewers: []",
      "access:\n  approvers:\n  - ada\n  - bob",
      "access:\n  approvers: # note 1\n",
      "name: shop # note 1\n",
    );
    fc.assert(
      fc.property(lists, word, (text, more) => {
        const after = addToList(text, ["access", "approvers"], more);
        expect(parseDocument(after).errors).toEqual([]);
        const before = (parse(text) as { access?: { approvers?: unknown[] } }).access?.approvers;
        expect(parse(after)).toEqual(
          put(parse(text), ["access", "approvers"], [...(before ?? []), more]),
        );
        expect(after.match(/# note \d+/g)).toEqual(text.match(/# note \d+/g));
      }),
    );
  });
});
