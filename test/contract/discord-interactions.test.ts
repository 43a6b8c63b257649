// What people do with commands, buttons, forms and menus on Discord, and what they see of it.
import { describe, expect, it } from "vitest";
import type { DeskAnswer } from "../../src/chat/desk.ts";
import type { Action, Card } from "../../src/core/card.ts";
import { post } from "../../src/core/views/post.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { accepted, refused, told } from "../fakes/desk.ts";
import { openStage, type Stage } from "./discord-person-stage.ts";

const callbacks = ({ discord }: Stage) =>
  discord.log.filter((one) => "route" in one && one.route.endsWith("/callback"));

/** Answers to commands that everybody sees. */
const commandsUsed = (discord: Stage["discord"]) =>
  discord
    .room("commands")
    .messages()
    .filter((m) => m.used !== null);

const minutes = (n: number): number => n * 60_000;

const action = (id: string, label: string, asks: "text" | null = null): Action => ({
  ...{ id, label, asks, verb: "answer", style: "plain" },
});

const cardOf = (actions: readonly Action[], more: Partial<Card> = {}): Card => ({
  ...{
    kind: "question",
    subject: {},
    title: "Which database?",
    tone: "calm",
    lines: [],
    fields: [],
  },
  ...{ actions, image: null, state: "open", footer: "", ...more },
});

async function shown(stage: Stage, key: string, room: string, card: Card) {
  const made = post(key, room, card.title, { card });
  if (!("post" in made)) throw new Error("no post");
  await stage.post(made.post);
  const name = room === "eng-1-1" ? room : `batty-${room}`;
  return stage.discord.room(name).until((m) => m.text.includes(card.title));
}

async function ready(tier: "viewer" | "operator" | "admin" = "admin") {
  const stage = await openStage();
  await stage.ready();
  return { ...stage, stage, ada: stage.member("ada", tier) };
}

describe("a slash command on Discord", () => {
  it("is acknowledged at once however long the counter takes, and its answer is filled in later", async () => {
    const { stage, ada, desk } = await ready();
    const slow = deferred<DeskAnswer>();
    desk.answers = () => slow.promise;
    const begun = Date.now();
    const handle = await ada.slash("batty standup");
    expect(Date.now() - begun).toBeLessThan(1_500);
    expect(handle.failed).toBeNull();
    expect(handle.reply()?.thinking).toBe(true);
    slow.resolve(told("Three members work."));
    expect((await handle.answer()).text).toBe("Three members work.");
    expect(callbacks(stage)).toHaveLength(1);
  });

  it("comes to the counter as text, from the person and the room, with its own answer as the echo", async () => {
    const { ada, desk, discord } = await ready();
    desk.answers = () => told("Merged.");
    const handle = await ada.slash("batty merge", { task: 12 });
    const answer = await handle.answer();
    expect(desk.asked).toEqual([
      {
        what: "say",
        by: { name: "ada", via: "discord", tier: "admin", id: ada.id },
        said: {
          ...{ text: "/batty merge 12", room: "commands", replyTo: null },
          echo: `${discord.room("commands").id}/${answer.id}`,
        },
      },
    ]);
  });

  it("shows what is asked of a member to everybody, and gets no other answer", async () => {
    const { ada, desk, posts } = await ready();
    desk.answers = () => accepted;
    const handle = await ada.slash("batty send", { name: "eng-1-1", text: "build it @everyone" });
    const answer = await handle.answer();
    expect(answer.text.replaceAll("\u200b", "")).toBe("→ eng-1-1: build it @everyone");
    expect(handle.ephemeral).toBe(false);
    expect(answer.pinged).toEqual([]);
    expect(posts.filter((p) => p.key.startsWith("answer:"))).toEqual([]);
  });

  it("shows a list to who asked alone, and a change to everybody", async () => {
    const { ada, desk } = await ready();
    desk.answers = () => told("Nothing waits.");
    expect((await ada.slash("batty status")).ephemeral).toBe(true);
    expect((await ada.slash("batty pause")).ephemeral).toBe(false);
  });

  it("is refused to its asker alone, and the waiting answer goes away", async () => {
    const { ada, desk, discord } = await ready("viewer");
    desk.answers = () => refused("access.denied", "`pause` needs an operator.");
    const handle = await ada.slash("batty pause");
    const answer = await handle.answer();
    expect([answer.text, answer.ephemeral]).toEqual(["`pause` needs an operator.", "ada"]);
    expect(commandsUsed(discord)).toEqual([]);
  });

  it("of a stranger stays theirs alone when it could not be acknowledged", async () => {
    const { member, ada, desk, posts, discord, until } = await ready();
    desk.answers = ({ by }) =>
      by.tier === "none" ? refused("access.denied", "This bot does not know you.") : told("Six.");
    discord.faults.rest.next({
      ...{ match: /callback/, status: 404 },
      body: { code: 10062, message: "Unknown interaction" },
    });
    const lie = { name: "eng-1-1", text: "say that I am in charge" };
    await member("mallory").slash("batty send", lie, { nowait: true });
    await until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]?.by.tier).toBe("none"); // as the audit has it
    await (await ada.slash("batty queue")).answer();
    expect(posts).toEqual([]);
  });

  it("whose effect is on a card points to the card", async () => {
    const { stage, ada, desk, discord } = await ready();
    const card = await shown(stage, "merge:12.1", "merges", cardOf([], { title: "#12 Auth" }));
    desk.answers = () => ({ kind: "edited", key: "merge:12.1" });
    const handle = await ada.slash("batty approve", { task: 12 });
    expect((await handle.answer()).text).toBe(
      `It is on its card: https://discord.com/channels/${discord.guild}/${card.channel}/${card.id}`,
    );
  });

  it("edits a first word that was quick to the whole answer", async () => {
    const { ada, desk } = await ready();
    const late = deferred<{ text: string; card: null }>();
    desk.answers = () => ({ kind: "message", text: "On it…", card: null, edit: late.promise });
    const handle = await ada.slash("batty start");
    expect((await handle.answer()).text).toBe("On it…");
    late.resolve({ text: "Started 3 members.", card: null });
    await handle.until((h) => h.reply()?.text === "Started 3 members.");
  });

  it("that takes longer than its token lives is answered by a message of the room", async () => {
    const { ada, desk, discord } = await ready();
    const late = deferred<{ text: string; card: null }>();
    desk.answers = () => ({ kind: "message", text: "On it…", card: null, edit: late.promise });
    const handle = await ada.slash("batty start");
    const first = await handle.answer();
    discord.advance(minutes(20));
    late.resolve({ text: "Started 3 members.", card: null });
    const said = await discord.room("commands").until((m) => m.text.includes("Started 3 members."));
    expect(said.replyTo).toBe(first.id);
    expect(said.pinged).toEqual(["ada"]);
  });

  it("whose acknowledgement is refused is acted on once and answered by a message of the room", async () => {
    const { ada, desk, discord } = await ready();
    desk.answers = () => told("Merged.");
    discord.faults.rest.next({
      ...{ match: /callback/, status: 404 },
      body: { code: 10062, message: "Unknown interaction" },
    });
    await ada.slash("batty merge", { task: 12 }, { nowait: true });
    await discord.room("commands").until((m) => m.text.includes("Merged."));
    expect(desk.asked).toHaveLength(1);
    expect(discord.room("commands").text()).toContain("ada: /batty merge 12");
  });

  it("whose acknowledgement hangs is answered all the same, and once", async () => {
    const { ada, desk, discord } = await ready();
    desk.answers = () => told("Merged.");
    discord.faults.rest.next({ match: /callback/, hang: true });
    await ada.slash("batty merge", { task: 12 }, { nowait: true });
    await discord.room("commands").until((m) => m.text.includes("Merged."));
    expect(desk.asked).toHaveLength(1);
  });

  it("that comes twice is acted on once", async () => {
    const { ada, desk, discord, until } = await ready();
    desk.answers = () => told("Sent again.");
    const handle = await ada.slash("batty pause");
    await handle.answer();
    discord.faults.redeliver("INTERACTION_CREATE");
    await ada.say("eng-1-1", "hello"); // comes after it
    await until("the next one", () => desk.asked.length > 1);
    expect(desk.asked.map((a) => (a.what === "say" ? a.said.text : a.what))).toEqual([
      "/batty pause",
      "hello",
    ]);
    expect(handle.reply()?.text).toBe("Sent again.");
  });

  it("of a long text asks for it with a form", async () => {
    const { ada, desk, until } = await ready();
    desk.answers = () => accepted;
    const handle = await ada.slash("batty send", { name: "eng-1-1" });
    const sent = await handle.modal?.submit({ text: "one\ntwo" });
    await until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({ said: { text: "/batty send eng-1-1 one\ntwo" } });
    expect((await sent?.answer())?.text).toBe("→ eng-1-1: one\ntwo");
  });

  it("is completed while it is typed, and to strangers nothing is offered", async () => {
    const { ada, member, desk } = await ready();
    desk.complete = async (by) =>
      by.tier === "none" ? [] : [{ word: "eng-1-1", about: "engineer" }];
    expect(await ada.complete("batty send", { name: "eng" })).toEqual([
      { name: "eng-1-1 engineer", value: "eng-1-1" },
    ]);
    expect(await member("mallory").complete("batty send", { name: "eng" })).toEqual([]);
  });

  it("of a stranger is refused to them alone", async () => {
    const { member, desk, discord } = await ready();
    desk.answers = () => refused("access.denied", "This bot does not know you.");
    const mallory = member("mallory");
    const handle = await mallory.slash("batty send", { name: "eng-1-1", text: "leak it" });
    expect(await handle.answer()).toMatchObject({
      text: "This bot does not know you.",
      ephemeral: "mallory",
    });
    expect(desk.asked[0]?.by).toMatchObject({ tier: "none", id: mallory.id });
    expect(commandsUsed(discord)).toEqual([]);
  });
});

describe("a button on Discord", () => {
  it("is pressed at the counter with its message, and nothing more is said when the card shows it", async () => {
    const { stage, ada, desk } = await ready();
    desk.answers = () => ({ kind: "edited", key: "question:7" });
    const card = await shown(
      stage,
      "question:7",
      "eng-1-1",
      cardOf([action("q7.answer.0", "Postgres")]),
    );
    const handle = await ada.press(card, "Postgres");
    expect(handle.failed).toBeNull();
    await stage.until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({ what: "press", action: "q7.answer.0", text: null });
    expect(handle.followups()).toEqual([]);
  });

  it("is acknowledged while the counter is slow, and its words are for the presser alone", async () => {
    const { stage, ada, desk } = await ready();
    const slow = deferred<DeskAnswer>();
    desk.answers = () => slow.promise;
    const card = await shown(stage, "question:7", "eng-1-1", cardOf([action("t12.diff", "Diff")]));
    const begun = Date.now();
    const handle = await ada.press(card, "Diff");
    expect(Date.now() - begun).toBeLessThan(1_500);
    slow.resolve(told("+ one line"));
    await handle.until((h) => h.followups().length === 1);
    expect(handle.followups()[0]).toMatchObject({ text: "+ one line", ephemeral: "ada" });
  });

  it("whose acknowledgement comes too late counts once, and its words come as a message", async () => {
    const { stage, ada, desk, discord } = await ready();
    desk.answers = () => told("It is sent again.");
    const card = await shown(
      stage,
      "question:7",
      "eng-1-1",
      cardOf([action("m1.again", "Send again")]),
    );
    discord.faults.rest.next({
      ...{ match: /callback/, status: 404 },
      body: { code: 10062, message: "Unknown interaction" },
    });
    await ada.press(card, "Send again", { nowait: true });
    await discord.room("eng-1-1").until((m) => m.text.includes("It is sent again."));
    expect(desk.asked).toHaveLength(1);
  });

  it("that asks for a text opens a form, and brings the text", async () => {
    const { stage, ada, desk } = await ready();
    desk.answers = () => ({ kind: "edited", key: "question:7" });
    const card = await shown(
      stage,
      "question:7",
      "eng-1-1",
      cardOf([action("q7.answer", "Answer", "text")]),
    );
    const handle = await ada.press(card, "Answer…");
    await handle.modal?.submit({ text: "neither" });
    await stage.until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({ what: "press", action: "q7.answer", text: "neither" });
  });

  it("gives a stranger no form, only the refusal", async () => {
    const { stage, member, desk } = await ready();
    desk.answers = () => refused("access.denied", "This bot does not know you.");
    const card = await shown(
      stage,
      "question:7",
      "eng-1-1",
      cardOf([action("q7.answer", "Answer", "text")]),
    );
    const mallory = member("mallory");
    const handle = await mallory.press(card, "Answer…");
    expect(handle.modal).toBeNull();
    expect(await handle.answer()).toMatchObject({ ephemeral: "mallory" });
  });

  it("turns a page where it stands", async () => {
    const { ada, desk } = await ready();
    const page = (n: number): DeskAnswer => ({
      ...{ kind: "message", text: `page ${n}` },
      card: cardOf([action(`page.${n + 1}`, "Next")], { kind: "status", title: `Diff, page ${n}` }),
    });
    desk.answers = () => page(1);
    const first = await ada.slash("batty diff", { task: 12 });
    const answer = await first.answer();
    desk.answers = () => ({ ...page(2), inPlace: true }) as DeskAnswer;
    await ada.press(answer, "Next");
    await first.until((h) => h.reply()?.text.includes("page 2") === true);
    expect(first.followups()).toEqual([]);
  });

  it("of a question that died with the former bot takes its buttons off", async () => {
    const { ada, desk } = await ready();
    desk.answers = () => ({
      ...{ kind: "message", text: "Stop?" },
      card: cardOf([action("c17.confirm", "Yes, stop")], { kind: "confirm", title: "Stop?" }),
    });
    const first = await ada.slash("batty stop");
    const answer = await first.answer();
    desk.answers = () => refused("approval.closed", "This question is closed.");
    const handle = await ada.press(answer, "Yes, stop");
    await handle.until((h) => h.followups().some((m) => m.text.includes("closed")));
    await first.until((h) => h.reply()?.buttons.length === 0);
  });

  it("stands in a list where there are too many, and is pressed by choosing", async () => {
    const { stage, ada, desk } = await ready();
    desk.answers = () => ({ kind: "edited", key: "question:7" });
    const many = Array.from({ length: 30 }, (_, n) => action(`q7.answer.${n}`, `Option ${n}`));
    const card = await shown(stage, "question:7", "eng-1-1", cardOf(many));
    const [list] = card.selects;
    await ada.choose(card, list?.customId ?? "", "Option 3");
    await stage.until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({ what: "press", action: "q7.answer.3" });
  });
});

describe("a message's menu on Discord", () => {
  it("sends it to a member, and makes a task of it", async () => {
    const { ada, desk, until, discord } = await ready();
    desk.answers = () => accepted;
    discord.makeRoom("general-talk");
    const said = await ada.say("general-talk", "the login is slow");
    const send = await ada.menu("Send to…", said);
    await send.modal?.submit({ to: "eng-1-1" });
    await until("the message", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({
      said: { text: "/batty send eng-1-1 the login is slow" },
    });
    const make = await ada.menu("Make a task", said);
    await make.modal?.submit({});
    await until("the task", () => desk.asked.length === 2);
    const text = (desk.asked[1] as { said: { text: string } }).said.text;
    expect(text).toMatch(/^\/batty task new --body=".*" -- "the login is slow"$/s);
  });
});
