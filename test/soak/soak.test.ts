// Minutes of everything at once, for real: bot, tmux, git, agents, people, and a bot that is killed again and again.
// `npm run soak -- --minutes 20 --seed 7`. Prints its counts; what must be zero and is not fails it.
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { actionOf, type Chat } from "../e2e/chat.ts";
import { fenced, type Team, team } from "../e2e/team.ts";
import { until } from "../e2e/waiting.ts";
import { type Chance, chance as chanceOf } from "../fakes/chance.ts";
import { busy, type Crowd, crowd as crowdOf } from "./crowd.ts";
import { type Counts, landings, messages, panes, processes } from "./judge.ts";
import { samples } from "./samples.ts";
import { type Troubles, troubles as troublesOf } from "./troubles.ts";
import { playbook, scriptOf } from "./worker.ts";

const minutes = Number(process.env["BATTY_SOAK_MINUTES"] ?? 0);
const seed = Number(process.env["BATTY_SOAK_SEED"] ?? 1);

const engineers = Array.from({ length: 9 }, (_, n) => `engineer-${n + 1}`);
/** The busy member takes about two messages a second, beside everything else. */
const crowdSize = Math.min(1_000, Math.round(minutes * 60));
/** Part of the time in which messages are sent, and in which the bot is killed. */
const sending = 0.6;
/** ms */
const tickEvery = 700;
const restWithin = 10 * 60_000;
/** What the bot may hold more at the end of a life than at its beginning: jitter, no trend. */
const descriptorsMay = 8;
const memoryMay = 60;

interface Soak {
  readonly t: Team;
  readonly chance: Chance;
  readonly crowd: Crowd;
  readonly troubles: Troubles;
  /** How often each thing was done. */
  readonly done: Map<string, number>;
  tasks: number;
  readonly decided: Set<string>;
}

test.skipIf(minutes === 0)(
  "minutes of everything at once leave nothing lost, doubled, red or leaked",
  {
    timeout: minutes * 60_000 + restWithin + 120_000,
  },
  async () => {
    const t = await team({
      edit: (yaml) => yaml.replace("# instances: 2", `instances: ${engineers.length}`),
      playbooks: Object.fromEntries(engineers.map((name) => [name, playbook])),
    });
    const chance = chanceOf(seed);
    const soak: Soak = {
      ...{ t, chance, crowd: crowdOf(t, engineers, crowdSize) },
      ...{
        troubles: troublesOf(t, chance, engineers),
        done: new Map(),
        tasks: 0,
        decided: new Set(),
      },
    };
    const seen = samples(t);
    const sampler = setInterval(seen.take, 2_000);
    const began = Date.now();
    try {
      await work(soak, began);
      const again = await rest(soak);
      const counts = [messages(t, soak.crowd, again), await landings(t)];
      counts.push(await panes(t, engineers.length + 1));
      clearInterval(sampler);
      const { descriptors, memory, most } = seen.growth();
      if (descriptors > descriptorsMay) console.log("held open:", seen.held());
      await t.batty("stop", "--bot");
      await pause(1_000);
      counts.push(processes(t), {
        mustBeZero: {
          "descriptors leaked": Math.max(0, descriptors - descriptorsMay),
          "MB leaked": Math.max(0, Math.round(memory - memoryMay)),
        },
        others: {
          "descriptors more in a life": descriptors,
          "MB more in a life": Math.round(memory),
          "MB at most": Math.round(most),
        },
      });
      counts.push({ mustBeZero: {}, others: Object.fromEntries(soak.done) });
      report(counts, Date.now() - began);
      const bad = counts.flatMap((c) => Object.entries(c.mustBeZero)).filter(([, n]) => n !== 0);
      expect(bad).toEqual([]);
    } finally {
      clearInterval(sampler);
    }
  },
);

const did = ({ done }: Soak, what: string): void => void done.set(what, (done.get(what) ?? 0) + 1);

async function work(soak: Soak, began: number): Promise<void> {
  const { t, chance, crowd, troubles } = soak;
  const whole = minutes * 60_000;
  let nextKill = began + 20_000;
  let nextTrouble = began + 10_000;
  let trouble: Promise<void> = Promise.resolve();
  for (let at = 0; at < whole; at = Date.now() - began) {
    const due = Math.min(crowdSize, Math.ceil((crowdSize * at) / (whole * sending)));
    while (crowdSize - crowd.left() < due) await crowd.sendOne();
    if (openTasks(t) < 4) await newTask(soak);
    await decide(soak);
    if (Date.now() > nextTrouble) {
      nextTrouble = Date.now() + 3_000 + chance.below(8_000);
      const name = chance.one(troubles.names);
      did(soak, name);
      await trouble;
      trouble = troubles.play(name);
    }
    if (Date.now() > nextKill && at < whole * sending) {
      nextKill = Date.now() + 15_000 + chance.below(60_000);
      await killBot(soak);
    }
    await pause(chance.below(tickEvery));
  }
  await trouble;
  while (crowd.left() > 0) await crowd.sendOne();
}

async function killBot(soak: Soak): Promise<void> {
  const { t, chance } = soak;
  did(soak, "the bot is killed");
  await t.kill();
  await pause(chance.below(3_000));
  const started = await t.batty("start");
  if (started.code !== 0) throw new Error(`start ended with ${started.code}: ${started.stderr}`);
}

async function newTask(soak: Soak): Promise<void> {
  const { t, chance } = soak;
  const name = `soak${++soak.tasks}`;
  const body = `Scope: test/${name}.sh\n\n${fenced(scriptOf(name, chance))}`;
  const to = chance.hits(0.5) ? ["--assignee", chance.one(engineers)] : [];
  const ran = await t.batty("task", "new", `Add ${name}`, "--body", body, ...to);
  if (ran.code === 0) did(soak, "a task is asked for");
}

const ends = ["task_manual_merged", "task_auto_merged", "task_cancelled"];

const openTasks = (t: Team): number =>
  t.journal.of("task_created").length -
  ends.reduce((n, event) => n + t.journal.of(event).length, 0);

/** People answer what they are asked, mostly with yes. */
async function decide(soak: Soak, always = false): Promise<void> {
  const { t, chance, decided } = soak;
  const first = (key: string): boolean => {
    if (decided.has(key) || (!always && chance.hits(0.5))) return false;
    decided.add(key);
    return true;
  };
  for (const { task, head, seq } of t.journal.of("approval_requested")) {
    if (!first(`card ${seq}`)) continue;
    const way = always || chance.hits(0.8) ? "approve" : chance.one(["reject", "back"]);
    const more = way === "approve" ? [] : ["--why", "make it better"];
    did(soak, `a card: ${way}`);
    await t.batty(way, String(task), "--head", head, ...more);
  }
  for (const line of [...t.journal.of("question_asked"), ...t.journal.of("task_escalated")]) {
    if (!first(`question ${line.seq}`)) continue;
    const text = line.event === "question_asked" ? "left" : line["options"][0];
    did(soak, "a question is answered");
    await t.batty("escalations", "answer", String(line["escalation"]), text);
  }
  for (const { task, seq } of t.journal.of("approval_recorded", (l) => l["decision"] === "reject"))
    if (first(`rejected ${seq}`)) await t.batty("retry", String(task));
}

/** No more trouble: everything comes to its end. Words that a person had sent again. */
async function rest(soak: Soak): Promise<ReadonlySet<string>> {
  const { t, crowd } = soak;
  const again = new Set<string>();
  const pressed = new Set<string>();
  await t.batty("resume");
  const chat = t.openChat();
  await chat.next("the chat", (line) => line.event === "ready");
  const words = [...crowd.sent.values()].flat();
  await until(
    "every word of the crowd",
    async () => {
      await decide(soak, true);
      for (const room of [busy, ...engineers]) await sendAgain(chat, room, pressed, again);
      await pause(1_000);
      const marks = new Set(t.marks());
      return words.every((word) => marks.has(word)) && isCalm(t);
    },
    restWithin,
  ).catch((error: unknown) => process.stdout.write(`not all came to rest: ${String(error)}\n`));
  return again;
}

/** Nothing has changed for a while but the ticks. */
const isCalm = (t: Team): boolean => Date.now() - Date.parse(t.journal.last().ts) > 8_000;

async function sendAgain(
  chat: Chat,
  room: string,
  pressed: Set<string>,
  again: Set<string>,
): Promise<void> {
  const { messages: shown = [] } = await chat.ask({ history: { room, limit: 1_000 } });
  for (const message of shown) {
    const card = message.card;
    if (card?.actions[0]?.verb !== "send-again" || pressed.has(message.id)) continue;
    pressed.add(message.id);
    const word = /echo (w\d+-\S+)/.exec(JSON.stringify(message))?.[1];
    if (word !== undefined) again.add(word);
    await chat.press(actionOf(message, "send-again"), message.id);
  }
}

function report(counts: readonly Counts[], ms: number): void {
  const rows = (of: "mustBeZero" | "others") =>
    counts
      .flatMap((c) => Object.entries(c[of]))
      .map(([what, n]) => `${String(n).padStart(8)}  ${what}`);
  const zero = rows("mustBeZero").join("\n");
  const rest = rows("others").join("\n");
  process.stdout.write(
    `soak: ${(ms / 60_000).toFixed(1)} min, seed ${seed}\nmust be zero\n${zero}\ncounts\n${rest}\n`,
  );
}
