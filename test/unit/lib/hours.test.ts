import { describe, expect, it } from "vitest";
import { beganAt } from "../../../src/lib/hours.ts";

const at = (text: string): number => Date.parse(text);
const began = (from: string, to: string, timezone: string, instant: string): string | null => {
  const found = beganAt({ from, to, timezone }, at(instant));
  return found === null ? null : new Date(found).toISOString().slice(0, 16);
};

describe("hours that come back every day", () => {
  it("reach over midnight, begin at `from` and are over at `to`", () => {
    const night = (instant: string) => began("22:00", "07:00", "UTC", instant);
    expect(night("2026-01-05T21:59:59.999Z")).toBeNull();
    expect(night("2026-01-05T22:00:00.000Z")).toBe("2026-01-05T22:00");
    expect(night("2026-01-06T06:59:59.999Z")).toBe("2026-01-05T22:00");
    expect(night("2026-01-06T07:00:00.000Z")).toBeNull();
  });

  it("stand on the clock of their time zone, also half an hour off", () => {
    expect(began("12:00", "13:30", "Asia/Kolkata", "2026-01-05T06:29:00Z")).toBeNull();
    expect(began("12:00", "13:30", "Asia/Kolkata", "2026-01-05T06:30:00Z")).toBe(
      "2026-01-05T06:30",
    );
    expect(began("12:00", "13:30", "Asia/Kolkata", "2026-01-05T08:00:00Z")).toBeNull();
  });

  it("know when they began though the clock was changed in the night", () => {
    const berlin = (instant: string) => began("22:00", "07:00", "Europe/Berlin", instant);
    // Forward: 02:00 CET is 03:00 CEST; the night has eight hours.
    expect(berlin("2026-03-29T04:59:00Z")).toBe("2026-03-28T21:00");
    expect(berlin("2026-03-29T05:00:00Z")).toBeNull();
    // Back: 03:00 CEST is 02:00 CET; the night has ten.
    expect(berlin("2026-10-25T05:59:00Z")).toBe("2026-10-24T20:00");
    expect(berlin("2026-10-25T06:00:00Z")).toBeNull();
  });

  it("of equal ends last the whole day", () => {
    expect(began("08:00", "08:00", "UTC", "2026-01-05T07:59:00Z")).toBe("2026-01-04T08:00");
    expect(began("08:00", "08:00", "UTC", "2026-01-05T08:00:00Z")).toBe("2026-01-05T08:00");
  });
});
