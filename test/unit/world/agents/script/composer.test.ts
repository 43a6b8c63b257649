import { describe, expect, it } from "vitest";
import { readComposer, renderComposer } from "../../../../../src/world/agents/script/composer.ts";
import { plain } from "../../../../../src/world/agents/script/screen.ts";

/** A capture cuts trailing blanks and may have empty rows below. */
const captured = (rows: readonly string[]) => [...rows.map((row) => row.trimEnd()), ""];
const big = { columns: 80, rows: 24 };

describe("the composer on a captured screen", () => {
  it.each([
    ["empty", [], "›", ""],
    ["one line below output", ["» [batty m from ada]", "  hello", "taken"], "› a draft", "a draft"],
    [
      "below an older one that was left on the screen",
      ["› old", "Segmentation fault"],
      "› new",
      "new",
    ],
  ])("%s", (_, above, row, draft) => expect(readComposer([...above, row, ""])).toBe(draft));

  it("is unknown on a screen without one", () => {
    expect(readComposer(["$ ls", "a.txt", ""])).toBeNull();
    expect(readComposer([])).toBeNull();
  });

  it("is unknown when something stands below it", () => {
    expect(readComposer(["› draft", "Pane is dead (status 1)"])).toBeNull();
  });
});

describe("what is painted can be read back", () => {
  it.each([
    ["several lines, one empty", "a\n\nb", big],
    ["long lines with blanks at the edge", `${"word ".repeat(60)}end`, { columns: 40, rows: 24 }],
    ["one long word", "x".repeat(200), { columns: 40, rows: 24 }],
    ["wide characters", "漢字🙂 ".repeat(30).trim(), { columns: 41, rows: 24 }],
    ["marks in the text", "› a\n│ b\n┊ c\n⋮ d", big],
  ])("%s", (_, draft, size) => {
    expect(readComposer(captured(renderComposer(draft, size)))).toBe(draft);
  });

  it("shows the first rows of what does not fit: they hold the id", () => {
    const draft = `[batty 1764313200000.000001.77 from ada]\n${"line\n".repeat(100)}`;
    const rows = renderComposer(draft, { columns: 80, rows: 10 });
    expect(rows).toHaveLength(8);
    expect(readComposer(captured(rows))).toMatch(
      /^\[batty 1764313200000\.000001\.77 from ada\]\nline\n(?:line\n)*…$/,
    );
  });
});

describe("foreign text on the screen", () => {
  it("loses colours and cursor moves, keeps words and unicode", () => {
    expect(plain("\u001b[31mred\u001b[0m \u001b]0;title\u0007é\u001b[2J\b\n")).toBe("red é");
  });
  it("turns a progress bar into lines", () => expect(plain("1%\r2%\r\n3%")).toBe("1%\n2%\n3%"));
});
