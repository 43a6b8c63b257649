import { describe, expect, it } from "vitest";
import { numberOf, slugOf, taskFileName } from "../../../../src/world/board/slug.ts";
import { slugs } from "../../../fixtures/kanban-md/goldens.ts";

describe("a task's file name", () => {
  it.each(slugs.map(({ title, slug }) => [title.slice(0, 60), title, slug] as const))(
    "is kanban-md's for %j",
    (_, title, slug) => {
      expect(slugOf(title)).toBe(slug);
    },
  );

  it("pads the number to three digits and marks a second file of a name", () => {
    expect(taskFileName(7, "Fix it")).toBe("007-fix-it.md");
    expect(taskFileName(1000, "Fix it", 2)).toBe("1000-fix-it-2.md");
    expect(taskFileName(3, "🚀")).toBe("003-.md");
  });

  it("tells its number only when a dash follows", () => {
    expect(["007-x.md", "12-.md", "3.md", "x-3.md", ".5-x.md"].map(numberOf)).toEqual([
      7,
      12,
      null,
      null,
      null,
    ]);
  });
});
