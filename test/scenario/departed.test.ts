// A member is taken out of the team file while mail waits for it.
import { expect, it } from "vitest";
import type { Policy } from "../../src/core/policy.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

/** Who goes is gone with the next look at the team. */
async function leaving(name: string, before: (day: Day) => Promise<void>): Promise<Day> {
  const team = { ...simple({}, 2) };
  const day = await startDay({ team, start: false });
  await before(day);
  (team as { members: Policy["members"] }).members = team.members.filter((m) => m.name !== name);
  await day.quiet();
  return day;
}

const endings = (day: Day) =>
  day.events("delivery_failed", "message_withdrawn").map(({ event, id }) => `${event} ${id}`);

it("a person's message to a removed member fails with the reason, in status too, and can't be sent again to nobody", async () => {
  let own = "";
  const day = await leaving("eng-1-2", async ({ ada }) => {
    own = (await ada.says("/send eng-1-2 hello")).own ?? "";
  });
  expect(day.chat.receipts(own).at(-1)).toBe("failed");
  const card = day.room("eng-1-2").card("alert");
  expect(card.card?.lines.join("\n")).toMatch(
    /^eng-1-2 is no member of the team any more: message \S+ was not delivered\.\nIt said: hello$/,
  );
  expect((await day.ada.says("/status")).text).toContain("1 messages may not have arrived");
  expect((await day.ada.presses("Send again", card)).refusal?.code).toBe("member.unknown");
  const once = endings(day);
  await day.pass(60_000);
  expect(endings(day)).toEqual(once);
});

it("a member's message comes back to it with its text", async () => {
  const day = await leaving("eng-1-2", async (day) => {
    await day.as("manager", "send", "eng-1-2", "take the second half");
  });
  await day.ada.says("/start");
  await day.quiet();
  const back = day.turns.filter((t) => t.member === "manager");
  expect(back.map((t) => t.body)).toEqual([
    expect.stringMatching(/eng-1-2 is no member.*\n\ntake the second half$/s),
  ]);
  expect(endings(day)).toHaveLength(1);
});
