import { describe, expect, it } from "vitest";
import { renderPost, type Showable } from "../../../../src/chat/local/render.ts";
import { widthOf } from "../../../../src/chat/local/width.ts";
import { landed, mergeCard, message, question } from "./samples.ts";

const post = (more = {}): Showable => message(more) as never;
const shown = (more: object, width: number, options = {}): string =>
  renderPost(post(more), width, options).join("\n");

const merge = { room: "merges", text: mergeCard.title, card: mergeCard, loud: true };

describe("a message", () => {
  it("stands on one line with its time, room and sender", () => {
    expect(shown({ from: "ada" }, 80)).toBe("09:10 commands · ada hello");
  });

  it("goes on under its heading when it is long", () => {
    const text = "The plan has four parts: tokens, sessions, the routes that need them, and tests.";
    expect(shown({ from: "architect", text }, 40)).toMatchInlineSnapshot(`
      "09:10 commands · architect The plan has
            four parts: tokens, sessions, the
            routes that need them, and tests."
    `);
  });

  it("keeps its newlines and indents", () => {
    expect(shown({ text: "list:\n  - one\n  - two\n" }, 40)).toMatchInlineSnapshot(`
      "09:10 commands · batty list:
              - one
              - two"
    `);
  });

  it("cannot draw on the screen", () => {
    const text = "\x1b[2J\x1b]0;x\x07 hi \x9b5n";
    expect(shown({ text, from: "e\x1b[1mvil" }, 80)).toBe("09:10 commands · evil  hi 5n");
  });

  it("has its receipts and reactions below", () => {
    const reactions = [
      { emoji: "⌨️", state: "typed", by: "batty" },
      { emoji: "✅", state: null, by: "ada" },
    ];
    expect(shown({ reactions }, 80)).toBe("09:10 commands · batty hello\n      ⌨ typed  ✅ ada");
  });

  it("without a readable time shows none", () => {
    expect(shown({ ts: "?" }, 80)).toBe("--:-- commands · batty hello");
  });
});

describe("a card", () => {
  it("at 80 columns", () => {
    expect(shown(merge, 80)).toMatchInlineSnapshot(`
      "09:10 ! merges · batty merge · open
            │ #12 Add JWT auth
            │ by eng-1-1: tokens are signed and checked on every route but /health
            │ branch     eng-1-1/12
            │ commits    2 (3f2a9c1e)
            │ files      4 (+120 −7)
            │ gate       green, 31 passed
            │ confidence 0.74 · touches auth · no test deleted · small change
            │ risk       auth
            │ [✅ Approve]  [Reject]  [Send back…]  [Diff]
            │ ✅ approves"
    `);
  });

  it("at 40 columns", () => {
    expect(shown(merge, 40)).toMatchInlineSnapshot(`
      "09:10 ! merges · batty merge · open
            │ #12 Add JWT auth
            │ by eng-1-1: tokens are signed
            │ and checked on every route but
            │ /health
            │ branch     eng-1-1/12
            │ commits    2 (3f2a9c1e)
            │ files      4 (+120 −7)
            │ gate       green, 31 passed
            │ confidence 0.74 · touches auth ·
            │            no test deleted ·
            │            small change
            │ risk       auth
            │ [✅ Approve]  [Reject]
            │ [Send back…]  [Diff]
            │ ✅ approves"
    `);
  });

  it("shows no more of a commit's id than a person needs", () => {
    const value = "be377decb45099442915f2cc8c899901c4f5b982";
    const fields = [{ name: "landed", value }];
    expect(shown({ ...merge, card: { ...landed, fields } }, 40)).toContain(
      "│ landed be377decb450\n",
    );
  });

  it("numbers its actions where a key reaches them", () => {
    expect(shown(merge, 80, { focused: true })).toContain(
      "[1] ✅ Approve  [2] Reject  [3] Send back…  [4] Diff",
    );
  });

  it("with options and a text of its own", () => {
    expect(
      shown({ room: "eng-1-1", card: question, text: "A word first." }, 60),
    ).toMatchInlineSnapshot(`
      "09:10 eng-1-1 · batty question · open
            A word first.
            │ eng-1-1 asks (#12)
            │ Which algorithm?
            │ [HS256]  [RS256]  [Answer…]
            │ #3 · reply or press. Without an answer: HS256"
    `);
  });

  it("is shown again by its outcome alone in a transcript, and whole on a screen", () => {
    const edit = { ...merge, card: landed, event: "edit" };
    expect(shown(edit, 80)).toMatchInlineSnapshot(`
      "09:10 merges · batty (edited) #12 Add JWT auth: done. Landed as 77aa01bc,
            approved by ada (local)"
    `);
    expect(shown(edit, 80, { transcript: false })).toContain("branch     eng-1-1/12");
  });

  it("is not shown again while it only follows what other rooms tell: a task, the board", () => {
    for (const kind of ["task", "board"] as const) {
      const edit = { ...merge, card: { ...mergeCard, kind }, event: "edit" };
      expect(shown(edit, 80)).toBe("");
      expect(shown(edit, 80, { transcript: false })).not.toBe("");
    }
  });
});

it("no line is wider than the terminal, whatever the width", () => {
  const wide = {
    ...mergeCard,
    title: "#12 日本語の長いタイトル with ✅ and averyveryverylongwordindeed",
  };
  for (let width = 16; width <= 120; width += 1)
    for (const card of [null, wide, question])
      for (const line of renderPost(
        post({ card, text: wide.title, from: "a-long-member-name" }),
        width,
      ))
        expect(widthOf(line), line).toBeLessThanOrEqual(width);
});

it("colours only when asked to", () => {
  expect(shown(merge, 80)).not.toContain("\x1b");
  expect(shown(merge, 80, { colour: true })).toContain("\x1b[33m");
});
