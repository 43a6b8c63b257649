import { expect, it } from "vitest";
import type { Usage } from "../../src/core/agent.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

const engineer = "eng-1-1";
const used: Usage = { input: 350, cached: 100, output: 14, cost: null, context: 150, window: 200 };
const tell = (day: Day, epoch: number, usage: Usage) =>
  day
    .life()
    .loop.intend(
      { name: "batty", via: "bot", tier: "admin" },
      { type: "tell-usage", member: engineer, epoch, usage },
    );
const context = async (day: Day): Promise<unknown> => {
  const reply = await day.shell("status");
  const { members } = (reply.ok ? reply.json : {}) as { members: Record<string, unknown>[] };
  return members.find(({ name }) => name === engineer)?.["context"];
};

it("shows how full a conversation is, over a crash of the bot, until a new one begins", async () => {
  const day = await startDay({ team: simple({}, 1) });
  expect(await context(day)).toBeUndefined();
  await tell(day, 1, used);
  await tell(day, 1, used);
  await tell(day, 7, { ...used, input: 900 });
  expect(day.events("agent_usage")).toEqual([
    expect.objectContaining({ member: engineer, epoch: 1, task: null, ...used }),
  ]);
  await day.crash();
  expect(await context(day)).toBe(75);
  const standup = await day.shell("standup");
  expect(JSON.stringify(standup)).toContain(`${engineer} 75 %`);
  await tell(day, 1, { ...used, input: 400, context: 300_000, window: null });
  expect(await context(day)).toBe(30);
  await day.ada.says(`/restart ${engineer}`);
  await day.quiet();
  expect(await context(day)).toBeUndefined();
});
