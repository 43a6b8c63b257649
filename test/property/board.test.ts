import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BoardTask } from "../../src/core/ports.ts";
import { newConfig, readSettings, withNextId } from "../../src/world/board/config.ts";
import { type Raw, renderSheet } from "../../src/world/board/front-matter.ts";
import {
  editsBetween,
  keyOrder,
  parseTaskFile,
  type TaskRecord,
} from "../../src/world/board/record.ts";
import { isBlank, quote } from "../../src/world/board/scalars.ts";

const statuses = ["backlog", "todo", "in-progress", "review", "done", "archived"];

const spice = [
  "\u0000",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\ufffe",
  "\uffff",
  "---",
  "\n",
  "😀",
];
const marks = [
  ": ",
  " #",
  "- ",
  "'",
  '"',
  "\\",
  "|",
  ">",
  "&a",
  "*a",
  "!",
  "%",
  "@",
  "`",
  "{",
  "]",
  "~",
];
const piece = fc.oneof(
  fc.constantFrom(...spice, ...marks, "null", "yes", "No", "0x1F", "1_0", "2026-01-01", "<<", "\t"),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(""));
const words = text.filter((t) => !isBlank(t));
const maybe = fc.option(text.map((t) => t || "x"));
const time = fc.option(
  fc.integer({ min: Date.parse("0002-01-01T00:00:00Z"), max: Date.parse("9999-12-31T00:00:00Z") }),
);
const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

const record: fc.Arbitrary<TaskRecord> = fc.record({
  task: fc.record({
    id,
    title: words,
    body: text.map((t) => `${t.replace(/^\n+/, "")}x\n`),
    status: fc.constantFrom(...statuses),
    priority: words,
    created: time,
    tags: fc.array(text, { maxLength: 3 }),
    assignee: maybe,
    dependsOn: fc.array(id, { maxLength: 3 }),
    blocked: fc.boolean(),
    blockReason: maybe,
    claimedBy: maybe,
    claimedAt: time,
    class: maybe,
    extra: fc.constant({}),
  }),
  started: time,
  completed: time,
});

const render = (r: TaskRecord): Buffer =>
  renderSheet(null, editsBetween(null, r), Buffer.from(r.task.body), keyOrder);
const core = ({ task, started, completed }: TaskRecord): unknown => {
  const { extra: _, ...rest } = task;
  return { ...rest, started, completed };
};
const wellFormed = (value: unknown): boolean => !/\\ud[89a-f]/i.test(JSON.stringify(value));

describe("a task file", () => {
  it("says after writing and reading what it said before", () => {
    fc.assert(
      fc.property(record.filter(wellFormed), (r) => {
        expect(core(parseTaskFile(render(r), statuses))).toEqual(core(r));
      }),
      { numRuns: 1_000 },
    );
  });

  it("keeps unknown keys, comments, exact times and body bytes through any change", () => {
    const foreign = fc.constantFrom(
      "scheduled_for: 2026-02-01T08:00:00.123456789+02:00\n",
      "# a comment\nworktree_path: /tmp/x # where\n",
      "artifacts:\n- a\n-   b\n# behind\n",
      "notes: |\n    two\n    lines\n",
      "nested: {a: [1, ~], 'b c': \"x\"}\n",
    );
    const changes = fc.record({
      title: words,
      tags: fc.array(text, { maxLength: 2 }),
      claimedBy: maybe,
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(foreign),
        fc.uint8Array({ maxLength: 40 }),
        changes.filter(wellFormed),
        (lines, bytes, change) => {
          const created = "created: 2026-01-10T08:00:00.123456789+02:00\n";
          const head = `---\nid: 1\ntitle: T\n${created}status: todo\n${lines.join("")}---\n\n`;
          const file = Buffer.concat([
            Buffer.from(head),
            Buffer.from("b"),
            bytes,
            Buffer.from("\n"),
          ]);
          const old = parseTaskFile(file, statuses);
          const task: BoardTask = { ...old.task, ...change };
          const next: TaskRecord = { task, started: null, completed: null };
          const edits = new Map<string, Raw | null>(editsBetween(old, next));
          const out = renderSheet(old.sheet, edits, old.sheet.body, keyOrder);
          const back = parseTaskFile(out, statuses);
          expect(back.task.title).toBe(change.title);
          expect(back.task.tags).toEqual(change.tags);
          expect(back.task.claimedBy).toBe(change.claimedBy);
          expect(back.task.extra).toEqual(old.task.extra);
          expect(back.sheet.body.equals(old.sheet.body)).toBe(true);
          for (const line of [created, ...lines]) expect(out.toString("latin1")).toContain(line);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a quoted string", () => {
  it("holds nothing that ends a line or is refused on the other side", () => {
    fc.assert(
      fc.property(text, (t) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(quote(t)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("config.yml", () => {
  it("says the raised number and is otherwise the same text", () => {
    fc.assert(
      fc.property(words.filter(wellFormed), fc.integer({ min: 1, max: 1e9 }), (name, next) => {
        const before = `# ours\n${newConfig(name).replace("next_id: 1", "next_id: 1 # next")}batty: {x: 1}\n`;
        const after = withNextId(before, next);
        expect(readSettings(after, "config.yml").nextId).toBe(next);
        expect(after.replace(`next_id: ${next}`, "next_id: 1")).toBe(before);
      }),
      { numRuns: 200 },
    );
  });
});
