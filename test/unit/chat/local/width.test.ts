import { describe, expect, it } from "vitest";
import { clean, graphemes, pad, shorten, widthOf, wrap } from "../../../../src/chat/local/width.ts";

describe("the width of text", () => {
  it.each([
    ["plain", 5],
    ["", 0],
    ["ünïcode", 7],
    ["日本", 4],
    ["한국", 4],
    ["✅", 2],
    ["👀", 2],
    ["e\u0301", 1],
    ["a\u200cb", 2],
    ["· … − │", 7],
  ])("of %j is %i columns", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    ["⌨️", "⌨"],
    ["👩‍💻", "👩💻"],
    ["👍🏽", "👍"],
  ])("is made certain: %s is shown without what terminals disagree about", (text, shown) => {
    expect(clean(text)).toBe(shown);
  });
});

describe("text of others", () => {
  it.each([
    ["colours", "a\x1b[31mred\x1b[0mb", "aredb"],
    ["a cursor's move", "a\x1b[2J\x1b[1;1Hb", "ab"],
    ["a window's title", "a\x1b]0;evil\x07b", "ab"],
    ["the clipboard", "a\x1b]52;c;ZXZpbA==\x1b\\b", "ab"],
    ["a string without an end", "a\x1bPevil", "a"],
    ["a lone escape", "a\x1b", "a"],
    ["an eight-bit control", "a\x9b31mb", "a31mb"],
    ["a bell and a backspace", "a\x07\x08b", "ab"],
    ["a turned direction", "a\u202eb", "ab"],
    ["a carriage return", "a\rb\r\nc", "a\nb\nc"],
    ["a tab", "a\tb", "a    b"],
  ])("loses %s", (_what, text, shown) => {
    expect(clean(text)).toBe(shown);
  });
});

describe("wrapping", () => {
  it("breaks at blanks, keeps newlines and indents", () => {
    expect(wrap("one two three\n  four\n\nfive", 8)).toEqual([
      "one two",
      "three",
      "  four",
      "",
      "five",
    ]);
  });

  it("breaks a word that is too long, never inside a character", () => {
    expect(wrap("aaaa bbbbbbbbbb", 6)).toEqual(["aaaa", "bbbbbb", "bbbb"]);
    expect(wrap("日本語の文", 5)).toEqual(["日本", "語の", "文"]);
    expect(wrap("xxe\u0301e\u0301", 3)).toEqual(["xxe\u0301", "e\u0301"]);
  });

  it("leaves the first line the columns that are left", () => {
    expect(wrap("one two three", 9, 4)).toEqual(["one", "two three"]);
  });

  it("ends even where a character is wider than the line", () => {
    expect(wrap("日本", 1)).toEqual(["日", "本"]);
  });

  it("never makes a line wider than asked", () => {
    const text =
      "A línea with 日本語 and ✅ emoji,   blanks and averyveryverylongword/with/paths.ts";
    for (let width = 2; width < 90; width += 1)
      for (const line of wrap(text, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });
});

it("cuts and fills to a width, counting columns and not characters", () => {
  expect(shorten("日本語", 6)).toBe("日本語");
  expect(shorten("日本語", 5)).toBe("日本…");
  expect(shorten("日本語", 4)).toBe("日…");
  expect(shorten("abc", 0)).toBe("");
  expect(pad("日", 4)).toBe("日  ");
  expect(widthOf(pad("日本語", 4))).toBe(4);
});

it("counts characters as people do", () => {
  expect(graphemes("ae\u0301👩‍💻")).toEqual(["a", "e\u0301", "👩‍💻"]);
});
