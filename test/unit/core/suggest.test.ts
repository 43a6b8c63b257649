import { describe, expect, it } from "vitest";
import { nearest } from "../../../src/core/suggest.ts";

describe("the nearest name", () => {
  it.each([
    ["architct", ["engineer", "architect"], "architect"],
    ["acrhitect", ["engineer", "architect"], "architect"],
    ["eng-1-2", ["eng-1-1", "eng-1-3", "eng-1-22"], "eng-1-1"],
    ["Claude", ["claude"], "claude"],
    ["arch", ["engineer", "architect"], "architect"],
    ["architects-all", ["engineer", "architects"], "architects"],
    ["xyz", ["engineer", "architect"], undefined],
    ["abc", ["abx", "xyz"], "abx"],
    ["abc", ["xyc"], undefined],
    ["", ["engineer"], undefined],
  ])("of %j among %j is %j", (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});
