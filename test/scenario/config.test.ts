// What the bot finds in team.yaml is told once to people, whatever else happens meanwhile.
import { expect, test } from "vitest";
import type { ConfigReading } from "../../src/core/input.ts";
import { type Day, startDay } from "../fakes/day.ts";

const bot = { name: "batty", via: "bot", tier: "admin" } as const;
const wrong =
  ".batty/team_config/team.yaml:9: roles[2].agent unknown agent cluade. Did you mean claude?";

async function found(day: Day, reading: Partial<ConfigReading>): Promise<void> {
  const whole = { rejected: null, now: [], later: [], ...reading };
  await day.life().loop.intend(bot, { type: "tell-config", reading: whole });
  await day.quiet();
}

const alerts = (day: Day): string[] =>
  day
    .room("alerts")
    .messages()
    .map((one) => [one.text, ...(one.card?.lines ?? [])].join("\n"));

test("a file that stays broken is told once, also over a restart of the bot; another fault and its mending are told, too", async () => {
  const day = await startDay();
  await found(day, { rejected: [wrong] });
  await found(day, { rejected: [wrong] });
  await day.crash();
  await found(day, { rejected: [wrong] });
  expect(day.events("team_config_rejected")).toHaveLength(1);
  await found(day, { rejected: ["another"] });
  await found(day, { now: ["standup"] });
  await found(day, {});
  expect(alerts(day)).toEqual([
    expect.stringContaining(wrong),
    expect.stringContaining("another"),
    "team.yaml is valid again and in force.",
  ]);
});

test("a file that is broken stands in status and among what waits until it is mended", async () => {
  const day = await startDay();
  await found(day, { rejected: [wrong, "another"] });
  const line = `team.yaml is not valid, the last good one is in force: ${wrong} (and 1 more)`;
  expect((await day.ada.says("/status")).text).toContain(line);
  expect((await day.ada.says("/catchup")).text).toContain(line);
  await found(day, {});
  expect((await day.ada.says("/status")).text).not.toContain("not valid");
  expect((await day.ada.says("/catchup")).text).toContain("Nothing waits for you.");
});

test("who may decide, and what lands alone, is never changed without a loud word to people", async () => {
  const day = await startDay();
  await found(day, { now: ["standup.interval_secs", "board.auto_dispatch"] });
  expect(alerts(day)).toEqual([]);
  await found(day, {
    now: ["workflow_policy.auto_merge.enabled", "board.auto_dispatch", "people"],
  });
  const alert = day.room("alerts").card("alert");
  expect(alert.loud).toBe(true);
  expect(alert.card?.title).toBe("team.yaml changes who decides what lands");
  expect(alert.card?.lines[0]).toBe("In force now: workflow_policy.auto_merge.enabled, people.");
});

test("what agents may do unasked is never changed without a loud word to people", async () => {
  const day = await startDay();
  await found(day, { now: ["workflow_policy.permissions.allow"] });
  const alert = day.room("alerts").card("alert");
  expect(alert.loud).toBe(true);
  expect(alert.card?.title).toBe("team.yaml changes what agents may do unasked");
});

test("the team runs on under the last good file but is not started again before it is mended", async () => {
  const day = await startDay();
  await found(day, { rejected: [wrong] });
  await day.ada.says("/send eng-1-1 hello");
  await day.quiet();
  expect(day.turns.map((turn) => turn.member)).toEqual(["eng-1-1"]);
  await day.shell("stop");
  expect(await day.shell("start")).toMatchObject({
    ok: false,
    exit: 2,
    refusal: { code: "config.invalid", say: expect.stringContaining(wrong) },
  });
  await found(day, {});
  expect(await day.shell("start")).toMatchObject({ ok: true });
});

test("nobody but the bot says what stands in the file", async () => {
  const day = await startDay();
  const reading = { rejected: ["nonsense"], now: [], later: [] };
  const ada = { name: "ada", via: "local", tier: "admin" } as const;
  await day.life().loop.intend(ada, { type: "tell-config", reading });
  expect(day.events("team_config_rejected")).toEqual([]);
});
