import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { diffHash, type Entry } from "../../../src/world/git/diff-hash.ts";

const oid = (letter: string): string => letter.repeat(40);
const entry = (path: string, more: Partial<Entry> = {}): Entry => ({
  modes: ["100644", "100644"],
  oids: [oid("a"), oid("b")],
  status: "M",
  path,
  from: null,
  ...more,
});
const section = (hunks: string): string => `diff --git a/x b/x\nindex 1..2 100644\n${hunks}`;
const at = (lines: string, heading = " f()") => `@@ ${lines} @@${heading}\n a\n-b\n+c\n d\n`;
const moved = { oids: [oid("c"), oid("d")] } as const;

describe("the hash of a difference", () => {
  const shown = diffHash([entry("x")], section(at("-1,3 +1,3")));

  it("does not ask where in the file a hunk stands, nor what else the file holds", () => {
    expect(diffHash([entry("x", moved)], section(at("-8,3 +8,3")))).toBe(shown);
  });

  for (const [what, entries, patch] of [
    ["another line", [entry("x")], section(at("-1,3 +1,3").replace("+c", "+C"))],
    ["another line around it", [entry("x")], section(at("-1,3 +1,3").replace(" d", " D"))],
    ["a blank more", [entry("x")], section(at("-1,3 +1,3").replace("+c", "+ c"))],
    ["another function", [entry("x")], section(at("-1,3 +1,3", " g()"))],
    ["a hunk more", [entry("x")], section(at("-1,3 +1,3") + at("-9,3 +9,3"))],
    ["another path", [entry("y")], section(at("-1,3 +1,3"))],
    [
      "another mode",
      [entry("x", { modes: ["100644", "100755"] })],
      section(`old mode 1\n${at("-1,3 +1,3")}`),
    ],
    ["a file more", [entry("x"), entry("z")], section(at("-1,3 +1,3")) + section(at("-1,3 +1,3"))],
    ["no newline at the end", [entry("x")], `${section(at("-1,3 +1,3"))}\\ No newline\n`],
  ] as const)
    it(`differs with ${what}`, () => expect(diffHash(entries, patch)).not.toBe(shown));

  for (const [what, more, patch] of [
    ["a binary", {}, section("Binary files a/x and b/x differ\n")],
    ["text that is no UTF-8", {}, section(at("-1,3 +1,3").replace("+c", "+\uFFFD"))],
    ["a link", { modes: ["120000", "120000"] }, section(at("-1,3 +1,3"))],
    ["an added file", { status: "A" }, ""],
    ["a text that is too large", {}, null],
    ["fewer texts than files", {}, ""],
    ["both halves of a rename", { status: "R090", from: "old" }, ""],
  ] as const)
    it(`goes by the bytes of ${what}`, () => {
      const first = diffHash([entry("x", more)], patch);
      expect(diffHash([entry("x", { ...more, oids: [oid("a"), oid("d")] })], patch)).not.toBe(
        first,
      );
    });

  it("is never what an older journal holds for the same blobs", () => {
    const old = createHash("sha256");
    old.update(`${["x", "100644", "100644", oid("a"), oid("b")].join("\0")}\0\n`);
    expect(diffHash([entry("x")], null)).not.toBe(old.digest("hex"));
  });
});
