// What cannot be undone is asked first: of the one who said it, for a while, once, and in one life of the bot.
import { expect, it } from "vitest";
import { limits } from "../../src/core/policy.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const asked = (day: Day) => day.room("commands").card("confirm");
const stops = async (day: Day) => {
  await day.ada.says("/stop");
  return asked(day);
};

it("stop does nothing until its asker confirms, then the card says who did", async () => {
  const day = await startDay({ team });
  const question = await stops(day);
  expect(question.card).toMatchObject({ state: "open", footer: "ada answers, within 5 minutes" });
  await day.pass(20_000);
  expect(day.state().team).toBe("running");
  await day.ada.presses("Yes", question);
  expect(day.state().team).toBe("stopped");
  expect(asked(day).card).toMatchObject({ state: "done", actions: [], footer: "Yes, stop: ada" });
  const again = await day.ada.presses("Yes", question);
  expect(again.refusal?.code).toBe("approval.closed");
});

it("No leaves everything as it is and closes the question", async () => {
  const day = await startDay({ team });
  const question = await stops(day);
  expect((await day.ada.presses("No", question)).text).toBe("Nothing was done.");
  expect(asked(day).card).toMatchObject({ state: "done", footer: "No: ada" });
  expect((await day.ada.presses("Yes", question)).refusal?.code).toBe("approval.closed");
  expect(day.state().team).toBe("running");
});

it("nobody else can answer it, and it stays open for its asker", async () => {
  const day = await startDay({ team });
  const eve = day.chat.person("eve", "admin");
  const question = await stops(day);
  for (const label of ["Yes", "No"]) {
    const heard = await eve.presses(label, question);
    expect(heard.refusal).toMatchObject({
      code: "access.denied",
      say: "This question is ada's: nobody else can answer it.",
    });
  }
  expect(asked(day).card?.state).toBe("open");
  await day.ada.presses("Yes", question);
  expect(day.state().team).toBe("stopped");
});

it("who may no longer do it when they confirm, does not", async () => {
  const day = await startDay({ team });
  const question = await stops(day);
  const demoted = day.chat.person("ada", "viewer");
  expect((await demoted.presses("Yes", question)).refusal?.code).toBe("access.denied");
  expect(day.state().team).toBe("running");
});

it("after its time it is closed by itself, and a press comes too late", async () => {
  const day = await startDay({ team });
  const question = await stops(day);
  await day.pass(limits.confirmWithin - 1_000);
  expect(asked(day).card?.state).toBe("open");
  await day.pass(1_000);
  expect(asked(day).card).toMatchObject({
    state: "expired",
    actions: [],
    footer: "Expired, nothing was done: give the command again",
  });
  expect((await day.ada.presses("Yes", question)).refusal?.code).toBe("approval.closed");
  expect(day.state().team).toBe("running");
});

it("a restart of the bot forgets it, and no question of the next life is mistaken for it", async () => {
  const day = await startDay({ team });
  const question = await stops(day);
  await day.crash();
  expect((await day.ada.presses("Yes", question)).refusal?.code).toBe("approval.closed");
  await stops(day);
  expect((await day.ada.presses("Yes", question)).refusal?.code).toBe("approval.closed");
  expect(day.state().team).toBe("running");
});

it("what would be refused anyway is refused at once, without a question", async () => {
  const day = await startDay({ team, agents: { "eng-1-1": worker } });
  const carol = day.chat.person("carol", "operator");
  for (const [who, words, code] of [
    [carol, "/stop", "access.denied"],
    [carol, "/restart", "access.denied"],
    [carol, "/task cancel 99", "task.unknown"],
    [day.ada, "/stop --bot", "usage"],
  ] as const) {
    const heard = await who.says(words);
    expect([words, heard.refusal?.code, heard.card]).toEqual([words, code, null]);
  }
});

it("cancelling a task names it, and leaves it alone without a yes", async () => {
  const day = await startDay({ team, agents: { "eng-1-1": worker } });
  await carded(day);
  const question = await day.ada.says("/task cancel 1");
  expect(question.text).toBe("Cancel #1 Build a? Its work is kept on its branch.");
  await day.quiet();
  expect(day.state().work.get(1)?.phase).toBe("asking");
  await day.ada.presses("Yes", question);
  await day.quiet();
  expect(day.state().work.get(1)?.phase).toBe("cancelled");
});

it("restart asks for the bot, not for a member", async () => {
  const day = await startDay({ team });
  expect((await day.ada.says("/restart")).card?.kind).toBe("confirm");
  expect((await day.ada.says("/restart eng-1-1")).card).toBeNull();
});
