// What people and the world do on a random day, one act at a time.
import type { Chance } from "./chance.ts";
import type { Message } from "./chat-desk.ts";
import type { Day } from "./day.ts";
import { type AimedAct, aimedActs, playAimed } from "./random-aimed.ts";
import { type BriefAct, briefActs, playBrief } from "./random-brief.ts";
import { confirmed, playRare, rareActs, seatOf } from "./random-rare.ts";
import { playStanding, type StandingAct, standingActs } from "./random-standing.ts";

export const acts = [
  "new task",
  "approve",
  "reject",
  "send back",
  "take back ✅",
  "approve by number",
  "send",
  "send now",
  "interrupt",
  "ask",
  "answer",
  "commit on main",
  "break main",
  "begin a merge",
  "open edits",
  "end a merge",
  "agent dies",
  "tmux dies",
  "tmux freezes",
  "tmux thaws",
  "swallow an Enter",
  "leave a draft",
  "scroll",
  "stop an agent",
  "pause",
  "resume",
  "restart member",
  "stop team",
  "start team",
  "edit done by hand",
  "gate trouble",
  "gate flake",
  "mail by file",
  "cancel task",
  "retry",
  "launches fail",
  "kill",
  ...rareActs,
  ...standingActs,
  ...aimedActs,
  ...briefActs,
] as const;
export type Act = (typeof acts)[number];

const isStanding = (act: Act): act is StandingAct => standingActs.some((each) => each === act);

const isBrief = (act: Act): act is BriefAct => briefActs.some((each) => each === act);

const isAimed = (act: Act): act is AimedAct => aimedActs.some((each) => each === act);

const paths = ["a.js", "b.js", "shared.js"];

const openCards = (day: Day): readonly Message[] =>
  day
    .room("merges")
    .cards("merge")
    .filter((m) => m.card?.state === "open");
const openQuestions = (day: Day): readonly Message[] =>
  day.chat.all().filter((m) => m.card?.kind === "question" && m.card.state === "open");

function body(chance: Chance): string {
  const lines = [
    `write ${chance.one([...paths, `own${chance.below(1_000)}.js`])} ok`,
    `reds ${chance.one([0, 0, 0, 1, 3])}`,
    `dies ${chance.one([0, 0, 0, 1])}`,
    `how ${chance.one(["done", "done", "turn", "late"])}`,
  ];
  return lines.join("\n");
}

/** Where people left something that must be cleared in the end. */
export interface Left {
  readonly drafts: Set<string>;
  /** Whose Enters were swallowed, each time. */
  readonly swallowed: string[];
}

export async function play(act: Act, day: Day, chance: Chance, left: Left): Promise<void> {
  const engineers = day.policy.members.filter((m) => m.roleType === "engineer").map((m) => m.name);
  const anyone = chance.one(day.policy.members).name;
  const engineer = chance.one(engineers);
  const task = 1 + chance.below(Math.max(1, day.state().work.size));
  const busy = [...day.state().seats.values()].find((s) => s.activity === "working")?.member;
  const live = (member: string): boolean => seatOf(day, member) !== null;
  const card = (): Message | undefined =>
    openCards(day).length === 0 ? undefined : chance.one(openCards(day));
  const { ada, repo, terminal } = day;
  switch (act) {
    case "new task": {
      const text = body(chance);
      const who = chance.hits(0.3) ? ` --assignee ${engineer}` : "";
      const after = chance.hits(0.2) && day.state().work.size > 0 ? ` --depends-on ${task}` : "";
      return void (await ada.says(
        `/task new "Task ${chance.below(1_000)}" --body "${text}"${who}${after}`,
      ));
    }
    case "approve": {
      const on = card();
      return (
        on && void (await (chance.hits(0.5) ? ada.reacts("✅", on) : ada.presses("Approve", on)))
      );
    }
    case "reject": {
      const on = card();
      return on && void (await ada.presses("Reject", on));
    }
    case "send back": {
      const on = card();
      return on && void (await ada.presses("Send back", on, "make it better"));
    }
    case "take back ✅": {
      const decided = day
        .room("merges")
        .cards("merge")
        .filter((m) => m.card?.state === "decided");
      return decided.length > 0 ? void (await ada.unreacts("✅", chance.one(decided))) : undefined;
    }
    case "approve by number":
      return void (await ada.says(`/merge ${task}`));
    case "send":
      return void (await ada.says(`/send ${anyone} hello ${chance.below(1_000)}`));
    case "send now":
      return void (await ada.says(`/send --now ${busy ?? anyone} listen ${chance.below(1_000)}`));
    case "interrupt":
      return void (await ada.says(`/interrupt ${busy ?? anyone}`));
    case "ask":
      return void (await ada.says(`/send ${engineer} ask me`));
    case "answer": {
      const open = openQuestions(day);
      return open.length > 0
        ? void (await ada.presses("Answer…", chance.one(open), "left"))
        : undefined;
    }
    case "commit on main":
      repo.commitOnTrunk({
        [chance.one([...paths, "theirs.js"])]: `theirs ${chance.below(1_000)}\n`,
      });
      return;
    case "break main":
      repo.commitOnTrunk({ "broken.js": chance.hits(0.5) ? "RED\n" : "mended\n" });
      return;
    case "begin a merge":
      return repo.person.begin(chance.one(["merge", "rebase", "cherry-pick"]));
    case "open edits":
      return repo.person.write({ [chance.one(paths)]: "mine\n" });
    case "end a merge":
      return endMerge(day);
    case "agent dies":
      if (live(anyone)) terminal.seat(anyone).exit(1);
      return;
    case "tmux dies":
      return terminal.crash();
    case "tmux freezes":
      return terminal.freeze();
    case "tmux thaws":
      return terminal.thaw();
    case "swallow an Enter":
      if (live(anyone)) terminal.seat(anyone).ignoredEnters = 1 + chance.below(2);
      left.swallowed.push(anyone);
      return void (await ada.says(`/send ${anyone} are you there`));
    case "leave a draft":
      if (live(anyone) && terminal.seat(anyone).composer === "") {
        terminal.seat(anyone).composer = "a draft";
        left.drafts.add(anyone);
      }
      return;
    case "scroll":
      return live(anyone) ? terminal.scroll(anyone, chance.hits(0.5)) : undefined;
    case "stop an agent":
      return live(anyone) ? terminal.stop(anyone, chance.hits(0.5)) : undefined;
    case "pause":
      return void (await ada.says(chance.hits(0.5) ? "/pause" : `/pause ${engineer}`));
    case "resume":
      return void (await ada.says(chance.hits(0.5) ? "/resume" : `/resume ${engineer}`));
    case "restart member":
      return void (await ada.says(`/restart ${anyone}`));
    case "stop team":
      return confirmed(day, "/stop");
    case "start team":
      return void (await ada.says("/start"));
    case "edit done by hand":
      if (day.state().work.has(task)) day.edit(task, { status: "done" });
      return;
    case "gate trouble":
      return day.gate.next(chance.hits(0.5) ? "infra" : "timeout");
    case "gate flake":
      return day.gate.next("red");
    case "mail by file": {
      const mail = {
        from: "manager",
        to: engineer,
        body: "by file",
        msg_type: "send",
        timestamp: 1,
      };
      return day.drop(
        engineer,
        `${day.now()}.${chance.below(1_000_000)}.9`,
        `${JSON.stringify(mail)}\n`,
      );
    }
    case "cancel task":
      return confirmed(day, `/task cancel ${task}`);
    case "retry":
      return void (await ada.says(`/retry ${task}`));
    case "launches fail":
      return terminal.failLaunches(anyone, chance.one([1, 3, 5, 7]));
    case "kill":
      return day.kill();
    default:
      if (isAimed(act)) return playAimed(act, day, chance);
      if (isBrief(act)) return playBrief(act, day, chance);
      return isStanding(act) ? playStanding(act, day, chance) : playRare(act, day, chance);
  }
}

export function endMerge(day: Day): void {
  day.repo.person.begin(null);
  for (const path of paths)
    day.repo.person.write({ [path]: day.repo.commitFiles("main").get(path) ?? null });
}
