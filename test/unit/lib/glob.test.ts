import { expect, it } from "vitest";
import { matchesPath } from "../../../src/lib/glob.ts";

it.each([
  ["docs/**", "docs/a/b.md", true],
  ["docs/**", "docs.md", false],
  ["docs/**", "src/docs/a.md", false],
  ["docs", "docs/a/b.md", true],
  ["docs/", "docs/a.md", true],
  ["docs/", "docs", false],
  ["/docs", "src/docs/a.md", false],
  ["docs/*", "docs/a.md", true],
  ["docs/*", "docs/a/b.md", false],
  ["*.md", "a/b/c.md", true],
  ["/*.md", "a/c.md", false],
  ["package-lock.json", "package-lock.json", true],
  ["package-lock.json", "apps/web/package-lock.json", true],
  ["package-lock.json", "my-package-lock.json", false],
  ["src/**/*.sql", "src/a.sql", true],
  ["src/**/*.sql", "src/a/b/c.sql", true],
  ["**/auth/**", "src/auth/x/y.ts", true],
  ["a?c", "abc", true],
  ["a?c", "a/c", false],
  ["a.c", "abc", false],
  ["src/[id].ts", "src/[id].ts", true],
  ["a/**/b", "a/b", true],
])("%s means %s: %s", (pattern, path, meant) => expect(matchesPath(pattern, path)).toBe(meant));
