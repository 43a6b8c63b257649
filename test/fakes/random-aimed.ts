// Short scenes for what seldom comes about by itself: each brings a task, a card or a question to where it stays for a
// moment only, and does something there.
import { isOpen, type State, type Work } from "../../src/core/state.ts";
import { Failure } from "../../src/core/words.ts";
import type { Chance } from "./chance.ts";
import type { Message } from "./chat-desk.ts";
import type { Day } from "./day.ts";
import { confirmed, seatOf } from "./random-rare.ts";

export const aimedActs = [
  "rest a question",
  "trouble of one file again",
  "change of mind in a pause",
  "something at the gate",
  "something in review",
  "red after trouble",
  "expired card",
  "start that fails",
  "late word",
  "decide twice",
  "cannot start",
  "receipt after the end",
  "main breaks before a landing",
] as const;
export type AimedAct = (typeof aimedActs)[number];

export async function playAimed(act: AimedAct, day: Day, chance: Chance): Promise<void> {
  switch (act) {
    case "rest a question":
      return restQuestion(day, chance);
    case "trouble of one file again":
      return breakAgain(day, chance);
    case "change of mind in a pause":
      return changeOfMind(day, chance);
    case "something at the gate":
      return atTheGate(day, chance);
    case "something in review":
      return inReview(day, chance);
    case "red after trouble":
      return redAfterTrouble(day, chance);
    case "expired card":
      return expiredCard(day);
    case "start that fails":
      return startFails(day, chance);
    case "late word":
      return lateWord(day, chance);
    case "decide twice":
      return decideTwice(day, chance);
    case "cannot start":
      return cannotStart(day, chance);
    case "receipt after the end":
      return receiptAfterEnd(day, chance);
    case "main breaks before a landing":
      return breakBeforeLanding(day, chance);
  }
}

export const engineersOf = (day: Day): readonly string[] =>
  day.policy.members.filter((m) => m.roleType === "engineer").map((m) => m.name);

/** Whether it came within this time; a day goes on without it. */
export async function comes(
  day: Day,
  what: (state: State) => boolean,
  ms: number,
): Promise<boolean> {
  const limit = day.now() + ms;
  while (!what(day.state()) && day.now() < limit) await day.pass(200);
  return what(day.state());
}

export const inPhase = (state: State, ...phases: readonly Work["phase"][]): readonly Work[] =>
  [...state.work.values()].filter((w) => phases.includes(w.phase));

/** A small task, unless somebody is at one. */
export async function someTask(day: Day, chance: Chance): Promise<void> {
  if (inPhase(day.state(), "starting", "working").length > 0) return;
  const body = `write own${chance.below(1_000)}.js ok\nhow done`;
  await day.ada.says(`/task new "Small ${chance.below(1_000)}" --body "${body}"`);
}

/** A card that waits for people: one that is there, or a new task's. */
export async function someCard(day: Day, chance: Chance): Promise<Message | undefined> {
  const isOfOpen = (m: Message): boolean => m.card?.state === "open";
  const cards = (): readonly Message[] => day.room("merges").cards("merge").filter(isOfOpen);
  if (cards().length === 0) await someTask(day, chance);
  await comes(day, () => cards().length > 0, 25_000);
  return cards().at(-1);
}

/** Its author commits more and says that it is done, out of turn. */
export async function moreOf(day: Day, { member, task }: Work, chance: Chance): Promise<void> {
  day.repo.member.write(member, { [`extra${chance.below(100)}.js`]: "ok\n" });
  day.repo.member.commit(member, "More");
  await day.as(member, "done", "--task", String(task));
}

async function restQuestion(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  const question = `What now, ${chance.below(1_000_000)}?`;
  const asks = () => day.as(member, "ask", question, "--option", "left");
  await asks();
  const e = [...day.state().escalations.values()].findLast(
    (each) => isOpen(each) && each.question === question,
  );
  if (e === undefined) return;
  const { ada } = day;
  const rests = [`/escalations ack ${e.id}`, `/escalations snooze ${e.id} 2s`];
  for (let n = chance.below(3); n >= 0; n -= 1) await ada.says(chance.one(rests));
  const end = chance.one(["answer", "resolve", "anew", "wait"]);
  if (end === "answer") await ada.says(`/escalations answer ${e.id} left`);
  else if (end === "resolve") await ada.says(`/escalations resolve ${e.id}`);
  else {
    if (end === "wait") await day.pass(7_000);
    await asks(); // withdraws the former
  }
}

async function breakAgain(day: Day, chance: Chance): Promise<void> {
  const file = `tasks/${950 + chance.below(3)}-odd.md`;
  for (let n = 0; n < 3; n += 1) {
    day.board.breakFile({ file, line: 3, why: `odd sign ${chance.below(1_000_000)}` });
    day.life().nudge("board");
    await day.pass(1_000);
  }
  if (chance.hits(0.5)) day.board.mendFile(file);
}

/** Nothing lands in a pause: what is queued stays so until the end of it. */
async function changeOfMind(day: Day, chance: Chance): Promise<void> {
  const { ada } = day;
  const card = await someCard(day, chance);
  const task = card?.card?.subject.task;
  if (card === undefined || task === undefined) return;
  await ada.says("/pause");
  await ada.reacts("✅", card);
  if (day.policy.approvals > 1) await day.chat.person("bob", "approver").reacts("✅", card);
  const path = day.state().work.get(task)?.proposals.at(-1)?.files[0]?.path;
  const change = chance.one(["withdraw", "cancel", "conflict"]);
  if (change === "withdraw") await ada.unreacts("✅", card);
  else if (change === "cancel") await confirmed(day, `/task cancel ${task}`);
  else if (path !== undefined)
    day.repo.commitOnTrunk({ [path]: `theirs ${chance.below(1_000)}\n` });
  await day.pass(1_000);
  await ada.says("/resume");
}

async function atTheGate(day: Day, chance: Chance): Promise<void> {
  await someTask(day, chance);
  if (!(await comes(day, (s) => inPhase(s, "verifying").length > 0, 20_000))) return;
  const [work] = inPhase(day.state(), "verifying");
  if (work !== undefined) await confirmed(day, `/task cancel ${work.task}`);
}

/** A look at a change takes no time by itself: here it does. */
async function inReview(day: Day, chance: Chance): Promise<void> {
  const { change } = day.repo;
  day.repo.change = async (...given) => {
    await day.clock.sleep(6_000);
    return change(...given);
  };
  try {
    await someTask(day, chance);
    const then = chance.one(["cancel", "cancel", "again", "conflict"]);
    if (then === "conflict") return await conflictAtGate(day, chance);
    if (!(await comes(day, (s) => inPhase(s, "reviewing").length > 0, 20_000))) return;
    const [work] = inPhase(day.state(), "reviewing");
    if (work === undefined) return;
    if (then === "cancel") return await confirmed(day, `/task cancel ${work.task}`);
    await moreOf(day, work, chance);
  } finally {
    day.repo.change = change;
  }
}

/** Main goes the other way while a change is tested. */
async function conflictAtGate(day: Day, chance: Chance): Promise<void> {
  if (!(await comes(day, (s) => inPhase(s, "verifying").length > 0, 20_000))) return;
  const [work] = inPhase(day.state(), "verifying");
  for (const path of day.repo.commitFiles(work?.done?.commit ?? "main").keys())
    day.repo.commitOnTrunk({ [path]: `theirs ${chance.below(1_000)}\n` });
  await day.pass(8_000);
}

/** Its gate cannot run, people have it run again, and then it is red. */
async function redAfterTrouble(day: Day, chance: Chance): Promise<void> {
  const before = new Set(inPhase(day.state(), "blocked").map((w) => w.task));
  await someTask(day, chance);
  for (let n = 0; n < 2; n += 1) day.gate.next("infra");
  const isBlocked = (w: Work): boolean => !before.has(w.task) && w.done !== null;
  if (!(await comes(day, (s) => inPhase(s, "blocked").some(isBlocked), 40_000))) return;
  const work = inPhase(day.state(), "blocked").find(isBlocked);
  if (chance.hits(0.7)) day.gate.next("red");
  await day.ada.says(`/retry ${work?.task}`);
  await day.pass(2_000);
}

async function expiredCard(day: Day): Promise<void> {
  const expired = [...day.state().work.values()].find(
    (w) => w.phase === "asking" && w.proposals.at(-1)?.state === "expired",
  );
  if (expired === undefined) return day.pass(30_000);
  await day.ada.says(`/merge ${expired.task}`);
}

async function startFails(day: Day, chance: Chance): Promise<void> {
  day.repo.failSetUps("no network");
  await someTask(day, chance);
  await day.pass(chance.one([2_000, 15_000]));
  day.repo.failSetUps(null);
}

/** The agent ends in the middle of what it had taken. */
async function lateWord(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  await day.ada.says(`/send ${member} think long`);
  const isTaken = (s: State): boolean =>
    [...s.messages.values()].some((d) => d.mail.to === member && d.state === "taken");
  if (!(await comes(day, isTaken, 10_000))) return;
  await day.ada.says(`/restart ${member}`);
}

/** People decide on a card, and at once something else about its task. */
async function decideTwice(day: Day, chance: Chance): Promise<void> {
  const card = await someCard(day, chance);
  const task = card?.card?.subject.task;
  const work = task === undefined ? undefined : day.state().work.get(task);
  if (card === undefined || work === undefined) return;
  const [first, then] = chance.one([
    ["Send back", "cancel"],
    ["Send back", "done"],
    ["Reject", "retry"],
    ["Reject", "retry"],
    ["Reject", "cancel"],
    [null, "cancel"],
  ] as const);
  // In a pause nobody is told at once to go on.
  if (first === "Send back") await day.ada.says("/pause");
  if (first !== null) await day.ada.presses(first, card, "make it better");
  if (then === "cancel") await confirmed(day, `/task cancel ${task}`);
  else if (then === "retry") await day.ada.says(`/retry ${task}`);
  else await moreOf(day, work, chance);
  if (first === "Send back") await day.ada.says("/resume");
}

/** Trunk turns red while a change waits in a pause to land alone. */
async function breakBeforeLanding(day: Day, chance: Chance): Promise<void> {
  await day.ada.says("/pause");
  await someTask(day, chance);
  if (await comes(day, (s) => inPhase(s, "queued").length > 0, 20_000)) {
    day.repo.commitOnTrunk({ "broken.js": `RED ${chance.below(1_000)}\n` });
    await day.pass(8_000);
  }
  day.repo.commitOnTrunk({ "broken.js": `mended ${chance.below(1_000)}\n` });
  await day.ada.says("/resume");
}

/** Its agent ends at once, as often as it is started, until it is parked; then a person starts it again. */
async function cannotStart(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  const isParked = (s: State): boolean => (s.seats.get(member)?.parked ?? null) !== null;
  day.terminal.failLaunches(member, 9);
  await day.ada.says(`/restart ${member}`);
  await comes(day, isParked, 40_000);
  if (chance.hits(0.5)) day.terminal.failLaunches(member, 0);
  await day.ada.says(`/resume ${member}`);
  await day.pass(3_000);
}

/** It takes a message and ends, and its end is heard of before its receipt. */
async function receiptAfterEnd(day: Day, chance: Chance): Promise<void> {
  const member = chance.one(engineersOf(day));
  const { list } = day.signals;
  const before = day.turns.length;
  try {
    day.signals.list = async () => {
      throw new Failure("io.failed", "the folder cannot be read");
    };
    await day.ada.says(`/send ${member} hello once more`);
    const isTaken = (): boolean => day.turns.slice(before).some((t) => t.member === member);
    if (!(await comes(day, isTaken, 10_000))) return;
    seatOf(day, member)?.exit(1);
    const isLost = (s: State): boolean =>
      [...s.messages.values()].findLast((d) => d.mail.to === member)?.state === "failed";
    await comes(day, isLost, 4_000);
  } finally {
    day.signals.list = list;
    day.life().nudge("signals");
  }
}
