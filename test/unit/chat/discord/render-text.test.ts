import { describe, expect, it } from "vitest";
import { buttonRows, readButton } from "../../../../src/chat/discord/render/buttons.ts";
import { renderAnswer, renderPost } from "../../../../src/chat/discord/render/message.ts";
import { receiptEmoji } from "../../../../src/chat/discord/render/receipts.ts";
import type { Action } from "../../../../src/core/card.ts";
import { diffPage } from "../../../../src/core/views/diff.ts";
import { mergeCard } from "../local/samples.ts";
import { answer, people, post, shown } from "./seen.ts";

describe("text", () => {
  it("of a member is under its name where the room is not its own", () => {
    expect(shown({ room: "commands", from: "architect", text: "The plan stands." })).toBe(
      "**architect**: The plan stands.",
    );
    expect(shown({ room: "architect", from: "architect", text: "The plan stands." })).toBe(
      "The plan stands.",
    );
  });

  it("calls whom it is meant for, and nobody else", () => {
    const text = "It waits for ada, bob. @everyone <@&1> <#2> mail a@b.de";
    const { parts, mentioned, silent } = renderPost(
      post({ text, mentions: ["ada", "bob"] }),
      people,
    );
    expect(parts[0].content).toBe(
      "<@4711> It waits for ada, bob. @​everyone <​@​&1> <​#2> mail a@b.de",
    );
    expect({ mentioned, silent }).toEqual({ mentioned: ["4711"], silent: false });
  });

  it("comes without a sound unless a person must act", () => {
    expect(renderPost(post({ text: "landed" }), people).silent).toBe(true);
    expect(renderPost(post({ text: "main is broken", loud: true }), people).silent).toBe(false);
  });

  it("shows where its links lead", () => {
    expect(answer("see [the docs](https://evil.example/x)")).toBe(
      "see [the docs]​(https://evil.example/x)",
    );
  });

  it("keeps the code blocks of agents, whatever they are written with", () => {
    const text =
      "1. ```ts title\nlet a = `b`;\n```\nit`s a **plan**\n~~~~\n```\nnested\n```\n~~~~\n```diff\n-a";
    expect(answer(text)).toMatchInlineSnapshot(`
      "1.
      \`\`\`ts
      title
      let a = \`b\`;
      \`\`\`
      it\\\`s a **plan**
      \`\`\`
      \`​\`​\`
      nested
      \`​\`​\`
      \`\`\`
      \`\`\`diff
      -a
      \`\`\`"
    `);
  });

  it("turns no line around and draws nothing", () => {
    expect(answer("a\u202eb \u001b[31mred\u001b[0m \u0007!\r\nend")).toBe("a\\u{202e}b red !\nend");
  });

  it("too long for one message is cut between paragraphs and goes on in the next", () => {
    const paragraph = (i: number): string => `${i}. ${"It says something of use. ".repeat(12)}`;
    const text = Array.from({ length: 14 }, (_, i) => paragraph(i)).join("\n\n");
    const { parts } = renderAnswer({ text, card: null });
    expect(parts.map((part) => part.content.slice(0, 3))).toEqual(["0. ", "6. ", "12."]);
    expect(parts.map((part) => part.content).join("\n\n")).toBe(
      text.replace(/ +(?=\n\n(?:6|12)\.)/g, "").trim(),
    );
  });

  it("too long for four messages goes along as a file, and its beginning says so", () => {
    const text = Array.from({ length: 2_000 }, (_, i) => `line ${i}`).join("\n");
    const { parts } = renderAnswer({ text, card: null });
    expect(parts).toHaveLength(1);
    expect(parts[0].content).toMatch(/\n-# … the whole of it \(2,000 lines\) is in message\.md$/);
    expect(parts[0].made).toEqual([{ name: "message.md", text }]);
  });

  it("that is blank is said to be so", () => {
    expect(answer(" \n")).toBe("(nothing to show)");
  });
});

describe("a page of a diff", () => {
  it("is a diff with its pager", () => {
    const change = {
      task: 12,
      title: "Add JWT auth",
      head: "3f2a9c1e".repeat(5),
      files: [],
      only: null,
      cut: false,
    };
    const page = diffPage(change, "diff --git a/x.py b/x.py\n-@app.route\n+@app.get\n", 1);
    expect(answer(page.text, page.card)).toMatchInlineSnapshot(`
      "\`\`\`diff
      diff --git a/x.py b/x.py
      -@app.route
      +@app.get
      \`\`\`
      #747f8d
      │ 🔧 #12 Add JWT auth
      │ page 1 of 1 · at 3f2a9c1e
      [◂ Files]"
    `);
  });
});

describe("buttons", () => {
  const action = (i: number, verb: Action["verb"]): Action => ({
    ...{ id: `q1.${verb}.${i}`, verb, label: `Option ${i}`, style: "plain", asks: null },
  });

  it("are read back as the actions they stand for", () => {
    expect(readButton("p:m12.1.approve")).toEqual({ action: "m12.1.approve", asks: null });
    expect(readButton("t:m12.1.back")).toEqual({ action: "m12.1.back", asks: "text" });
    expect(readButton("form:send-to")).toBe(null);
  });

  it("too many for a message become a list, what else can be done stays a button", () => {
    const answers = Array.from({ length: 30 }, (_, i) => action(i, "answer"));
    const rows = buttonRows({
      ...mergeCard,
      kind: "question",
      actions: [...answers, action(0, "ack")],
    });
    const counts = rows.map(({ components: [first] }) =>
      first !== undefined && "options" in first ? first.options.length : "button",
    );
    expect(counts).toEqual([25, 5, "button"]);
  });
});

describe("receipts", () => {
  it("are told apart, and none of them approves", () => {
    const emoji = Object.values(receiptEmoji);
    expect(new Set(emoji).size).toBe(emoji.length);
    expect(emoji).not.toContain("✅");
    expect(emoji).not.toContain("❌");
  });
});
