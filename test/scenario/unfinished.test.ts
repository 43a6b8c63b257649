// What is declared done and is not: refused with the reason, never tested or shown, and people hear of it in time.
import { expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const engineer = "eng-1-1";

async function working(): Promise<Day> {
  const day = await startDay({ team });
  await newTask(day, "Build a");
  await day.quiet();
  return day;
}
const questions = (day: Day) => day.room(engineer).cards("question");
const done = async (day: Day): Promise<string> => {
  const reply = await day.as(engineer, "done");
  return reply.ok ? "ok" : reply.refusal.code;
};

it("refused three times for the same reason is told to people once; nothing of it is tested or shown", async () => {
  const day = await working();
  const runs = day.gate.runs.length;
  expect([await done(day), await done(day)]).toEqual(Array(2).fill("done.no-commits"));
  await day.crash();
  expect(questions(day)).toEqual([]);
  for (let n = 0; n < 4; n += 1) expect(await done(day)).toBe("done.no-commits");
  await day.quiet();
  const [card, ...more] = questions(day);
  expect(more).toEqual([]);
  expect(JSON.stringify(card?.card)).toContain("refused 3 times for the same reason");
  expect(JSON.stringify(card?.card)).toContain("There is no commit since the task began.");
  expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: engineer });
  expect(day.gate.runs).toHaveLength(runs);
  expect(day.room("merges").cards()).toEqual([]);
  day.repo.member.write(engineer, { "a.js": "ok\n" });
  day.repo.member.commit(engineer, "Build a");
  expect(await done(day)).toBe("ok");
  await day.quiet();
  expect(questions(day).map(({ card }) => card?.state)).toEqual(["expired"]);
  expect(day.room("merges").text()).toBe("batty: [merge open] #1 Build a");
});

it("refused each time for another reason is on its way, and nobody is asked", async () => {
  const day = await working();
  const me = day.repo.member;
  expect([await done(day), await done(day)]).toEqual(Array(2).fill("done.no-commits"));
  me.write(engineer, { "a.js": "<<<<<<< mine\nx\n=======\ny\n>>>>>>> theirs\n" });
  expect(await done(day)).toBe("done.dirty");
  me.commit(engineer, "Half merged");
  expect([await done(day), await done(day)]).toEqual(Array(2).fill("done.conflict-markers"));
  me.write(engineer, { "a.js": "x\n", ".batty/team_config/team.yaml": "mine\n" });
  me.commit(engineer, "Take over");
  expect(await done(day)).toBe("task.touches-batty");
  await day.quiet();
  expect(questions(day)).toEqual([]);
  expect(day.events("task_completed")).toEqual([]);
});

it("a turn that ends on markers, .batty or nothing at all is no end of its task", async () => {
  for (const files of [
    {},
    { "a.js": "<<<<<<< mine\nx\n=======\ny\n>>>>>>> theirs\n" },
    { ".batty/team_config/team.yaml": "mine\n" },
  ] as readonly Readonly<Record<string, string>>[]) {
    const day = await startDay({
      team,
      agents: {
        [engineer]: (me) => {
          for (const [path, text] of Object.entries(files)) me.write(path, text);
          if (Object.keys(files).length > 0) me.commit("All done");
          return "All done!";
        },
      },
    });
    await newTask(day, "Build a");
    await day.quiet();
    expect(day.events("turn_ended").length).toBeGreaterThan(0);
    expect(day.events("task_completed")).toEqual([]);
    expect(day.room("merges").cards()).toEqual([]);
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: engineer });
    day.end();
  }
});

it("nothing but documentation never lands alone: its card says what it is", async () => {
  const autoMerge = { ...team.autoMerge, enabled: true };
  const day = await startDay({ team: simple({ autoMerge }, 1), agents: { [engineer]: worker } });
  await newTask(day, "Build a", "write docs/a.md It works now.\nwrite NOTES.md All of it.");
  await day.quiet();
  expect(day.landings).toEqual([]);
  expect(JSON.stringify(day.room("merges").card().card)).toContain("documentation only");
  await day.ada.reacts("✅", day.room("merges").card());
  await day.quiet();
  expect(day.landings).toHaveLength(1);
});
