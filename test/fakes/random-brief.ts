// Scenes in which two things meet within one breath: a task is called off or declared done while it is started or
// waits, a dialog's agent ends, the word of a turn's end is lost. Each makes the breath longer, or waits for it.
import type { State, Work } from "../../src/core/state.ts";
import { proposalOf } from "../../src/core/work.ts";
import type { Chance } from "./chance.ts";
import type { Day } from "./day.ts";
import { comes, engineersOf, inPhase, moreOf, someCard, someTask } from "./random-aimed.ts";
import { confirmed, seatOf } from "./random-rare.ts";
import { askPermission, hook } from "./random-standing.ts";

export const briefActs = [
  "more while it waits",
  "something at the start",
  "cancelled and wanted again",
  "last red after trouble",
  "word of an end is lost",
  "dialog in the pane",
  "end at the start",
] as const;
export type BriefAct = (typeof briefActs)[number];

export async function playBrief(act: BriefAct, day: Day, chance: Chance): Promise<void> {
  switch (act) {
    case "more while it waits":
      return moreWhileItWaits(day, chance);
    case "something at the start":
      return atTheStart(day, chance);
    case "cancelled and wanted again":
      return wantedAgain(day, chance);
    case "last red after trouble":
      return lastRed(day, chance);
    case "word of an end is lost":
      return lostWord(day, chance);
    case "dialog in the pane":
      return dialogInPane(day, chance);
    case "end at the start":
      return endAtStart(day, chance);
  }
}

const isNow = (day: Day, task: number, ...phases: readonly Work["phase"][]): boolean =>
  inPhase(day.state(), ...phases).some((w) => w.task === task);

/** Its author commits more, unasked: before it lands, or once nobody decided in time. */
async function moreWhileItWaits(day: Day, chance: Chance): Promise<void> {
  await someTask(day, chance);
  if (!(await comes(day, (s) => inPhase(s, "verifying").length > 0, 20_000))) return;
  const work = inPhase(day.state(), "verifying")[0];
  if (work === undefined) return;
  const { task, member } = work;
  const { approvalExpires, autoMerge } = day.policy;
  // Given nothing else meanwhile, its author stays on the branch.
  if (approvalExpires <= soon && !autoMerge.enabled) {
    await day.ada.says(`/pause ${member}`);
    await comes(day, (s) => hasExpired(s, task), approvalExpires + 15_000);
    if (hasExpired(day.state(), task)) await moreOf(day, work, chance);
    return void (await day.ada.says(`/resume ${member}`));
  }
  await day.ada.says("/pause");
  await comes(day, () => isNow(day, task, "asking", "queued"), 8_000);
  if (isNow(day, task, "asking")) {
    await day.ada.says(`/merge ${task}`);
    await comes(day, () => isNow(day, task, "queued"), 1_000);
  }
  if (isNow(day, task, "asking", "queued")) await moreOf(day, work, chance);
  await day.ada.says("/resume");
}

/** Cards of some days expire within a scene. ms */
const soon = 60_000;

/**
 * New commits supersede an open card: it is `reviewing` for that one line, and asked about no more. What waits behind
 * an expired card is verified as it stands.
 */
const hasExpired = (state: State, task: number): boolean =>
  inPhase(state, "asking").some((w) => w.task === task && proposalOf(w)?.state === "expired");

/** Making a branch ready takes no time by itself: here it does. */
async function atTheStart(day: Day, chance: Chance): Promise<void> {
  const { startTask } = day.repo;
  const isSentBack = chance.hits(0.5);
  const card = isSentBack ? await someCard(day, chance) : undefined;
  day.repo.startTask = async (...given) => {
    const life = day.life();
    await day.clock.sleep(6_000);
    // What a bot had begun ends with it.
    if (life.isDead()) return new Promise(() => undefined);
    return startTask(...given);
  };
  try {
    if (card === undefined) await someTask(day, chance);
    else await day.ada.presses("Send back", card, "make it better");
    const isIt = (w: Work): boolean => card === undefined || w.task === card.card?.subject.task;
    const started = (s: State): Work | undefined => inPhase(s, "starting").find(isIt);
    if (!(await comes(day, (s) => started(s) !== undefined, 15_000))) return;
    const work = started(day.state());
    if (work === undefined) return;
    if (card === undefined) await confirmed(day, `/task cancel ${work.task}`);
    else await moreOf(day, work, chance);
  } finally {
    day.repo.startTask = startTask;
  }
}

/** A person sets its file back to what is still to do. */
async function wantedAgain(day: Day, chance: Chance): Promise<void> {
  if (inPhase(day.state(), "cancelled").length === 0) {
    await someTask(day, chance);
    if (!(await comes(day, (s) => inPhase(s, "working").length > 0, 10_000))) return;
    await confirmed(day, `/task cancel ${inPhase(day.state(), "working")[0]?.task}`);
  }
  const some = inPhase(day.state(), "cancelled");
  if (some.length === 0) return;
  const { task } = chance.one(some);
  await comes(day, (s) => !s.boardDue.has(task), 5_000);
  day.edit(task, { status: "todo", assignee: null });
  await comes(day, () => !isNow(day, task, "cancelled"), 20_000);
}

/** Red as often as is allowed but once, then its gate cannot run; a person has it run again, and that is the last red. */
async function lastRed(day: Day, chance: Chance): Promise<void> {
  const title = `Stubborn ${chance.below(1_000_000)}`;
  const { maxRetries } = day.policy;
  const body = `write own${chance.below(1_000)}.js ok\nreds ${maxRetries}\nhow done`;
  await day.ada.says(`/task new "${title}" --priority critical --body "${body}"`);
  const it = (s: State): Work | undefined => [...s.work.values()].find((w) => w.title === title);
  if (!(await comes(day, (s) => it(s)?.reds === maxRetries, 60_000))) return;
  for (let n = 0; n < 2; n += 1) day.gate.next("infra");
  if (!(await comes(day, (s) => it(s)?.phase === "blocked", 40_000))) return;
  day.gate.next("red");
  await day.ada.says(`/retry ${it(day.state())?.task}`);
  await day.pass(2_000);
}

/** Its hook's last word of the turn never arrives; its screen can be read from here on, and shows what is so. */
async function lostWord(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  const isWorking = (s: State): boolean => s.seats.get(member)?.activity === "working";
  day.machine.vital.set(member, {
    get quietFor() {
      return day.isBusy(member) ? 0 : 5_000;
    },
    get reading() {
      return { shows: day.isBusy(member) ? "working" : "idle", what: "" } as const;
    },
    ...{ commands: [], screen: ["that was it", "› "] },
  });
  day.lose(member, "idle", 1);
  if (!isWorking(day.state())) await day.ada.says(`/send ${member} hello, are you well?`);
  if (await comes(day, isWorking, 8_000)) await comes(day, (s) => !isWorking(s), 45_000);
  day.lose(member, "idle", 0);
}

/** It asks in its pane: the agent ends there, or somebody answers and it goes on. */
async function dialogInPane(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  const isDoing = (activity: string) => (s: State) => {
    const seat = s.seats.get(member);
    return seat?.live !== null && seat?.activity === activity;
  };
  if (!isDoing("working")(day.state())) await day.ada.says(`/send ${member} think long`);
  if (!(await comes(day, isDoing("working"), 8_000))) return;
  askPermission(day, member, chance);
  if (!(await comes(day, isDoing("waiting"), 1_000))) return;
  if (chance.hits(0.5)) seatOf(day, member)?.exit(1);
  // A turn that ended by now says no more.
  else if (day.isBusy(member)) hook(day, member, { kind: "working", detail: "" });
  await day.pass(2_000);
}

/** Its agent ends before it has said a word. */
async function endAtStart(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  const isStarting = (s: State): boolean => {
    const seat = s.seats.get(member);
    return (seat?.live ?? null) !== null && seat?.parked === null && seat.activity === "starting";
  };
  day.lose(member, "idle", 1);
  await day.ada.says(`/restart ${member}`);
  await comes(day, isStarting, 8_000);
  day.lose(member, "idle", 0);
  // In any case: nobody would hear of one whose first word was lost.
  seatOf(day, member)?.exit(1);
  await day.pass(2_000);
}
