import { expect, it } from "vitest";
import type { StandupDue } from "../../../src/core/ports.ts";
import { createCalendar } from "../../../src/daemon/calendar.ts";

const at = (text: string): number => Date.parse(text);

function calendar(cron: string | null, timezone = "UTC") {
  const told: StandupDue[] = [];
  const policy = { standup: { cron, timezone } };
  const look = createCalendar(
    () => policy,
    (due) => void told.push(due),
  );
  return { policy, days: () => told.map((due) => due.day), look: (text: string) => look(at(text)) };
}

it("tells the newest time that is over at its first look, then each time as it comes, once", () => {
  const { look, days } = calendar("0 9 * * *");
  look("2026-01-05T08:59:59.999Z");
  expect(days()).toEqual(["2026-01-04"]);
  look("2026-01-05T09:00:00Z");
  look("2026-01-05T09:00:00.500Z");
  look("2026-01-05T09:00:01Z");
  expect(days()).toEqual(["2026-01-04", "2026-01-05"]);
  // A machine that slept for three days: what is over since long is nobody's matter.
  look("2026-01-08T10:00:00Z");
  expect(days()).toEqual(["2026-01-04", "2026-01-05", "2026-01-08"]);
});

it("names the day by the calendar of the zone, not by ours", () => {
  const { look, days } = calendar("0 8 * * *", "Pacific/Auckland");
  look("2026-01-05T19:00:00Z");
  expect(days()).toEqual(["2026-01-06"]);
});

it("goes by another line or zone from the moment it is in force", () => {
  const { look, days, policy } = calendar(null);
  look("2026-01-05T08:00:00Z");
  policy.standup = { cron: "0 9 * * *", timezone: "UTC" };
  look("2026-01-05T08:00:01Z");
  policy.standup = { cron: "0 9 * * *", timezone: "Europe/Berlin" };
  look("2026-01-05T08:00:02Z");
  expect(days()).toEqual(["2026-01-04", "2026-01-05"]);
});

it("does not wait for what was next when the clock is put back", () => {
  const { look, days } = calendar("0 9 * * *");
  look("2026-03-01T10:00:00Z");
  look("2026-01-05T08:00:00Z");
  look("2026-01-05T09:00:00Z");
  expect(days()).toEqual(["2026-03-01", "2026-01-04", "2026-01-05"]);
});
