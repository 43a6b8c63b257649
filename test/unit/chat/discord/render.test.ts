import { describe, expect, it } from "vitest";
import { renderAnswer, renderPost } from "../../../../src/chat/discord/render/message.ts";
import type { Card } from "../../../../src/core/card.ts";
import type { Escalation } from "../../../../src/core/state.ts";
import { alertCard } from "../../../../src/core/views/cards.ts";
import { questionCard } from "../../../../src/core/views/question-card.ts";
import { landed, mergeCard } from "../local/samples.ts";
import { people, post, shown } from "./seen.ts";

const asked: Escalation = {
  ...{ id: 3, member: "eng-1-1", task: 12, kind: "question", question: "Which algorithm?" },
  ...{ options: ["HS256", "RS256"], default: "HS256", deadline: null, detail: "", state: "open" },
  ...{ by: null, answer: null, why: "", until: null, askedAt: 0, times: 1, lastAt: 0 },
  ...{ ringsFrom: 0, raised: [], message: null },
};

describe("a merge card", () => {
  it("says in seven lines what a person decides on", () => {
    expect(shown({ card: mergeCard, loud: true })).toMatchInlineSnapshot(`
      "#f0a020
      │ 🔀 #12 Add JWT auth
      │ by eng-1-1: tokens are signed and checked on every route but /health
      │ **branch** \`eng-1-1/12\` · **commits** 2 (\`3f2a9c1e\`)
      │ **files** 4 (+120 −7) · **gate** green, 31 passed
      │ **confidence** 0.74 · touches auth · no test deleted · small change
      │ **risk** auth
      │ Open · ✅ approves
      [✅ Approve] [Reject] [Send back…] [Diff]"
    `);
  });

  it("says what becomes of it once it is decided, and has nothing to decide any more", () => {
    const footer = "Approved by ada (discord); its tree on trunk is being tested";
    const card: Card = { ...mergeCard, tone: "calm", state: "decided", footer };
    expect(shown({ card })).toMatchInlineSnapshot(`
      "#747f8d
      │ 🔀 #12 Add JWT auth
      │ by eng-1-1: tokens are signed and checked on every route but /health
      │ **branch** \`eng-1-1/12\` · **commits** 2 (\`3f2a9c1e\`)
      │ **files** 4 (+120 −7) · **gate** green, 31 passed
      │ **confidence** 0.74 · touches auth · no test deleted · small change
      │ **risk** auth
      │ Decided · Approved by ada (discord); its tree on trunk is being tested
      [Diff]"
    `);
  });

  it("says as what it landed", () => {
    const fields = [...landed.fields, { name: "landed", value: "77aa01bc".repeat(5) }];
    expect(shown({ card: { ...landed, fields } })).toMatchInlineSnapshot(`
      "#2d6a43
      │ 🔀 #12 Add JWT auth
      │ by eng-1-1: tokens are signed and checked on every route but /health
      │ **branch** \`eng-1-1/12\` · **commits** 2 (\`3f2a9c1e\`)
      │ **files** 4 (+120 −7) · **gate** green, 31 passed
      │ **confidence** 0.74 · touches auth · no test deleted · small change
      │ **risk** auth
      │ **landed** \`77aa01bc77aa\`
      │ Done · Landed as 77aa01bc, approved by ada (local)
      [Diff]"
    `);
  });

  it("that a newer state took the place of is grey", () => {
    const footer = "Superseded: a newer state of it counts";
    const card: Card = { ...mergeCard, tone: "calm", state: "superseded", footer };
    expect(shown({ card })).toMatchInlineSnapshot(`
      "#4f545c
      │ 🔀 #12 Add JWT auth
      │ by eng-1-1: tokens are signed and checked on every route but /health
      │ **branch** \`eng-1-1/12\` · **commits** 2 (\`3f2a9c1e\`)
      │ **files** 4 (+120 −7) · **gate** green, 31 passed
      │ **confidence** 0.74 · touches auth · no test deleted · small change
      │ **risk** auth
      │ Superseded: a newer state of it counts
      [Diff]"
    `);
  });
});

describe("what agents ask", () => {
  it("is a question with its options as buttons, and one for other words", () => {
    const question = "Which algorithm?\n\n- `HS256` needs *one* secret\n- `RS256` needs keys";
    const card = questionCard({ ...asked, question }, 0);
    expect(
      shown({ room: "eng-1-1", card, loud: true, mentions: ["ada", "bob"] }),
    ).toMatchInlineSnapshot(`
      "<@4711>
      #f0a020
      │ ❓ eng-1-1 asks (#12)
      │ Which algorithm?
      │ - \`HS256\` needs *one* secret
      │ - \`RS256\` needs keys
      │ Open · Question #3 · reply or press. Without an answer: HS256
      [HS256] [RS256] [Answer…]
      [I'm on it] [Snooze 1 h] [Resolve]"
    `);
  });

  it("shows an option in full where a button has no room for it", () => {
    const long =
      "Keep the old endpoint for two releases, log each use of it, and remove it after that";
    const card = questionCard({ ...asked, options: [long, "Drop it"], default: null }, 0);
    expect(shown({ room: "eng-1-1", card })).toMatchInlineSnapshot(`
      "#f0a020
      │ ❓ eng-1-1 asks (#12)
      │ Which algorithm?
      │ - Keep the old endpoint for two releases, log each use of it, and remove it after that
      │ Open · Question #3 · reply or press.
      [Keep the old endpoint for two releases, log each use of it, and remove it…] [Drop it] [Answer…]
      [I'm on it] [Snooze 1 h] [Resolve]"
    `);
  });

  it("is a permission with the exact command in a code block", () => {
    const card = questionCard(
      {
        ...{ ...asked, kind: "permission", options: ["Allow once", "Allow for this task", "Deny"] },
        question: "cd packages && npm publish --access public \\\n  --tag `git describe` ```x```",
      },
      0,
    );
    expect(shown({ room: "eng-1-1", card, loud: true })).toMatchInlineSnapshot(`
      "#f0a020
      │ 🔐 eng-1-1 asks for permission (#12)
      │ \`\`\`sh
      │ cd packages && npm publish --access public \\
      │   --tag \`git describe\` \`​\`​\`x\`​\`​\`
      │ \`\`\`
      │ Open · Question #3 · reply or press. Without an answer it asks in its pane. Take over: batty attach eng-1-1
      [Allow once] [Allow for this task] [Deny] [Deny, because…]"
    `);
  });

  it("is a change as a diff, to its end in further messages", () => {
    const lines = Array.from({ length: 300 }, (_, i) => `+  line ${i} of what it writes`);
    const question = ["src/login.ts", ...lines].join("\n");
    const card = questionCard({ ...asked, kind: "permission", question, options: ["Deny"] }, 0);
    const { parts } = renderPost(post({ card }), people);
    const texts = parts.map((part) => part.embeds[0]?.description ?? "");
    expect(texts).toHaveLength(3);
    for (const text of texts) expect(text).toMatch(/^```diff\n[\s\S]*\n```/);
    expect(texts[0]).toMatch(/goes on below ↓$/);
    expect(texts[2]).toMatch(/\+ {2}line 299 of what it writes\n```/);
    expect(parts.flatMap((part) => part.made)).toEqual([]);
    expect(parts.map((part) => part.components.length > 0)).toEqual([true, false, false]);
  });
});

describe("a card", () => {
  it("that is not looked at to its end goes along as a file", () => {
    const question = `${"why? ".repeat(3_000)}the end`;
    for (const card of [
      questionCard({ ...asked, question }, 0),
      { ...mergeCard, footer: `${"why? ".repeat(400)}the end` },
    ]) {
      const { parts } = renderPost(post({ card }), people);
      expect(parts[0].embeds[0]?.description).toMatch(/-# … the whole of it is in card\.md$/);
      expect(parts[0].made[0]?.text).toContain("why? the end");
    }
  });
});

describe("an alert", () => {
  it("stands out, with names as they are written", () => {
    const lines = [
      "The gate of main is red: test_login in __init__.py",
      "`batty why main` tells more",
    ];
    expect(
      shown({ room: "alerts", loud: true, card: alertCard("main is broken", lines, "bad") }),
    ).toMatchInlineSnapshot(`
      "#e03e3e
      │ 🚨 main is broken
      │ The gate of main is red: test_login in \\_\\_init\\_\\_.py
      │ \`batty why main\` tells more"
    `);
  });
});

describe("a task's card", () => {
  it("is two lines and a bar", () => {
    const card: Card = {
      ...{ ...mergeCard, kind: "task", tone: "calm", lines: [], footer: "", actions: [] },
      fields: [
        { name: "state", value: "its gate runs" },
        { name: "owner", value: "eng-1-1" },
        { name: "progress", value: "gate of #12  ▰▰▰▰▱▱▱▱▱▱ 40 %, about 2 min left" },
      ],
    };
    expect(shown({ room: "events", card })).toMatchInlineSnapshot(`
      "#5b8def
      │ 🔧 #12 Add JWT auth
      │ **state** its gate runs · **owner** eng-1-1
      │ **progress** gate of #12  ▰▰▰▰▱▱▱▱▱▱ 40 %, about 2 min left"
    `);
  });
});

describe("a list", () => {
  const standup: Card = {
    ...{ ...mergeCard, kind: "standup", title: "Standup of shop", tone: "warn", state: "done" },
    ...{ actions: [], footer: "The last 24 hours, from the journal." },
    lines: [
      ...[
        "architect (idle)",
        "  yesterday: made #12, #13",
        "  today: free",
        "engineer:",
        "eng-1-1 (working)",
      ],
      ...["  yesterday: landed #11 Rename __all__", "  today: #12 Add JWT auth: its gate runs"],
      ...["  ⛔ blocked: asks: Which algorithm?", "    │ > npm test", "    │ 2 failed"],
      "nothing to tell: eng-1-2 (idle)",
    ],
    fields: [
      { name: "landed", value: "1" },
      { name: "to approve", value: "0" },
      { name: "in work", value: "1" },
    ],
  };

  it("is read by its headings", () => {
    expect(shown({ room: "standup", card: standup })).toMatchInlineSnapshot(`
      "#f0a020
      │ 🌅 Standup of shop
      │ **architect (idle)**
      │ - yesterday: made #12, #13
      │ - today: free
      │ **engineer:**
      │ **eng-1-1 (working)**
      │ - yesterday: landed #11 Rename \\_\\_all\\_\\_
      │ - today: #12 Add JWT auth: its gate runs
      │ - ⛔ blocked: asks: Which algorithm?
      │ \`\`\`
      │ > npm test
      │ 2 failed
      │ \`\`\`
      │ nothing to tell: eng-1-2 (idle)
      │ **landed** 1 · **to approve** 0 · **in work** 1
      │ The last 24 hours, from the journal."
    `);
  });

  it("too long for a phone goes along as a file", () => {
    const lines = Array.from(
      { length: 200 },
      (_, i) => `  #${i} a task with a title of some length`,
    );
    const { parts } = renderAnswer({
      text: "",
      card: { ...standup, kind: "board", lines: ["Todo: 200", ...lines] },
    });
    const text = parts[0].embeds[0]?.description ?? "";
    expect(parts).toHaveLength(1);
    expect(text.startsWith("**Todo: 200**\n- #0 a task")).toBe(true);
    expect(text.endsWith("\n-# … the whole of it is in card.md")).toBe(true);
    expect(parts[0].made[0]?.text).toContain("  #199 a task with a title of some length");
  });
});
