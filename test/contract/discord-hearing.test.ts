// What people write and how they react on Discord, and what the bot makes of it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Card } from "../../src/core/card.ts";
import { post } from "../../src/core/views/post.ts";
import { accepted, refused, told } from "../fakes/desk.ts";
import type { Settings } from "../fakes/discord/server.ts";
import { openStage, type Stage } from "./discord-person-stage.ts";

async function ready(wish: Settings = {}) {
  const stage = await openStage(wish);
  await stage.ready();
  stage.desk.answers = () => accepted;
  return { ...stage, stage, ada: stage.member("ada", "admin") };
}

const saidTo = ({ desk }: Pick<Stage, "desk">) =>
  desk.asked.flatMap((a) => (a.what === "say" ? [a.said] : []));

const merge: Card = {
  ...{ kind: "merge", subject: { task: 12 }, title: "#12 Add JWT auth", tone: "calm", lines: [] },
  ...{ fields: [], actions: [], image: null, state: "open", footer: "" },
};

async function mergeCard(stage: Stage, key = "merge:12.1") {
  const title = `${merge.title} (${key})`;
  const made = post(key, "merges", title, { card: { ...merge, title } });
  if (!("post" in made)) throw new Error("no post");
  await stage.post(made.post);
  return stage.discord.room("merges").until((m) => m.text.includes(title));
}

describe("words on Discord", () => {
  it("in a member's thread are a directive to it, with their own message as the echo", async () => {
    const { ada, stage, desk, discord } = await ready();
    const said = await ada.say("eng-1-1", "build a REST API");
    await stage.until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]).toEqual({
      what: "say",
      by: { name: "ada", via: "discord", tier: "admin", id: ada.id },
      said: {
        ...{ text: "build a REST API", room: "eng-1-1", replyTo: null, files: [] },
        echo: `${discord.room("eng-1-1").id}/${said.id}`,
      },
    });
  });

  it("in a channel are the bot's only when they call it, reply to it, or are a command", async () => {
    const { ada, stage, discord } = await ready();
    const card = await mergeCard(stage);
    discord.makeRoom("talk");
    await ada.say("batty-commands", "good morning");
    await ada.say("talk", "/batty status");
    await ada.say("batty-commands", "/batty status");
    await ada.say("talk", `<@${discord.application}> pause eng-1-1`);
    await ada.say("batty-merges", "not like this", { reply_to: card });
    await stage.until("three", () => saidTo(stage).length === 3);
    const heard = saidTo(stage).map(({ text, room, replyTo }) => [text, room, replyTo]);
    // Each room has its own order.
    expect(heard.sort()).toEqual([
      ["/batty pause eng-1-1", "commands", null],
      ["/batty status", "commands", null],
      ["not like this", "merges", { key: "merge:12.1" }],
    ]);
  });

  it("are answered by a message that replies to them", async () => {
    const { ada, desk, discord } = await ready();
    desk.answers = () => told("Nobody waits.");
    const said = await ada.say("batty-commands", "/batty queue");
    const answer = await discord.room("commands").until((m) => m.text === "Nobody waits.");
    expect(answer.replyTo).toBe(said.id);
  });

  it("to the bot alone are answered there", async () => {
    const { ada, desk, discord } = await ready();
    desk.answers = () => told("Nobody waits.");
    await ada.dm("/batty queue");
    await discord.room(ada.dmRoom).until((m) => m.text === "Nobody waits.");
    expect(discord.room("commands").text()).not.toContain("Nobody waits.");
  });

  it("that reply to something the bot forgot are no order", async () => {
    const { ada, desk, ids, discord, stage } = await ready();
    const card = await mergeCard(stage);
    ids.clear();
    discord.advance(120_000);
    await ada.say("batty-merges", "yes", { reply_to: card });
    await discord.room("merges").until((m) => m.text.includes("don't know any more"));
    expect(desk.asked).toEqual([]);
  });

  it("bring their files along, stored before they are acted on, in order", async () => {
    const { ada, stage } = await ready();
    await ada.say("eng-1-1", "see this", { files: [{ name: "a log.txt", text: "boom" }] });
    await ada.say("eng-1-1", "and fix it");
    await stage.until("both", () => saidTo(stage).length === 2);
    const [first, second] = saidTo(stage);
    expect(first?.files?.[0]).toMatch(/^\/kept\/discord-\d+\/a_log\.txt$/);
    expect(second?.text).toBe("and fix it");
  });

  it("whose files lie elsewhere than on Discord go nowhere, and their sender is told", async () => {
    const { ada, stage, discord } = await ready();
    const { base } = discord.world;
    discord.world.base = base.replace("127.0.0.1", "localhost");
    await ada.say("eng-1-1", "see this", { files: [{ name: "log.txt", text: "boom" }] });
    discord.world.base = base;
    await discord.room("eng-1-1").until((m) => m.text.includes("log.txt was not sent along"));
    await ada.say("eng-1-1", "and fix it");
    await stage.until("the next", () => saidTo(stage).length === 1);
    expect(saidTo(stage)[0]?.text).toBe("and fix it");
  });

  it("that were said are said, whatever they are edited to, and that is told once", async () => {
    const { ada, desk, discord, stage } = await ready();
    const said = await ada.say("eng-1-1", "look at #12");
    await stage.until("it", () => desk.asked.length === 1);
    await ada.edit(said, "/batty merge 12");
    await discord.room("eng-1-1").until((m) => m.text.includes("no new order"));
    await ada.edit(said, "/batty merge 13");
    const talk = await ada.say("batty-commands", "good morning");
    await ada.edit(talk, "good evening");
    await ada.delete(said);
    await ada.say("eng-1-1", "next");
    await stage.until("the next", () => desk.asked.length === 2);
    expect(discord.room("commands").text()).not.toContain("no new order");
    expect(saidTo(stage).map((s) => s.text)).toEqual(["look at #12", "next"]);
    expect(
      discord
        .room("eng-1-1")
        .messages()
        .filter((m) => m.text.includes("no new order")),
    ).toHaveLength(1);
  });

  it("of bots, webhooks, the other server and the bot itself are nobody's", async () => {
    const { ada, desk, discord, stage } = await ready();
    discord.actor("helper", { bot: true });
    await discord.actor("helper").say("eng-1-1", "merge it");
    const eve = discord.actor("eve", { guild: discord.otherGuild });
    stage.grant("eve", "admin");
    await eve.say("general", `<@${discord.application}> merge 12`);
    await ada.say("eng-1-1", "hello");
    await stage.until("both", () => desk.asked.length >= 2);
    // From the other server it comes to the counter as a stranger's, for the audit. Of two channels either may be first.
    expect(desk.asked.map(({ by }) => `${by.name} ${by.tier}`).sort()).toEqual([
      "ada admin",
      `discord:${eve.id} none`,
    ]);
  });

  it("of a stranger get no word", async () => {
    const { desk, discord, stage, member } = await ready();
    desk.answers = ({ by }) => (by.tier === "none" ? refused("access.denied", "No.") : accepted);
    const mallory = member("mallory");
    const said = await mallory.say("eng-1-1", "delete everything");
    await mallory.dm("/batty stop");
    await stage.until("both", () => desk.asked.length === 2);
    await mallory.edit(said, "delete it all");
    await member("bob", "operator").say("eng-1-1", "hi");
    await stage.until("the third", () => desk.asked.length === 3);
    expect(
      discord
        .room("eng-1-1")
        .messages()
        .filter((m) => m.author === "Batty" && m.replyTo === said.id),
    ).toEqual([]);
    // Nor is their conversation looked through after each absence.
    await stage.die();
    const kept = await readFile(join(stage.dir, "discord", "heard.json"), "utf8");
    expect(JSON.parse(kept)).toMatchObject({ direct: [] });
    expect(
      discord
        .room(mallory.dmRoom)
        .messages()
        .filter((m) => m.author === "Batty"),
    ).toEqual([]);
  });

  it("count by the roles that somebody has", async () => {
    const { discord, desk, stage } = await ready();
    stage.grant("leads", "approver");
    await discord.actor("lin", { roles: ["leads"] }).say("eng-1-1", "go on");
    await stage.until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]?.by).toMatchObject({ name: "lin", tier: "approver" });
  });
});

describe("plain text that Discord keeps from the bot", () => {
  it("is explained once in a room, with a button that does instead, and all else works", async () => {
    const { ada, desk, discord, stage } = await ready({ contentIntent: false });
    await ada.say("eng-1-1", "build it");
    const told = await discord
      .room("eng-1-1")
      .until((m) => m.text.includes("can't read plain text"));
    await ada.say("eng-1-1", "did you hear?");
    const handle = await ada.press(told, "Message…");
    await handle.modal?.submit({ text: "build it" });
    await stage.until("it", () => desk.asked.length === 1);
    expect(saidTo(stage)[0]).toMatchObject({ text: "build it", room: "eng-1-1" });
    await ada.say("eng-1-1", `<@${discord.application}> and test it`);
    await stage.until("the mention", () => desk.asked.length === 2);
    expect(saidTo(stage)[1]?.text).toBe("and test it");
    expect(
      discord
        .room("eng-1-1")
        .messages()
        .filter((m) => m.text.includes("can't read")),
    ).toHaveLength(1);
  });

  it("is read as soon as the switch is on", async () => {
    const { ada, desk, discord, stage } = await ready({ contentIntent: false });
    discord.world.application.contentIntent = true;
    const identified = () =>
      discord.log.filter((l) => "op" in l && l.from === "bot" && l.op === 2).length;
    await stage.until(
      "a session with it",
      () => identified() === 2 && stage.state().state === "online",
    );
    await ada.say("eng-1-1", "build it");
    await stage.until("it", () => desk.asked.length === 1);
    expect(saidTo(stage)[0]?.text).toBe("build it");
  });
});

describe("a reaction on Discord", () => {
  const reactions = ({ desk }: Pick<Stage, "desk">) =>
    desk.asked.flatMap((a) => (a.what === "react" ? [[a.by.name, a.key, a.emoji, a.added]] : []));

  it("counts on a card that is older than the bot's process, and its removal too", async () => {
    const { ada, stage } = await ready();
    const card = await mergeCard(stage);
    await stage.die();
    await stage.revive();
    await stage.ready();
    await ada.react(card, "✅");
    await stage.until("it", () => reactions(stage).length === 1);
    await ada.unreact(card, "✅");
    await stage.until("the removal", () => reactions(stage).length === 2);
    expect(reactions(stage)).toEqual([
      ["ada", "merge:12.1", "✅", true],
      ["ada", "merge:12.1", "✅", false],
    ]);
  });

  it("that a former life heard is taken back in this one, also when the card asks nobody any more", async () => {
    const { ada, stage } = await ready();
    const card = await mergeCard(stage);
    await ada.react(card, "✅");
    await stage.until("it", () => reactions(stage).length === 1);
    stage.approved.add("merge:12.1");
    await stage.die();
    await stage.revive();
    await stage.ready();
    await ada.unreact(card, "✅");
    await stage.until("the removal", () => reactions(stage).length === 2);
    expect(reactions(stage)[1]).toEqual(["ada", "merge:12.1", "✅", false]);
  });

  it.each(["✅", null])("that a moderator takes off counts as taken back (%s)", async (emoji) => {
    const { ada, stage, member } = await ready();
    const bob = member("bob", "approver");
    const [open, approved, landed] = [
      await mergeCard(stage),
      await mergeCard(stage, "merge:13.1"),
      await mergeCard(stage, "merge:14.1"),
    ];
    for (const card of [open, approved, landed]) await ada.react(card, "✅");
    await bob.react(approved, "✅");
    await stage.until("them", () => reactions(stage).length === 4);
    stage.approved.add("merge:13.1");
    stage.landed.add("merge:14.1");
    for (const card of [landed, open, approved]) await ada.clearReactions(card, emoji);
    await stage.until("the removals", () => reactions(stage).length >= 7);
    const removals = reactions(stage).slice(4).map(String);
    expect(removals.sort()).toEqual(
      ["ada,merge:12.1,✅,false", "ada,merge:13.1,✅,false", "bob,merge:13.1,✅,false"].sort(),
    );
  });

  it("and a reply that are quicker than Discord's answer about the card are about that card", async () => {
    const { ada, stage, discord } = await ready();
    const slow = { match: "POST /channels/:channel/messages", afterStoring: true, delayMs: 700 };
    discord.faults.rest.next(slow);
    const posting = mergeCard(stage);
    const card = await discord.room("merges").until((m) => m.text.includes(merge.title));
    await ada.react(card, "✅");
    await ada.unreact(card, "✅");
    await ada.say("batty-merges", "what about the tests?", { reply_to: card });
    await posting;
    await stage.until("all", () => reactions(stage).length === 2 && saidTo(stage).length === 1);
    expect(reactions(stage).map(([, key, , added]) => [key, added])).toEqual([
      ["merge:12.1", true],
      ["merge:12.1", false],
    ]);
    expect(saidTo(stage)[0]?.replyTo).toEqual({ key: "merge:12.1" });
  });

  it("of two people in the same moment comes to the counter in order", async () => {
    const { ada, stage, member } = await ready();
    const bob = member("bob", "approver");
    const card = await mergeCard(stage);
    await Promise.all([ada.react(card, "✅"), bob.react(card, "❌")]);
    await stage.until("both", () => reactions(stage).length === 2);
    expect(reactions(stage)).toEqual([
      ["ada", "merge:12.1", "✅", true],
      ["bob", "merge:12.1", "❌", true],
    ]);
  });

  it("of a stranger comes as a stranger's; of bots, and on others' messages, not at all", async () => {
    const { ada, desk, stage, member, discord } = await ready();
    const mallory = member("mallory");
    const card = await mergeCard(stage);
    const said = await ada.say("batty-commands", "good morning");
    await discord.actor("helper", { bot: true }).react(card, "✅");
    await mallory.react(said, "✅");
    await mallory.react(said, "❌");
    await mallory.react(card, "✅");
    await stage.until("it", () => desk.asked.length === 1);
    expect(desk.asked[0]).toMatchObject({ what: "react", by: { tier: "none", id: mallory.id } });
  });

  it("takes back what its author said", async () => {
    const { ada, desk, stage, discord } = await ready();
    const said = await ada.say("eng-1-1", "build it");
    await stage.until("it", () => desk.asked.length === 1);
    await ada.react(said, "❌");
    await stage.until("the reaction", () => desk.asked.length === 2);
    expect(desk.asked[1]).toMatchObject({
      ...{ what: "react", emoji: "❌", added: true },
      key: `said:discord:${discord.room("eng-1-1").id}/${said.id}`,
    });
  });
});
