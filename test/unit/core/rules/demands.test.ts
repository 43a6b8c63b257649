import { expect, it } from "vitest";
import type { MergeRule } from "../../../../src/core/policy.ts";
import type { ChangedFile } from "../../../../src/core/ports.ts";
import { demandsOf } from "../../../../src/core/rules/demands.ts";
import { simple } from "../../../fakes/team.ts";

const file = (path: string, from?: string): ChangedFile => ({
  path,
  ...(from === undefined ? {} : { from }),
  ...{ added: 1, deleted: 0, status: from === undefined ? "modified" : "renamed", binary: false },
});
const of = (files: readonly ChangedFile[], mergeRules: readonly MergeRule[], approvals = 1) =>
  demandsOf(files, simple({ mergeRules, approvals }));
const law: MergeRule = { paths: ["law/**"], approvals: 2 };
const docs: MergeRule = { paths: ["docs/**"], auto: true };

it("a file moved out of a rule's paths is still meant by it", () => {
  expect(of([file("docs/a.md", "law/a.md")], [law]).approvals).toBe(2);
  expect(of([file("docs/a.md", "src/a.md")], [docs]).alone).toBe("unsaid");
  expect(of([file("docs/a.md", "docs/b.md")], [docs]).alone).toBe("let");
});

it("of several rules the one that asks more counts, and none asks less than the rest of the policy", () => {
  const more: MergeRule = { paths: ["law/high/**"], approvals: 3, confirm: "task-number" };
  expect(of([file("law/high/a.md")], [law, more])).toMatchObject({ approvals: 3, confirm: true });
  expect(of([file("law/a.md")], [law], 4)).toMatchObject({ approvals: 4, confirm: false });
  expect(of([file("a.md")], [law, more])).toMatchObject({ approvals: 1, rules: [] });
});

it("nothing changed is nothing that a rule lets land", () => {
  expect(of([], [docs]).alone).toBe("unsaid");
});
