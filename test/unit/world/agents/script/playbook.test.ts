import { describe, expect, it } from "vitest";
import {
  fillHoles,
  type Occasion,
  parsePlaybook,
  pickRule,
  type Rule,
} from "../../../../../src/world/agents/script/playbook.ts";

function rules(text: string): readonly Rule[] {
  const book = parsePlaybook(text);
  if (!book.ok) throw new Error(book.why);
  return book.rules;
}

const day = `
- {on: start, do: [say ready]}
- on: message
  match: ^#\\d+ Add
  times: 2
  do:
    - write a.txt {{task.id}}
    - commit Add {{task.title}}
    - batty done
- {on: message, do: [say else]}
- {on: gate-red, match: "cannot find", do: [say mend]}
- {on: answer, do: ["say note: thanks"]}
`;

describe("choosing a rule", () => {
  const choose = (on: Occasion, body: string, acted = new Map<string, number>()) =>
    pickRule(rules(day), on, body, acted)?.do[0] ?? null;

  it.each<[Occasion, string, string | null]>([
    ["start", "", "say ready"],
    ["message", "#3 Add x", "write a.txt {{task.id}}"],
    ["message", "first line\n#3 Add x", "write a.txt {{task.id}}"],
    ["message", "#3 Remove x", "say else"],
    ["gate-red", "Gate red\ncannot find module", "say mend"],
    ["gate-red", "Gate red\nother", null],
    ["answer", "Answer to your question", "say note: thanks"],
  ])("on %s with %j", (on, body, step) => expect(choose(on, body)).toBe(step));

  it("passes over a rule that has acted as often as it may, also over a re-reading", () => {
    const acted = new Map<string, number>();
    const picks = [1, 2, 3].map(() => {
      const rule = pickRule(rules(day), "message", "#1 Add", acted);
      if (rule) acted.set(rule.key, (acted.get(rule.key) ?? 0) + 1);
      return rule?.do[0];
    });
    expect(picks).toEqual(["write a.txt {{task.id}}", "write a.txt {{task.id}}", "say else"]);
  });

  it("counts two equal rules apart", () => {
    const twice = "- {on: message, times: 1, do: [hang]}\n".repeat(2);
    const [first, second] = rules(twice);
    expect(first?.key).not.toBe(second?.key);
  });
});

describe("reading a playbook", () => {
  it("takes an unquoted step with a colon for a step", () => {
    expect(rules("- on: start\n  do:\n    - say done: all 3\n    - hang")[0]?.do).toEqual([
      "say done: all 3",
      "hang",
    ]);
  });
  it("takes an empty file for no rules", () => expect(rules("")).toEqual([]));

  it.each([
    ["on: start", "no list"],
    ["- {on: whenever, do: [hang]}", "start, message, gate-red, answer"],
    ["- {on: start}", '"do"'],
    ["- {on: message, match: '(', do: [hang]}", "regular expression"],
    ["- {on: start, do: [hang], times: many}", '"times"'],
    ["- {on: start, do: [hang], tmies: 1}", "tmies"],
    ["- [", "YAML"],
  ])("says what is wrong with %j", (text, word) => {
    expect(parsePlaybook(text)).toEqual({ ok: false, why: expect.stringContaining(word) });
  });
});

describe("filling holes", () => {
  it("fills the names it knows and leaves the others", () => {
    expect(
      fillHoles("{{task.id}} {{ from }} {{other}} {{constructor}}", {
        "task.id": "12",
        from: "$&",
      }),
    ).toBe("12 $& {{other}} {{constructor}}");
  });
});
