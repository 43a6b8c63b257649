import { describe, expect, it } from "vitest";
import {
  blankEditor,
  type Editor,
  erase,
  insert,
  move,
  newer,
  older,
  sent,
} from "../../../../../src/chat/local/terminal/editor.ts";

const typed = (text: string, from: Editor = blankEditor): Editor => insert(from, text);
/** The text with the cursor in it. */
const seen = ({ text, cursor }: Editor): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

describe("the line being written", () => {
  it("takes text where the cursor is", () => {
    expect(seen(insert(move(typed("held"), "left"), "lo worl"))).toBe("hello worl|d");
  });

  it("moves and erases by what a person counts as characters", () => {
    const text = typed("ae\u0301👩‍💻");
    expect(seen(move(text, "left"))).toBe("ae\u0301|👩‍💻");
    expect(seen(erase(text, "left"))).toBe("ae\u0301|");
    expect(seen(erase(erase(text, "left"), "left"))).toBe("a|");
    expect(seen(erase(move(text, "home"), "right"))).toBe("|e\u0301👩‍💻");
  });

  it("knows words and lines", () => {
    const text = typed("one two  \nthree");
    expect(seen(move(text, "home"))).toBe("one two  \n|three");
    expect(seen(move(move(text, "home"), "left"))).toBe("one two  |\nthree");
    expect(seen(erase(typed("one two  "), "word-left"))).toBe("one |");
    expect(seen(move(move(typed("one two"), "home"), "word-right"))).toBe("one| two");
    expect(seen(erase(move(text, "home"), "end"))).toBe("one two  \n|");
  });

  it("stops at its ends", () => {
    for (const motion of ["left", "home", "word-left"] as const) {
      expect(move(blankEditor, motion)).toEqual(blankEditor);
      expect(erase(blankEditor, motion)).toEqual(blankEditor);
    }
  });
});

describe("what was written before", () => {
  const past = sent(typed("two", sent(typed("one"))));

  it("comes back with up, and the draft with down", () => {
    const draft = typed("dra", past);
    expect(older(draft).text).toBe("two");
    expect(older(older(draft)).text).toBe("one");
    expect(older(older(older(draft))).text).toBe("one");
    expect(newer(older(older(draft))).text).toBe("two");
    expect(seen(newer(older(draft)))).toBe("dra|");
    expect(newer(draft)).toEqual(draft);
  });

  it("stands there once when it was sent twice", () => {
    expect(sent(typed("two", past)).past).toEqual(["one", "two"]);
  });
});
