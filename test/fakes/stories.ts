// Short days that, together, bring about every kind of effect: for tests that kill the bot at any of them.
import type { Effect } from "../../src/core/effect.ts";
import { type Day, type DayOptions, makeDay } from "./day.ts";
import { worker } from "./scripts.ts";
import { simple } from "./team.ts";

export interface Story {
  readonly name: string;
  readonly options: DayOptions;
  /** What people do; a refused or lost call is theirs to make again. */
  play(day: Day): Promise<void>;
  /** What must be so in the end, wherever the bot was killed. */
  expect(day: Day): Promise<readonly string[]>;
}

/** Says it until the bot has heard: who gets no answer asks again. */
export async function insist(day: Day, text: string, done: () => boolean): Promise<void> {
  for (let n = 0; n < 10 && !done(); n += 1) {
    await day.ada.says(text);
    for (let s = 0; s < 20 && !done(); s += 1) await day.pass(1_000);
    await sendAgain(day);
  }
}

/** A message that may not have arrived is sent again by hand, as its card offers. */
export async function sendAgain(day: Day): Promise<void> {
  for (const message of day.chat.all())
    if (message.card?.actions[0]?.verb === "send-again")
      await day.ada.presses("Send again", message);
}

const team = simple({}, 1);
const phase = (day: Day, task: number) => day.state().work.get(task)?.phase;

export const landing: Story = {
  name: "a task is asked for, worked on, approved and landed",
  options: { team, agents: { "eng-1-1": worker } },
  async play(day) {
    await insist(day, "/start", () => day.state().team === "running");
    await insist(
      day,
      '/task new "Build a" --body "write a.js ok"',
      () => day.state().requests.size > 0,
    );
    for (let n = 0; n < 120 && phase(day, 1) !== "asking"; n += 1) {
      await day.pass(1_000);
      await sendAgain(day);
    }
    await day.pass(3_000);
    await insist(day, "/approve 1", () => ["queued", "landed"].includes(phase(day, 1) ?? ""));
  },
  async expect(day) {
    const files = await day.trunk();
    const wrong: string[] = [];
    if (files["a.js"] !== "ok\n") wrong.push(`main holds ${JSON.stringify(files)}`);
    if (day.landings.length !== 1) wrong.push(`${day.landings.length} landings`);
    const task = await day.task(1);
    if (task.status !== "done") wrong.push(`#1 is ${task.status} on the board`);
    const merged = day.events("task_manual_merged").length;
    if (merged !== 1) wrong.push(`${merged} landings in the journal`);
    const cards = day.room("merges").cards();
    if (cards.length !== 1 || cards[0]?.card?.state !== "done")
      wrong.push(`cards: ${cards.map((m) => m.card?.state).join()}`);
    return wrong;
  },
};

export const talking: Story = {
  name: "messages are sent, interrupted and answered, work is left behind, and the team stops",
  options: {
    team,
    agents: {
      "eng-1-1": async (me, turn) => {
        if (turn.body === "long") await me.sleep(600_000);
        if (turn.body === "stop that") me.write("half.js", "half\n");
      },
    },
  },
  async play(day) {
    await insist(day, "/start", () => day.state().team === "running");
    const said = (text: string) =>
      insist(day, `/send ${text}`, () =>
        day.events("message_sent").some((e) => text.endsWith(String(e.mail.body))),
      );
    await said("eng-1-1 long");
    await day.pass(5_000);
    await said("--now eng-1-1 stop that");
    day.terminal.seat("eng-1-1").ignoredEnters = 1;
    await said("eng-1-1 are you there");
    await day.pass(30_000);
    day.terminal.seat("eng-1-1").ignoredEnters = 2;
    await said("eng-1-1 and now");
    await day.pass(30_000);
    await sendAgain(day);
    await day.pass(30_000);
    await insist(day, "/restart eng-1-1", () => (day.state().seats.get("eng-1-1")?.epoch ?? 0) > 1);
    await day.pass(10_000);
    const stop = async () => {
      const asked = await day.ada.says("/stop");
      if (asked.card !== null) await day.ada.presses("Yes", asked);
    };
    for (let n = 0; n < 10 && day.state().team === "running"; n += 1) {
      await stop();
      await day.pass(5_000);
    }
  },
  async expect(day) {
    const wrong: string[] = [];
    const alive = (await day.terminal.list(new AbortController().signal)).filter((p) => !p.dead);
    if (alive.length > 0) wrong.push(`${alive.length} panes are left`);
    if (day.repo.member.read("eng-1-1", "half.js") !== "half\n") wrong.push("work was lost");
    // The same content is kept once: what was kept then is found again.
    const kept = await day.repo.rescue("eng-1-1", new AbortController().signal);
    const today = new Date(day.now()).toISOString().replaceAll(/[-:.]/g, "");
    if (kept === null || kept.endsWith(today)) wrong.push(`the rescue was not made: ${kept}`);
    return wrong;
  },
};

export const standing: Story = {
  name: "space runs out and comes back, a folder goes, a branch is left, and one agent cannot start",
  options: { team: simple({}, 2) },
  async play(day) {
    day.script("eng-1-1", (me, turn) => {
      if (turn.task === null || day.repo.member.read(me.member, "a.js") !== null) return;
      day.repo.member.detach(me.member);
      me.write("a.js", "ok\n");
      me.commit("Add a");
    });
    day.terminal.failLaunches("eng-1-2", 99);
    await insist(day, "/start", () => day.state().team === "running");
    await day.until(() => day.state().seats.get("eng-1-2")?.parked != null, 600_000);
    await day.pass(10_000);
    day.machine.free = 300 * 1024 ** 2;
    await day.pass(60_000);
    day.machine.free = 50_000 * 1024 ** 2;
    await day.pass(60_000);
    day.repo.member.lose("eng-1-1");
    await day.pass(60_000);
    await insist(
      day,
      '/task new "Build a" --assignee eng-1-1',
      () => day.state().requests.size > 0,
    );
    for (let n = 0; n < 120 && phase(day, 1) !== "asking"; n += 1) {
      await day.pass(1_000);
      await sendAgain(day);
    }
  },
  async expect(day) {
    const wrong: string[] = [];
    if (phase(day, 1) !== "asking") wrong.push(`#1 is ${phase(day, 1)}`);
    if (day.state().disk !== null) wrong.push("space is short for ever");
    if (day.repo.member.isLost("eng-1-1")) wrong.push("the folder is gone");
    const told = day.room("eng-1-2").cards("question");
    if (told.length !== 1) wrong.push(`${told.length} cards of an agent that cannot start`);
    return wrong;
  },
};

export const stories = [landing, talking, standing];

/** What must hold in every story. */
export function common(day: Day): readonly string[] {
  const wrong: string[] = [];
  const acted = new Map<string, number>();
  for (const turn of day.turns) acted.set(turn.id, (acted.get(turn.id) ?? 0) + 1);
  for (const [id, n] of acted) if (n > 1) wrong.push(`message ${id} was acted out ${n} times`);
  for (const delivery of day.state().messages.values())
    if (delivery.state === "typing" || delivery.state === "typed")
      wrong.push(`message ${delivery.mail.id} is still ${delivery.state}`);
  for (const bug of day.life().bugs) wrong.push(`bug: ${String((bug as Error).stack ?? bug)}`);
  return wrong;
}

/** Plays a story; `killAt` is the number of the place where the bot dies, null: nowhere. */
export async function playKilled(
  story: Story,
  killAt: number | null,
  downtime: number,
): Promise<{
  readonly day: Day;
  readonly places: readonly string[];
  readonly effects: Set<string>;
}> {
  const places: string[] = [];
  const effects = new Set<Effect["type"]>();
  const day = makeDay({ ...story.options, start: false });
  const at = (where: string): void => {
    places.push(where);
    if (places.length - 1 === killAt) day.kill();
  };
  day.mischief = {
    beforeCall: (call) => at(`before ${call}`),
    afterCall: (call) => at(`after ${call}`),
    beforeEffect(effect) {
      effects.add(effect.type);
      at(`before ${effect.type}`);
    },
    afterEffect: (effect) => at(`after ${effect.type}`),
    beforeAppend: ([first]) => at(`before append of ${first?.event.event}`),
    afterAppend: ([first]) => at(`after append of ${first?.event.event}`),
  };
  day.reviveAfter = downtime;
  await story.play(day);
  await day.pass(180_000);
  return { day, places, effects };
}
