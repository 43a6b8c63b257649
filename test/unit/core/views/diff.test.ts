import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangedFile } from "../../../../src/core/ports.ts";
import { diffPage, fenced, fileLines, patchPages } from "../../../../src/core/views/diff.ts";

const file = (path: string, more: Partial<ChangedFile> = {}): ChangedFile => ({
  ...{ path, added: 1, deleted: 0, status: "modified", binary: false },
  ...more,
});

const patchLine = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: "grapheme", maxLength: 120 }) },
  { weight: 1, arbitrary: fc.constant("diff --git a/x.ts b/x.ts") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1_500, maxLength: 4_000 }) },
  { weight: 1, arbitrary: fc.constant("+```") },
);
const patch = fc
  .array(patchLine, { minLength: 1, maxLength: 200 })
  .map((lines) => lines.map((line) => line.replaceAll("\n", " ")).join("\n"));

describe("a diff for a phone", () => {
  it("puts what a person should look at first, and says why", () => {
    const files = [
      file("src/a.ts", { added: 12, deleted: 3 }),
      file("logo.png", { binary: true, status: "added" }),
      file("package-lock.json", { added: 900 }),
    ];
    expect(fileLines(files)).toEqual([
      "logo.png binary (added) ⚠ binary",
      "package-lock.json +900 −0 ⚠ lockfile",
      "src/a.ts +12 −3",
    ]);
  });

  it("names how many files it leaves out", () => {
    const files = Array.from({ length: 40 }, (_, n) => file(`f${n}.ts`));
    expect(fileLines(files)).toHaveLength(16);
    expect(fileLines(files).at(-1)).toBe("… and 25 more");
  });

  it("every character stands on exactly one page, and no page is too long", () => {
    fc.assert(
      fc.property(patch, (text) => {
        const pages = patchPages(text);
        for (const page of pages) {
          expect(fenced(page, "diff").length).toBeLessThanOrEqual(2_000);
          expect(page.split("\n").length).toBeLessThanOrEqual(45);
          // No character is cut in two: half a pair would become a replacement character.
          expect(Buffer.from(page).toString()).toBe(page);
        }
        const bare = (s: string): string => s.replaceAll("\n", "");
        expect(pages.map(bare).join("")).toBe(bare(text));
      }),
      { numRuns: 300 },
    );
  });

  it("a fence in the patch can't end the fence around it", () => {
    expect(fenced("+```\n+````", "diff")).toBe("`````diff\n+```\n+````\n`````");
  });

  it("turns forth and back, ends at its last page and stays with the one file it shows", () => {
    const lines = Array.from({ length: 100 }, (_, n) => `+line ${n}`).join("\n");
    const change = {
      ...{ task: 12, title: "Build", files: [file("a.ts")], only: null },
      ...{ head: "ab12cd34ef56".padEnd(40, "0"), cut: false },
    };
    const labels = (page: number, only: number | null = null): string[] =>
      diffPage({ ...change, only }, lines, page).card.actions.map((a) => `${a.label} ${a.id}`);
    expect(labels(0)).toEqual(["Read ▸ d12.ab12cd34ef56.1"]);
    expect(labels(1)).toEqual(["◂ Files d12.ab12cd34ef56.0", "Next ▸ d12.ab12cd34ef56.2"]);
    expect(labels(3)).toEqual(["◂ Back d12.ab12cd34ef56.2"]);
    expect(labels(99)).toEqual(labels(3));
    expect(labels(2, 0)).toEqual(["◂ Back d12.ab12cd34ef56.1.0", "Next ▸ d12.ab12cd34ef56.3.0"]);
    const last = diffPage(change, lines, 99);
    expect(last.card.footer).toBe("page 3 of 3 · at ab12cd34");
    expect(diffPage({ ...change, cut: true }, lines, 0).card.footer).toBe(
      "3 pages · at ab12cd34, only its first MB: the rest is in git",
    );
    expect(last.text).toContain("+line 99\n");
  });

  it("a change without a difference says so and has nothing to turn", () => {
    const { card } = diffPage(
      { task: 1, title: "T", head: "ab", files: [], only: null, cut: false },
      "",
      0,
    );
    expect(card).toMatchObject({ footer: "It changes nothing", actions: [], lines: [] });
  });
});
