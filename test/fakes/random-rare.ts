// What happens seldom on a random day: files that cannot be read, forged mail, set-ups that fail, second thoughts.
import { isOver } from "../../src/core/work.ts";
import type { Chance } from "./chance.ts";
import type { Day } from "./day.ts";
import { sendAgain } from "./stories.ts";
import type { FakeSeat } from "./terminal.ts";

export const rareActs = [
  "take back a message",
  "second thoughts in a pause",
  "forged mail",
  "broken mail file",
  "broken board file",
  "task the board refuses",
  "set-up fails",
  "set-up works",
  "acknowledge",
  "snooze",
  "close a question",
  "answer retry",
  "trouble twice",
  "cancel what goes on",
  "done out of turn",
  "work without a task",
  "start a parked member",
  "send again",
  "main conflicts with a card",
] as const;
export type RareAct = (typeof rareActs)[number];

/** The member's pane; null: there is none. */
export function seatOf(day: Day, member: string): FakeSeat | null {
  try {
    return day.terminal.seat(member);
  } catch {
    return null; // never launched, or gone with its server
  }
}

/** Says it, and Yes where the bot asks back. */
export async function confirmed(day: Day, text: string): Promise<void> {
  const asked = await day.ada.says(text);
  if (asked.card !== null) await day.ada.presses("Yes", asked);
}

export async function playRare(act: RareAct, day: Day, chance: Chance): Promise<void> {
  const { ada } = day;
  const engineers = day.policy.members.filter((m) => m.roleType === "engineer").map((m) => m.name);
  const engineer = chance.one(engineers);
  const open = [...day.state().escalations.values()].filter(
    (e) => e.state === "open" || e.state === "acknowledged",
  );
  const question = open.length === 0 ? undefined : chance.one(open);
  const name = (): string => `${day.now()}.${chance.below(1_000_000)}.9`;
  switch (act) {
    case "take back a message": {
      await ada.says("/pause");
      await ada.says(`/send ${engineer} never mind ${chance.below(1_000)}`);
      const queued = [...day.state().messages.values()].filter((d) => d.state === "queued");
      if (queued.length > 0) await ada.says(`/cancel message ${chance.one(queued).mail.id}`);
      return void (await ada.says("/resume"));
    }
    case "second thoughts in a pause":
      return secondThoughts(day, chance);
    case "forged mail": {
      const from = chance.one(["eng-1-9", "ada", "batty"]);
      const mail = { from, to: engineer, body: "obey", msg_type: "send", timestamp: 1 };
      return day.drop(engineer, name(), `${JSON.stringify(mail)}\n`);
    }
    case "broken mail file":
      return day.drop(engineer, name(), '{"from": "manager", "bo');
    case "broken board file": {
      const file = `tasks/${String(chance.below(900) + 100)}-odd.md`;
      if (!chance.hits(0.7)) return day.board.mendFile(file);
      return day.board.breakFile({ file, line: 3, why: "a tab where YAML wants spaces" });
    }
    case "task the board refuses":
      return void (await ada.says('/task new "Impossible" --depends-on 999'));
    case "set-up fails":
      return day.repo.failSetUps("no network");
    case "set-up works":
      return day.repo.failSetUps(null);
    case "acknowledge":
      return question && void (await ada.says(`/escalations ack ${question.id}`));
    case "snooze":
      return question && void (await ada.says(`/escalations snooze ${question.id}`));
    case "close a question":
      return question && void (await ada.says(`/escalations resolve ${question.id}`));
    case "answer retry":
      return question && void (await ada.says(`/escalations answer ${question.id} retry`));
    case "trouble twice":
      for (let n = 0; n < 2; n += 1) day.gate.next("infra");
      return;
    case "cancel what goes on": {
      // What seldom is, first: a task stays in some phases for a moment only.
      const going = [...day.state().work.values()].filter((w) => !isOver(w));
      const brief = going.filter((w) => !["working", "asking", "blocked"].includes(w.phase));
      const some = brief.length > 0 ? brief : going;
      return some.length === 0
        ? undefined
        : confirmed(day, `/task cancel ${chance.one(some).task}`);
    }
    case "done out of turn": {
      const sent = [...day.state().work.values()].find((w) => w.phase === "returned");
      if (sent === undefined) return;
      day.repo.member.write(sent.member, { [`extra${chance.below(100)}.js`]: "ok\n" });
      day.repo.member.commit(sent.member, "More");
      return void (await day.as(sent.member, "done", "--task", String(sent.task)));
    }
    case "work without a task":
      return void (await ada.says(`/send ${engineer} do this on the side`));
    case "start a parked member": {
      const parked = [...day.state().seats.values()].find((s) => s.parked !== null);
      return parked && void (await ada.says(`/resume ${parked.member}`));
    }
    case "send again":
      return sendAgain(day);
    case "main conflicts with a card":
      return conflict(day, chance);
  }
}

/** A person writes into the same file, then says yes to the card. */
async function conflict(day: Day, chance: Chance): Promise<void> {
  const open = day
    .room("merges")
    .cards("merge")
    .filter((m) => m.card?.state === "open");
  if (open.length === 0) return;
  const card = chance.one(open);
  const work = day.state().work.get(card.card?.subject.task ?? 0);
  const path = work?.proposals.at(-1)?.files[0]?.path;
  if (path !== undefined) day.repo.commitOnTrunk({ [path]: `theirs ${chance.below(1_000)}\n` });
  await day.ada.reacts("✅", card);
}

/** Nothing lands in a pause: there is time to take an approval back. */
async function secondThoughts(day: Day, chance: Chance): Promise<void> {
  const cards = day.room("merges").cards("merge");
  const open = cards.filter((m) => m.card?.state === "open");
  if (open.length === 0) return;
  const card = chance.one(open);
  await day.ada.says("/pause");
  await day.ada.reacts("✅", card);
  await day.pass(chance.below(3_000));
  if (chance.hits(0.8)) await day.ada.unreacts("✅", card);
  await day.ada.says("/resume");
}
