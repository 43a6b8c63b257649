import { describe, expect, it } from "vitest";
import type { Repo } from "../../../src/core/ports.ts";
import type { ActContext } from "../../../src/daemon/acts/context.ts";
import { candidate } from "../../../src/daemon/acts/merge.ts";

const signal = AbortSignal.timeout(10_000);
const change = { head: "c", mergeBase: "b", diff: "d", commits: [], files: [] };

/** Builds `tree`; counts how often a difference was asked for. */
function repo(tree: string) {
  const asked: string[] = [];
  const parts: Partial<Repo> = {
    contains: async () => false,
    candidate: async () => ({ ok: true, commit: "c", tree }),
    change: async (head) => {
      asked.push(head);
      return change;
    },
  };
  return { context: { repo: parts } as unknown as ActContext, asked };
}

const effect = (shown: { onto: string; tree: string | null } | null) => ({
  type: "ensure.candidate" as const,
  lane: "merge" as const,
  ...{ task: 1, head: "h", base: "b", message: "m", at: 0, round: 1, former: null, shown },
});

describe("a candidate", () => {
  it("that is the very tree a person saw on this trunk is not compared again", async () => {
    const { context, asked } = repo("t");
    const brought = await candidate(context, effect({ onto: "b", tree: "t" }), signal);
    expect(brought).toMatchObject({ candidate: { tree: "t" }, change: null });
    expect(asked).toEqual([]);
  });

  it.each([
    ["on another trunk", { onto: "older", tree: "t" }],
    ["with another tree", { onto: "b", tree: "other" }],
    ["whose tree an old journal does not name", { onto: "b", tree: null }],
  ])("%s is compared with what was shown", async (_, shown) => {
    const { context, asked } = repo("t");
    expect(await candidate(context, effect(shown), signal)).toMatchObject({ change });
    expect(asked).toEqual(["c"]);
  });

  it.each([
    ["ours", "when trunk holds the one built before, which landed unheard", "former"],
    ["theirs", "when a person merged the branch by hand", null],
  ])("is not built anew: %s %s", async (already, _, former) => {
    const { context } = repo("t");
    const there = ["h", "former"];
    Object.assign(context.repo, {
      contains: async (_of: string, it: string) => there.includes(it),
    });
    const brought = await candidate(context, { ...effect(null), former }, signal);
    expect(brought).toEqual({ of: "ensure.candidate", candidate: null, change: null, already });
  });
});
