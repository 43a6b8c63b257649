import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../src/lib/duration.ts";

describe("a duration", () => {
  it.each([
    ["90s", 90_000],
    ["10m", 600_000],
    ["2h", 7_200_000],
    ["3d", 259_200_000],
    [" 5s ", 5_000],
    ["10", null],
    ["10min", null],
    ["-5s", null],
    ["1.5h", null],
    ["", null],
  ])("%j is read as %j ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [0, "0 ms"],
    [250, "250 ms"],
    [40_400, "40 s"],
    [180_000, "3 min"],
    [195_000, "3 min 15 s"],
    [599_600, "10 min"],
    [3_599_900, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_399_000, "1 d"],
    [187_200_000, "2 d 4 h"],
  ])("%j ms is said as %j", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
