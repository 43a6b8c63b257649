// One random day from one plan: acts of people and the world, mischief underneath, then calm, and what must be so.
// BATTY_TRACE=file keeps the journal of the last day that went wrong.
import { writeFileSync } from "node:fs";
import { seatOf as seatIn } from "../../src/core/evolve/seats.ts";
import { evolve } from "../../src/core/evolve.ts";
import { foldFrom } from "../../src/core/fold.ts";
import { empty, type State } from "../../src/core/state.ts";
import { mergeCard, mergeKey } from "../../src/core/views/cards.ts";
import { currentWork, isHeld, isOver, proposalOf } from "../../src/core/work.ts";
import { chance as chanceOf } from "./chance.ts";
import { type Day, makeDay } from "./day.ts";
import { breaches } from "./laws.ts";
import { type Act, endMerge, type Left, play } from "./random-acts.ts";
import { randomAgents } from "./random-agents.ts";
import { engineersOf } from "./random-aimed.ts";
import { calm, count, type Odds, randomMischief, type Tally } from "./random-mischief.ts";
import { seatOf } from "./random-rare.ts";
import { impatient, standWell, wakeUp } from "./random-standing.ts";
import { insist, sendAgain } from "./stories.ts";
import { simple } from "./team.ts";
import { transitionsOf } from "./transitions.ts";

export interface Plan {
  readonly seed: number;
  readonly acts: readonly { readonly act: Act; readonly pause: number }[];
  readonly odds: Odds;
  /** Auto-merge on. */
  readonly auto: boolean;
  /** Cards expire within a minute. */
  readonly hasty: boolean;
  /** Crash points where the bot dies when it first comes by, a few of them. */
  readonly aims: readonly string[];
}

/** So that it is eight soon after the team is up. */
const beforeEight = Date.UTC(2026, 0, 5, 7, 59, 53);

export async function randomDay(plan: Plan, tally: Tally): Promise<readonly string[]> {
  const chance = chanceOf(plan.seed);
  const wrong: string[] = [];
  let odds: Odds = { ...calm };
  const base = simple({}, 2);
  const setUp = plan.seed % 3 === 0 ? null : { command: "make set-up", key: [], copy: [] };
  const team = {
    ...{ ...base, ...impatient },
    approvals: plan.seed % 4 === 0 ? 2 : 1,
    setUp,
    approvalExpires: plan.hasty ? 60_000 : base.approvalExpires,
    autoMerge: { ...base.autoMerge, enabled: plan.auto },
    // Due while there is nothing to tell yet, or in the midst of it.
    standup: { cron: plan.seed % 2 === 0 ? "0 8 * * *" : "3 8 * * *", timezone: "UTC" },
  };
  const day: Day = makeDay({
    ...{ team, start: false, gate: { duration: () => 1_000 } },
    begin: beforeEight,
    ...(setUp === null ? {} : { setUp }),
  });
  const agents = randomAgents(() => day, chance);
  for (const { name, roleType } of team.members)
    day.script(name, roleType === "engineer" ? agents.engineer : agents.lead);
  watchLandings(day, wrong);
  day.reviveAfter = 2_000;
  day.mischief = randomMischief({
    chance,
    odds: () => odds,
    tally,
    aims: new Set(plan.aims),
    kill: () => day.kill(),
    draft: (member) => void passingDraft(day, member),
    sleep: day.clock.sleep,
  });
  const left: Left = { drafts: new Set(), swallowed: [] };
  // No seat has had an agent yet: such a first launch fails on some days only.
  if (plan.seed % 4 === 1) for (const { name } of team.members) day.terminal.failLaunches(name, 1);
  try {
    await day.ada.says("/start");
    await day.pass(5_000);
    odds = plan.odds;
    for (const { act, pause } of plan.acts) {
      count(tally, `act: ${act}`);
      await play(act, day, chance, left);
      await day.pass(pause);
    }
    await day.pass(30_000);
    odds = calm;
    await calmDown(day, left);
    wrong.push(...(await judge(day)));
    if (plan.odds.fault === 0) wrong.push(...failures(day, left));
  } catch (error) {
    wrong.push(`the day broke: ${String((error as Error).stack ?? error)}`);
  } finally {
    for (const what of transitionsOf(day.journal.recorded())) count(tally, what);
    day.end();
  }
  const trace = process.env["BATTY_TRACE"];
  if (wrong.length > 0 && trace !== undefined)
    writeFileSync(trace, `${day.journal.lines.join("")}${wrong.join("\n")}\n`);
  return wrong;
}

async function passingDraft(day: Day, member: string): Promise<void> {
  const seat = seatOf(day, member);
  if (seat === null || seat.composer !== "") return;
  seat.composer = "I wonder";
  await day.clock.sleep(5_000);
  seat.composer = seat.composer.replace("I wonder", "");
}

/** Main moves only to trees with green evidence, one landing at a time. */
function watchLandings(day: Day, wrong: string[]): void {
  const trees = new Map<string, string>();
  const { candidate, land } = day.repo;
  let landing = 0;
  day.repo.candidate = async (build, signal) => {
    const made = await candidate(build, signal);
    if (made.ok) trees.set(made.commit, made.tree);
    return made;
  };
  day.repo.land = async (commit, base, signal) => {
    landing += 1;
    if (landing > 1) wrong.push("two landings at a time");
    const before = day.landings.length;
    const result = await land(commit, base, signal);
    landing -= 1;
    if (day.landings.length > before) {
      const run = await day.gate.evidence(
        { tree: trees.get(commit) ?? "", command: "npm test", setUp: day.setUp },
        signal,
      );
      if (run?.result !== "green") wrong.push(`main moved to ${commit} with ${run?.result}`);
    }
    return result;
  };
}

/** People clear what they left, send again what failed, and remind whoever holds a task. */
async function calmDown(day: Day, left: Left): Promise<void> {
  const { terminal } = day;
  terminal.thaw();
  day.repo.failSetUps(null);
  endMerge(day);
  await standWell(day);
  for (const { name } of day.policy.members) {
    terminal.failLaunches(name, 0);
    const seat = seatOf(day, name);
    if (seat === null) continue;
    terminal.scroll(name, false);
    terminal.stop(name, false);
    seat.ignoredEnters = 0;
    if (left.drafts.has(name)) seat.composer = seat.composer.replace("a draft", "");
  }
  await day.pass(5_000);
  await insist(day, "/start", () => day.state().team === "running");
  await day.ada.says("/resume");
  for (const { name, roleType } of day.policy.members)
    if (roleType === "engineer" || day.state().seats.get(name)?.parked)
      await day.ada.says(`/resume ${name}`);
  for (let n = 0; n < 15; n += 1) {
    if (n > 1 && (await isAtRest(day))) break;
    await day.pass(45_000);
    await sendAgain(day);
    await day.pass(15_000);
    await wakeUp(day);
    for (const { name } of day.policy.members) {
      if (day.state().seats.get(name)?.parked) await day.ada.says(`/resume ${name}`);
      const work = currentWork(day.state(), name);
      if (work?.phase === "working") await day.ada.says(`/send ${name} go on with #${work.task}`);
    }
  }
  await day.pass(60_000);
}

/**
 * Nothing is under way any more but what waits for people: more time would change nothing. Also nothing that the bot
 * has not heard of yet: a turn that goes on, a message that lies in its folder.
 */
async function isAtRest(day: Day): Promise<boolean> {
  const state = day.state();
  const { signal } = new AbortController();
  const underWay = ["queued", "typing", "typed"];
  return (
    [...state.work.values()].every(
      (w) => isOver(w) || w.phase === "asking" || w.phase === "blocked",
    ) &&
    [...state.messages.values()].every((d) => !underWay.includes(d.state)) &&
    [...state.requests.values()].every((r) => r.task !== null || r.refused !== null) &&
    [...state.seats.values()].every((s) => s.parked === null && s.activity === "idle") &&
    engineersOf(day).every((name) => seatIn(state, name).turnEnded === null) &&
    state.boardDue.size === 0 &&
    day.policy.members.every(({ name }) => !day.isBusy(name)) &&
    [...(await day.mailbox.list(signal)).values()].every((box) => box.queued.length === 0) &&
    (await day.signals.list(signal)).length === 0
  );
}

async function judge(day: Day): Promise<readonly string[]> {
  const state = day.state();
  return [
    ...bugs(day),
    ...replayed(day, state),
    ...breaches(day.journal.recorded()),
    ...messages(day, state),
    ...tasks(state),
    ...(await boards(day, state)),
    ...cards(day, state),
  ];
}

const bugs = (day: Day): string[] =>
  day.life().bugs.map((bug) => `bug: ${String((bug as Error).stack ?? bug)}`);

/** The journal alone gives the state; on the way no engineer ever works on two tasks. */
function replayed(day: Day, state: State): string[] {
  const wrong: string[] = [];
  let folded: State = empty;
  const atOnce = foldFrom(empty);
  for (const recorded of day.journal.recorded()) {
    if (recorded.seq !== folded.seq + 1) wrong.push(`seq ${recorded.seq} after ${folded.seq}`);
    folded = evolve(folded, recorded);
    atOnce.take(recorded);
    for (const { name } of day.policy.members) {
      const held = [...folded.work.values()].filter(
        (w) => w.member === name && isHeld(w) && w.phase !== "verifying",
      );
      if (held.length > 1)
        wrong.push(`${name} holds ${held.map((w) => `#${w.task}`).join()} at ${recorded.seq}`);
    }
  }
  if (plain(folded) !== plain(state)) wrong.push("the replayed journal gives another state");
  if (plain(atOnce.state()) !== plain(folded)) wrong.push("the journal folded at once does too");
  return wrong;
}

const plain = (state: State): string =>
  JSON.stringify(state, (_, value: unknown) =>
    value instanceof Map
      ? [...(value as Map<unknown, unknown>)]
      : value instanceof Set
        ? [...(value as Set<unknown>)]
        : value,
  );

function messages(day: Day, state: State): string[] {
  const wrong: string[] = [];
  const acted = new Map<string, number>();
  for (const { id } of day.turns) if (id !== "") acted.set(id, (acted.get(id) ?? 0) + 1);
  for (const [id, n] of acted) if (n > 1) wrong.push(`message ${id} was acted out ${n} times`);
  for (const { mail, state: s, say } of state.messages.values()) {
    const name = `message ${mail.id} to ${mail.to} (${mail.body.split("\n")[0]})`;
    if (s === "queued" || s === "typing" || s === "typed") wrong.push(`${name} is still ${s}`);
    if (s === "failed" && say === "") wrong.push(`${name} failed without a reason`);
    if (s === "failed" && acted.has(mail.id) && !/ended/.test(say) && !wasCut(day, mail.id))
      wrong.push(`${name} failed though it was acted out`);
  }
  return wrong;
}

/** Where tmux does what it is told, at most one message fails a member and crash. */
function failures(day: Day, left: Left): string[] {
  const lives = day.events("daemon_started").length;
  return day.policy.members.flatMap(({ name }) => {
    const failed = day.events("delivery_failed").filter((e) => e.member === name);
    const ends = day.events("agent_died", "agent_stopped").filter((e) => e.member === name);
    const swallowed = left.swallowed.filter((m) => m === name);
    const most = lives + ends.length * 2 + swallowed.length * 2;
    return failed.length > most
      ? [`${failed.length} messages to ${name} failed: ${lives} lives, ${ends.length} ends`]
      : [];
  });
}

/** Its agent died in the turn: its receipt was the last that anyone heard. */
const wasCut = (day: Day, id: string): boolean =>
  day.events("member_signalled").some((e) => e.message === id) === false ||
  day.events("agent_died").length > 0;

function tasks(state: State): string[] {
  const wrong: string[] = [];
  for (const w of state.work.values())
    if (!isOver(w) && w.phase !== "asking" && w.phase !== "blocked")
      wrong.push(
        `#${w.task} of ${w.member} is ${w.phase} since ${new Date(w.since).toISOString()}`,
      );
  for (const r of state.requests.values())
    if (r.task === null && r.refused === null) wrong.push(`task ${r.key} was never made`);
  if (state.queue.length > 0) wrong.push(`the queue holds ${state.queue.join()}`);
  if (state.boardDue.size > 0)
    wrong.push(`${state.boardDue.size} tasks' files are still to be written`);
  return wrong;
}

async function boards(day: Day, state: State): Promise<string[]> {
  const wrong: string[] = [];
  const { tasks: files } = await day.board.read(new AbortController().signal);
  for (const w of state.work.values()) {
    const file = files.get(w.task);
    const wanted = { landed: "done", asking: "review" }[w.phase as string];
    if (wanted !== undefined && file?.status !== wanted)
      wrong.push(`#${w.task} is ${w.phase} and ${file?.status} on the board`);
    if (w.phase === "blocked" && file?.blocked !== true)
      wrong.push(`#${w.task} is not marked blocked`);
  }
  // Not counted: what a person merged by hand. A task lands twice when its author went on before the first was done.
  const told = day
    .events("task_auto_merged", "task_manual_merged")
    .filter(({ commit, base }) => commit !== base)
    .map(({ commit }) => commit);
  const landed = day.landings.map(({ commit }) => commit);
  if (told.sort().join() !== landed.sort().join())
    wrong.push(`landed: ${landed.join()}, told as landed: ${told.join()}`);
  return wrong;
}

/** What the chat shows of each task's newest card is what is so. */
function cards(day: Day, state: State): string[] {
  const wrong: string[] = [];
  for (const w of state.work.values()) {
    const card = proposalOf(w);
    if (card === undefined) continue;
    const shown = day.chat.all().find((m) => m.key === mergeKey(w.task, card.round));
    const wanted = mergeCard(w, card);
    if (shown?.card?.state !== wanted.state || shown.card.footer !== wanted.footer)
      wrong.push(
        `#${w.task}: the chat shows ${shown?.card?.state} "${shown?.card?.footer}", it is ${wanted.state} "${wanted.footer}"`,
      );
  }
  return wrong;
}
