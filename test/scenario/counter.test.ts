import { describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import type { Desk, DeskAnswer } from "../../src/chat/desk.ts";
import { createRouter } from "../../src/chat/router.ts";
import type { Asked, Intent } from "../../src/core/input.ts";
import { type Caller, type Tier, tiers } from "../../src/core/words.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

/** Verb → who may, as the interface has it. `agents`: members' own, no person's. */
const may: Readonly<Record<string, Tier | "agents">> = {
  ack: "operator",
  approve: "approver",
  ask: "agents",
  assign: "operator",
  audit: "viewer",
  back: "approver",
  board: "viewer",
  "board deps": "viewer",
  "board list": "viewer",
  "board summary": "viewer",
  "cancel message": "operator",
  catchup: "viewer",
  diff: "viewer",
  dispatch: "viewer",
  done: "agents",
  "done wait": "agents",
  escalations: "viewer",
  "escalations ack": "operator",
  "escalations answer": "operator",
  "escalations resolve": "operator",
  "escalations snooze": "operator",
  "doctor note": "operator",
  "escalations wait": "viewer",
  help: "viewer",
  inbox: "operator",
  interrupt: "operator",
  logs: "viewer",
  merge: "operator",
  pause: "operator",
  peek: "viewer",
  queue: "viewer",
  quiet: "operator",
  read: "operator",
  reject: "approver",
  reload: "admin",
  restart: "operator",
  resume: "operator",
  retry: "operator",
  send: "operator",
  "send-again": "operator",
  standup: "viewer",
  start: "admin",
  status: "viewer",
  stop: "admin",
  "task block": "operator",
  "task cancel": "operator",
  "task depend": "operator",
  "task move": "operator",
  "task new": "operator",
  "task next": "agents",
  "task set": "operator",
  "task show": "viewer",
  "task unblock": "operator",
};
const forAgents = [
  ...["ack", "assign", "ask", "done", "done wait", "inbox", "read", "send"],
  ...["task block", "task depend", "task move", "task new", "task next", "task set"],
  ...["task show", "task unblock"],
];

const callers: readonly Caller["tier"][] = ["none", "team", ...tiers];
const caller = (tier: Caller["tier"]): Caller =>
  tier === "team"
    ? { name: "eng-1-1", via: "agent", tier }
    : { name: tier, via: "discord", tier, id: "5" };

const reaches = (has: Caller["tier"], needs: Tier | "agents"): boolean =>
  has !== "none" &&
  has !== "team" &&
  needs !== "agents" &&
  tiers.indexOf(has) >= tiers.indexOf(needs);

interface Counted {
  readonly desk: Desk;
  readonly wanted: { readonly by: Caller; readonly intent: Intent; readonly asked?: Asked }[];
  /** Commands that were let through. */
  readonly ran: string[];
}

/** The real counter over what a day has come to, where nothing has an effect. */
function counter(day: Day): Counted {
  const wanted: Counted["wanted"] = [];
  const ran: string[] = [];
  const desk = createRouter({
    commands: commands.map((c) => ({
      ...c,
      run() {
        ran.push(c.name);
        return { text: "done", json: null };
      },
    })),
    policy: () => day.policy,
    state: day.state,
    counter: () => ({ now: day.now, life: null, world: () => ({ board: null }) }) as never,
    async intend(by, intent, asked) {
      wanted.push({ by, intent, ...(asked === undefined ? {} : { asked }) });
      return { ok: true, recorded: [] };
    },
  });
  return { desk, wanted, ran };
}

const codeOf = (answer: DeskAnswer): string | null =>
  answer.kind === "refused" ? answer.refusal.code : null;
const refusals = ({ wanted }: Counted) =>
  wanted.filter((w) => w.intent.type === "note-visit" && w.intent.effect === "refused");

async function busyDay(): Promise<Day> {
  const day = await startDay({ team: simple({}, 1), agents: { "eng-1-1": worker } });
  await carded(day);
  await day.as("eng-1-1", "ask", "Which?", "--option", "A", "--option", "B");
  return day;
}

const said = (text: string, room = "commands") => ({ text, room, replyTo: null, echo: "m9" });
const signal = new AbortController().signal;

describe("the counter", () => {
  it("has one table of who may", () => {
    expect(commands.map((c) => c.name).sort()).toEqual(Object.keys(may).sort());
  });

  for (const tier of callers)
    it(`lets ${tier} use what the table says, slash or short, and on the shell`, async () => {
      const day = await startDay({ team: simple({}, 1), start: false });
      for (const command of commands) {
        const needs = may[command.name] ?? "admin";
        const isOpen =
          reaches(tier, needs) ||
          (tier === "team" && (needs === "viewer" || isForAgents(command.name)));
        const words = command.name.split(" ");
        const shell = counter(day);
        const reply = await shell.desk.run(caller(tier), words[0] ?? "", words.slice(1), signal);
        expect([command.name, reply.ok ? null : reply.refusal.code]).toEqual([
          command.name,
          isOpen ? (shell.ran.length === 0 ? "usage" : null) : "access.denied",
        ]);
        expect(refusals(shell)).toHaveLength(isOpen ? 0 : 1);
        if (tier === "team" || command.chat === false || needs === "agents") continue;
        // Without a member it is the bot that starts anew.
        const isOpenInChat = command.name === "restart" ? reaches(tier, "admin") : isOpen;
        for (const form of [`/batty ${command.name}`, `/${command.name}`]) {
          const chat = counter(day);
          const code = codeOf(await chat.desk.say(caller(tier), said(form)));
          expect([form, code === "access.denied"]).toEqual([form, !isOpenInChat]);
          expect(refusals(chat)).toHaveLength(isOpenInChat ? 0 : 1);
        }
      }
    });

  const isForAgents = (name: string): boolean => forAgents.includes(name);

  it("asks the same of plain text, buttons, reactions and what is said along", async () => {
    const day = await busyDay();
    const question = { key: "question:1" };
    const ways: readonly (readonly [
      string,
      Tier,
      verb: string,
      (desk: Desk, by: Caller) => Promise<DeskAnswer>,
    ])[] = [
      ["a directive", "operator", "send", (d, by) => d.say(by, said("hello", "eng-1-1"))],
      [
        "a reply",
        "operator",
        "answer",
        (d, by) => d.say(by, { ...said("A", "eng-1-1"), replyTo: question }),
      ],
      ["Approve", "approver", "approve", (d, by) => press(d, by, "m1.1.approve")],
      ["Reject", "approver", "reject", (d, by) => press(d, by, "m1.1.reject")],
      ["Send back", "approver", "back", (d, by) => press(d, by, "m1.1.back", "why")],
      ["Diff", "viewer", "diff", (d, by) => press(d, by, "m1.1.diff")],
      ["an option", "operator", "answer", (d, by) => press(d, by, "q1.answer.0")],
      ["an answer along", "operator", "answer", (d, by) => press(d, by, "q1.answer", "C")],
      ["I'm on it", "operator", "escalations ack", (d, by) => press(d, by, "q1.ack")],
      ["Send again", "operator", "send", (d, by) => press(d, by, "s1.000001.1.again")],
      ["Take back", "operator", "cancel message", (d, by) => press(d, by, "s1.000001.1.cancel")],
      ["✅", "approver", "approve", (d, by) => react(d, by, "✅")],
      ["👎", "approver", "reject", (d, by) => react(d, by, "👎")],
      ["✅ taken back", "approver", "withdraw", (d, by) => react(d, by, "✅", false)],
    ];
    for (const [way, needs, verb, go] of ways)
      for (const tier of callers.filter((t) => t !== "team")) {
        const at = counter(day);
        const code = codeOf(await go(at.desk, caller(tier)));
        const isOpen = reaches(tier, needs);
        expect([way, tier, code]).toEqual([way, tier, isOpen ? null : "access.denied"]);
        if (isOpen) continue;
        expect(at.wanted.map((w) => w.intent)).toEqual([
          {
            type: "note-visit",
            effect: "refused",
            code: "access.denied",
            needs: tier === "none" ? "viewer" : needs,
          },
        ]);
        expect(at.wanted[0]?.by.id).toBe("5");
        if (tier !== "none") expect(at.wanted[0]?.asked?.verb).toBe(verb);
      }
  });

  it("completes what the caller may use, and nothing for a stranger, which is noted", async () => {
    const day = await busyDay();
    const at = counter(day);
    const by = async (tier: Caller["tier"], text: string) =>
      (await at.desk.complete(caller(tier), text)).map(({ word }) => word);
    expect(await by("operator", "/batty st")).toEqual(["standup", "status"]);
    expect(await by("admin", "/st")).toEqual(["standup", "start", "status", "stop"]);
    expect(await by("viewer", "/appr")).toEqual([]);
    expect(await by("approver", "/approve ")).toEqual(["1"]);
    expect(await by("operator", "/task s")).toEqual(["set", "show"]);
    expect(await by("operator", "/send ")).toEqual(["architect", "manager", "eng-1-1"]);
    expect(at.wanted).toEqual([]);
    expect(await by("none", "/batty st")).toEqual([]);
    expect(refusals(at).map((r) => r.asked)).toEqual([
      { verb: "complete", args: "/batty st", message: null },
    ]);
  });
});

const press = (desk: Desk, by: Caller, action: string, text: string | null = null) =>
  desk.press(by, { action, text, message: "m4" });
const react = (desk: Desk, by: Caller, emoji: string, added = true) =>
  desk.react(by, { key: "merge:1:1", emoji, added, message: "m4" });
