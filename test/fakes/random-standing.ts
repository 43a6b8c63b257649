// What a random day does to the bot's surroundings: folders, disk, clocks of members, the team file, chats, quiet hours.
import type { Heard, Trouble } from "../../src/core/agent.ts";
import type { ConfigReading } from "../../src/core/input.ts";
import { known } from "../../src/core/words.ts";
import type { Chance } from "./chance.ts";
import type { Day } from "./day.ts";
import { seatKey } from "./signals.ts";

export const standingActs = [
  "worktree is deleted",
  "HEAD on no branch",
  "disk is low",
  "disk is full",
  "disk has space",
  "machine does not answer",
  "member stands still",
  "member never says a word",
  "loop stalls",
  "quiet by hand",
  "quiet is over",
  "forged signal",
  "agent decides",
  "team file breaks",
  "team file is mended",
  "chat refuses a post",
  "bob approves",
  "agent asks for permission",
  "permission is answered",
  "plan is used up",
  "agent logs out",
  "provider fails",
  "conversation grows",
] as const;
export type StandingAct = (typeof standingActs)[number];

const mib = 1024 ** 2;
const plenty = 50_000 * mib;
const bot = { name: "batty", via: "bot", tier: "admin" } as const;
const nothingRead: ConfigReading = { rejected: null, now: [], later: [] };

/** Seconds without a sign after which a member is told, on such a day. */
export const impatient = { stalledAfter: 40_000, silentAfter: 20_000 };

export async function playStanding(act: StandingAct, day: Day, chance: Chance): Promise<void> {
  const { ada, machine, repo } = day;
  const engineers = day.policy.members.filter((m) => m.roleType === "engineer").map((m) => m.name);
  const engineer = chance.one(engineers);
  const seats = [...day.state().seats.values()];
  const busy = seats.find((s) => s.activity === "working" && engineers.includes(s.member))?.member;
  const { loop, isDead } = day.life();
  switch (act) {
    case "worktree is deleted":
      return repo.member.lose(busy ?? engineer);
    case "HEAD on no branch": {
      const working = [...day.state().work.values()].find((w) => w.phase === "working");
      return working && repo.member.detach(working.member);
    }
    case "disk is low":
      machine.free = 300 * mib;
      return;
    case "disk is full":
      machine.free = 50 * mib;
      return;
    case "disk has space":
      machine.free = plenty;
      return;
    case "machine does not answer":
      machine.blind = chance.hits(0.5);
      return;
    case "member stands still":
      return standStill(day, engineer);
    case "member never says a word":
      day.lose(engineer, "started", 1);
      machine.vital.set(engineer, { quietFor: 0, commands: [], screen: ["Log in? [y/n]"] });
      await ada.says(`/restart ${engineer}`);
      return day.pass(30_000);
    case "loop stalls":
      if (isDead()) return;
      return loop.observe({
        stall: { at: day.now(), probe: known({ ms: 900, what: "a tick", times: 1 }) },
      });
    case "quiet by hand":
      return void (await ada.says(`/quiet ${chance.one(["1m", "10m"])}`));
    case "quiet is over":
      return void (await ada.says("/quiet off"));
    case "forged signal": {
      const kind = chance.one(["idle", "working", "taken"]);
      const text = { member: engineer, epoch: 1, kind, message: null, detail: "forged", ts: 1 };
      const key = seatKey("somebody", chance.below(9));
      const name = `${day.now()}.${String(chance.below(1_000_000)).padStart(6, "0")}.9`;
      return day.signals.drop(engineer, name, JSON.stringify({ ...text, key }));
    }
    case "agent decides":
      return void (await day.as(
        engineer,
        chance.one(["approve", "reject"]),
        `${chance.below(9) + 1}`,
      ));
    case "team file breaks":
      return tell(day, {
        ...nothingRead,
        rejected: [`team.yaml:${chance.below(9)}: what is that?`],
      });
    case "team file is mended":
      return tell(day, { ...nothingRead, now: ["approvals"] });
    case "chat refuses a post": {
      if (isDead()) return;
      const letter = `${day.now()}.${chance.below(1_000_000)}.elsewhere`;
      const what = { letter, chat: "elsewhere", room: "events", key: letter };
      return void (await loop.intend(bot, {
        type: "post-given-up",
        letter: { ...what, code: "chat.refused", say: "It does not take this." },
      }));
    }
    case "agent asks for permission":
      if (busy === undefined) await ada.says(`/send ${engineer} think long`);
      await day.pass(2_000);
      return askPermission(day, busy ?? engineer, chance);
    case "permission is answered": {
      const open = engineers.flatMap((name) =>
        day
          .room(name)
          .cards("permission")
          .filter((m) => m.card?.state === "open"),
      );
      if (open.length === 0) return;
      const card = chance.one(open);
      const { label } = chance.one(card.card?.actions ?? []);
      return void (await ada.presses(label, card, "not that one"));
    }
    case "plan is used up": {
      const until = chance.hits(0.5) ? day.now() + chance.one([20_000, 60_000]) : null;
      return fails(day, busy ?? engineer, { kind: "limit", until });
    }
    case "agent logs out":
      return fails(day, busy ?? engineer, { kind: "login", until: null });
    case "provider fails":
      return fails(day, busy ?? engineer, { kind: "overloaded", until: null });
    case "conversation grows":
      return grow(day, engineer, chance);
    case "bob approves": {
      const open = day
        .room("merges")
        .cards("merge")
        .filter((m) => m.card?.state === "open");
      if (open.length === 0) return;
      return void (await day.chat.person("bob", "approver").reacts("✅", chance.one(open)));
    }
  }
}

/** At the end of a turn that did not end its task, now and then beyond what is allowed. */
async function grow(day: Day, member: string, chance: Chance): Promise<void> {
  const holds = [...day.state().work.values()].some(
    (w) => w.member === member && w.phase === "working",
  );
  if (!holds) await day.ada.says(`/task new "Idea" --body "only think" --assignee ${member}`);
  await day.pass(15_000);
  const { loop, isDead } = day.life();
  if (isDead()) return;
  const epoch = day.state().seats.get(member)?.epoch ?? 0;
  const context = chance.one([100, 850]);
  const input = chance.below(1_000_000);
  const usage = { input, cached: 0, output: 1, cost: null, context, window: 1_000 };
  await loop.intend(bot, { type: "tell-usage", member, epoch, usage });
}

/** Its hook says that its turn ended badly. */
const fails = (day: Day, member: string, trouble: Trouble): void =>
  hook(day, member, { kind: "error", detail: "it failed", trouble });

/** Its hook says this. */
export function hook(day: Day, member: string, says: Omit<Heard, "message">): void {
  const epoch = day.state().seats.get(member)?.epoch ?? 0;
  const event = { says: [{ message: null, ...says }] };
  const key = seatKey(member, epoch);
  day.signal(member, JSON.stringify({ member, epoch, kind: "hook", ts: day.now(), key, event }));
}

/** Its hook waits as the agent's does: until it is answered, its bot dies, or it is answered in the pane. */
export function askPermission(day: Day, member: string, chance: Chance): void {
  const { loop, isDead } = day.life();
  const seat = day.state().seats.get(member);
  if (isDead() || seat?.activity !== "working") return;
  const command = chance.one(["make lint", "make $(cat x)", "git push", "npm test", "make docs"]);
  const request = { tool: "Bash", what: command, subject: command, cwd: "/work" };
  const { epoch } = seat;
  const id = `${day.now()}.${chance.below(1_000_000)}`;
  void loop.intend(bot, { type: "ask-permission", id, member, epoch, request });
  if (chance.hits(0.2)) void loop.intend(bot, { type: "permission-gone", id });
}

/** Works, and neither prints nor computes for a while; then it moves again or speaks. */
async function standStill(day: Day, member: string): Promise<void> {
  const since = day.now();
  const before = day.machine.vital.get(member);
  day.machine.vital.set(member, {
    get quietFor() {
      return day.now() - since;
    },
    commands: [],
    screen: ["press any key"],
  });
  await day.ada.says(`/send ${member} think long`);
  await day.pass(60_000);
  if (before === undefined) day.machine.vital.delete(member);
  else day.machine.vital.set(member, before);
}

async function tell(day: Day, reading: ConfigReading): Promise<void> {
  if (day.life().isDead()) return;
  await day.life().loop.intend(bot, { type: "tell-config", reading });
}

/** At a day's end the world is well again. */
export async function standWell(day: Day): Promise<void> {
  day.machine.free = plenty;
  day.machine.blind = false;
  // A screen that can be read stays so: a word that was lost on the way comes back by it alone.
  for (const [member, vital] of day.machine.vital)
    if (vital.reading === undefined) day.machine.vital.delete(member);
  for (const { name } of day.policy.members) day.lose(name, "started", 0);
  // A bot that is dead at that moment reads the file when it is back.
  do {
    await tell(day, { ...nothingRead, now: ["approvals"] });
    if (day.state().rejectedConfig.length > 0) await day.pass(2_500);
  } while (day.state().rejectedConfig.length > 0);
}

/** Who never said a word since its launch is started anew by a person; who rests goes on. */
export async function wakeUp(day: Day): Promise<void> {
  for (const { member, activity, live, setback } of day.state().seats.values())
    if (live !== null && activity === "starting") await day.ada.says(`/restart ${member}`);
    else if (setback !== null) await day.ada.says(`/resume ${member}`);
}
