// Decisions while the bot is killed before and after each step of theirs: none lost, none doubled, none carried over.
import { describe, expect, it } from "vitest";
import type { Day } from "../fakes/day.ts";
import { worker } from "../fakes/scripts.ts";
import { common, insist, playKilled, type Story, sendAgain } from "../fakes/stories.ts";
import { simple } from "../fakes/team.ts";

const card = (day: Day) => day.room("merges").cards("merge").at(-1);
const approvals = (day: Day) =>
  (day.state().work.get(1)?.proposals.at(-1)?.approvals ?? []).map((a) => a.person);
const phase = (day: Day) => day.state().work.get(1)?.phase;

/** Again until it shows: who gets no answer presses again. */
async function until(day: Day, does: () => Promise<unknown>, done: () => boolean): Promise<void> {
  for (let n = 0; n < 10 && !done(); n += 1) {
    await does();
    for (let s = 0; s < 10 && !done(); s += 1) await day.pass(1_000);
  }
}

/** Two approve while a checkout holds the landing, one takes it back, a third approves; then it lands. */
const story: Story = {
  name: "two people approve, one takes it back, a third approves",
  options: { team: simple({ approvals: 2 }, 1), agents: { "eng-1-1": worker } },
  async play(day) {
    const bob = day.chat.person("bob", "approver");
    const carl = day.chat.person("carl", "approver");
    await insist(day, "/start", () => day.state().team === "running");
    await insist(
      day,
      '/task new "Build a" --body "write a.js ok"',
      () => day.state().requests.size > 0,
    );
    for (let n = 0; n < 120 && phase(day) !== "asking"; n += 1) {
      await day.pass(1_000);
      await sendAgain(day);
    }
    day.repo.person.begin("merge");
    const on = () => card(day) as NonNullable<ReturnType<typeof card>>;
    await until(
      day,
      () => day.ada.reacts("✅", on()),
      () => approvals(day).includes("ada"),
    );
    await until(
      day,
      () => bob.presses("Approve", on()),
      () => phase(day) === "queued",
    );
    await until(
      day,
      () => day.ada.unreacts("✅", on()),
      () => !approvals(day).includes("ada"),
    );
    await day.pass(5_000);
    if (day.landings.length > 0) throw new Error("landed with one approval");
    await until(
      day,
      () => carl.reacts("✅", on()),
      () => phase(day) === "queued",
    );
    day.repo.person.begin(null);
  },
  async expect(day) {
    const wrong: string[] = [];
    if (day.landings.length !== 1) wrong.push(`${day.landings.length} landings`);
    const message = day.repo.messageOf(day.landings[0]?.commit ?? "main");
    const names = message.match(/^Approved-by: .*$/gm)?.join() ?? "";
    if (names !== "Approved-by: bob (local),Approved-by: carl (local)") wrong.push(names);
    if (day.events("approval_recorded").length !== 3)
      wrong.push(`${day.events("approval_recorded").length} approvals on record`);
    if (day.events("approval_closed").length !== 1) wrong.push("not taken back once");
    const cards = day.room("merges").cards("merge");
    if (cards.length !== 1 || cards[0]?.card?.state !== "done")
      wrong.push(`cards: ${cards.map((m) => m.card?.state).join()}`);
    if ((await day.task(1)).status !== "done") wrong.push("not done on the board");
    return wrong;
  },
};

describe("several approvals, one of them taken back", () => {
  it("come out the same wherever the bot is killed on the way", async () => {
    const whole = await playKilled(story, null, 0);
    const { places } = whole;
    expect(await story.expect(whole.day)).toEqual([]);
    whole.day.end();
    const first = places.indexOf("before append of approval_requested");
    const last = places.lastIndexOf("after append of board_written");
    const wanted = places.flatMap((place, n) =>
      n >= first &&
      n <= last &&
      /approval|merge|ensure\.(review|candidate|landing|gate)/.test(place)
        ? [n]
        : [],
    );
    const at = wanted.map((n) => places[n]);
    for (const step of ["approval_recorded", "approval_closed", "task_manual_merged"])
      for (const side of ["before", "after"]) expect(at).toContain(`${side} append of ${step}`);
    const failures: string[] = [];
    for (const n of wanted) {
      const { day } = await playKilled(story, n, 3_000);
      const wrong = [...(await story.expect(day)), ...common(day)];
      if (wrong.length > 0) failures.push(`${places[n]}: ${wrong.join("; ")}`);
      day.end();
    }
    expect(failures).toEqual([]);
    console.info(`killed at ${wanted.length} places of ${places.length}`);
  });
});
