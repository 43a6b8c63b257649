import { describe, expect, it } from "vitest";
import { readSettings } from "../../../../src/world/board/config.ts";
import { Unreadable } from "../../../../src/world/board/nodes.ts";
import { parseTaskFile, type TaskFile } from "../../../../src/world/board/record.ts";
import {
  type Probe,
  probeBytes,
  reads,
  scenarios,
  strings,
} from "../../../fixtures/kanban-md/goldens.ts";

const statuses = ["backlog", "todo", "in-progress", "review", "done", "archived"];

/** Where we read otherwise than the program, on purpose. */
const differs: Readonly<Record<string, string>> = {
  "id: 0b11": "read as 3; the recording shows 4, as another file of that board had the number",
  "id: 9007199254740993": "beyond 2^53 a number here is another number: refused, not misread",
  'blocked: "true"': "Batty wrote it so",
  'blocked: ""': "Batty wrote it so",
  "blocked: waiting": "Batty wrote the reason into the flag",
};

function attempt(bytes: Buffer): TaskFile | Unreadable {
  try {
    return parseTaskFile(bytes, statuses);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

const time = (value: unknown): number | null => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) || at <= Date.parse("0001-01-01T00:00:00Z") ? null : at;
};

/** The program's JSON of a task in our terms. */
function expected(task: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { id, title, status, priority } = task;
  return {
    id,
    title,
    status,
    priority,
    created: time(task["created"]),
    body: task["body"] ?? "",
    tags: task["tags"] ?? [],
    assignee: task["assignee"] ?? null,
    dependsOn: task["depends_on"] ?? [],
    blocked: task["blocked"] ?? false,
    blockReason: task["block_reason"] ?? null,
    claimedBy: task["claimed_by"] ?? null,
    claimedAt: time(task["claimed_at"]),
    class: task["class"] ?? null,
    started: time(task["started"]),
    due: task["due"] ?? null,
  };
}

function ours({ task, started }: TaskFile): Record<string, unknown> {
  const { extra, ...rest } = task;
  return { ...rest, started, due: extra["due"] ?? null };
}

const agreeing = reads.filter((probe) => !(probe.case in differs));
const titled = (probe: Probe): string => JSON.stringify(probe.case);

describe("a front matter that kanban-md reads", () => {
  it.each(agreeing.filter((p) => p.read).map((p) => [titled(p), p] as const))(
    "is read the same: %s",
    (_, probe) => {
      const read = attempt(probeBytes(probe));
      if (read instanceof Unreadable) throw read;
      expect(ours(read)).toEqual(expected(probe.task ?? {}));
    },
  );
});

describe("a front matter that kanban-md refuses", () => {
  it.each(agreeing.filter((p) => !p.read).map((p) => [titled(p), p] as const))(
    "is refused with a reason: %s",
    (_, probe) => {
      const read = attempt(probeBytes(probe));
      expect(read).toBeInstanceOf(Unreadable);
      expect((read as Unreadable).message).not.toBe("");
    },
  );

  it("is read all the same where Batty wrote it", () => {
    const read = (name: string) => {
      const probe = reads.find((p) => p.case === name);
      if (!probe) throw new Error(name);
      return attempt(probeBytes(probe));
    };
    expect(read("blocked: waiting")).toMatchObject({
      task: { blocked: true, blockReason: "waiting" },
    });
    expect(read('blocked: "true"')).toMatchObject({ task: { blocked: true, blockReason: null } });
    expect(read('blocked: ""')).toMatchObject({ task: { blocked: false } });
    expect(read("id: 9007199254740993")).toBeInstanceOf(Unreadable);
  });
});

describe("what the program makes of a string", () => {
  // As the last key the program's own block style loses a final newline; with a key behind it nothing is lost.
  const file = (lines: string): Buffer =>
    Buffer.from(`---\nid: 1\ntitle: T\nstatus: todo\n${lines}\nclass: standard\n---\n`);

  it.each(strings.filter((s) => s.as_assignee).map((s) => [JSON.stringify(s.value), s] as const))(
    "comes back as a value: %s",
    (_, { value, as_assignee }) => {
      const read = attempt(file(`assignee: ${as_assignee}`));
      expect((read as TaskFile).task.assignee).toBe(value);
    },
  );

  // Indentation marks that the program itself cannot read back.
  const lost = new Set(["\nhead", " a\nb"]);
  // The program writes CR LF in a list as a plain line end, and so loses the CR itself.
  const cut = new Set(["a\r\nb"]);
  const listed = strings.filter((s) => s.as_tag && !lost.has(s.value) && !cut.has(s.value));
  it.each(listed.map((s) => [JSON.stringify(s.value), s] as const))(
    "comes back from a list: %s",
    (_, { value, as_tag }) => {
      const read = attempt(file(`tags:\n${as_tag}`));
      expect((read as TaskFile).task.tags).toEqual([value]);
    },
  );
});

describe("every recorded board", () => {
  it("is read or complained of file by file, and what is whole is read", () => {
    const complaints: string[] = [];
    let whole = 0;
    for (const { name, before, after } of scenarios) {
      for (const files of [before, after]) {
        for (const [path, bytes] of Object.entries(files)) {
          if (!/^tasks\/[^/]*\.md$/.test(path)) continue;
          const read = attempt(bytes);
          if (read instanceof Unreadable) complaints.push(`${name} ${path}: ${read.message}`);
          else whole += 1;
        }
      }
    }
    expect([...new Set(complaints)].sort()).toMatchSnapshot();
    expect(whole).toBeGreaterThan(800);
  });

  it("has settings that are read, or a reason why not", () => {
    const complaints: string[] = [];
    for (const { name, before, after } of scenarios) {
      for (const files of [before, after]) {
        const config = files["config.yml"];
        if (!config) continue;
        try {
          readSettings(config.toString("utf8"), "config.yml");
        } catch (error) {
          complaints.push(`${name}: ${(error as Error).message}`);
        }
      }
    }
    expect([...new Set(complaints)]).toMatchInlineSnapshot(`
      [
        "config-invalid-bad-default: The board's settings cannot be read: config.yml:23: the default status nope is none of: backlog, todo, in-progress, review, done, archived.",
        "config-invalid-bad-timeout: The board's settings cannot be read: config.yml:26: \`claim_timeout: 1d\` is no duration; write 90m or 24h.",
        "config-invalid-bad-yaml: The board's settings cannot be read: config.yml:5: Flow sequence in block collection must be sufficiently indented and end with a ].",
        "config-invalid-no-name: The board's settings cannot be read: config.yml:3: \`board.name\` is missing.",
        "config-invalid-no-version: The board's settings cannot be read: config.yml: \`version\` is missing.",
        "config-newer: The board's settings cannot be read: config.yml:1: version 12 is newer than 11, the newest known here; update batty.",
        "create-next-id-zero: The board's settings cannot be read: config.yml:47: \`next_id\` must be 1 or more.",
      ]
    `);
  });
});
