// The line to Discord when it breaks, is refused, lies or was not there for a while.
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { guardAgainstLibrary } from "../../src/chat/discord/guard.ts";
import type { Card } from "../../src/core/card.ts";
import { post, postOf } from "../../src/core/views/post.ts";
import { accepted, told } from "../fakes/desk.ts";
import { take } from "../fakes/discord/speak.ts";
import { openStage, type Stage } from "./discord-person-stage.ts";

async function ready(wish: Parameters<typeof openStage>[0] = {}) {
  const stage = await openStage(wish);
  await stage.ready();
  stage.desk.answers = () => accepted;
  return { ...stage, stage, ada: stage.member("ada", "admin") };
}

const texts = ({ desk }: Pick<Stage, "desk">) =>
  desk.asked.flatMap((a) => (a.what === "say" ? [a.said.text] : []));
const ops = ({ discord }: Pick<Stage, "discord">, op: number) =>
  discord.log.filter((l) => "op" in l && l.from === "bot" && l.op === op).length;
const identify = 2;
const resume = 6;
const lines = ({ posts }: Pick<Stage, "posts">) =>
  posts.filter((p) => p.key.startsWith("back:")).map((p) => p.text);
const online = (stage: Stage) => stage.until("online", () => stage.state().state === "online");
const away = (stage: Stage) => stage.until("away", () => stage.state().state !== "online");
const minutes = (n: number): number => n * 60_000;

async function mergeCard(stage: Stage, task = 12) {
  const card: Card = {
    ...{ kind: "merge", subject: { task }, title: `#${task} Auth`, tone: "calm", lines: [] },
    ...{ fields: [], actions: [], image: null, state: "open", footer: "" },
  };
  const made = post(`merge:${task}.1`, "merges", card.title, { card });
  if ("post" in made) await stage.post(made.post);
  return stage.discord.room("merges").until((m) => m.text.includes(card.title));
}

describe("a line to Discord", () => {
  it("that drops is resumed, and what was said meanwhile is heard once", async () => {
    const { ada, stage, discord } = await ready();
    discord.faults.dropGateway();
    await away(stage);
    for (const n of [1, 2, 3]) await ada.say("eng-1-1", `order ${n}`);
    await online(stage);
    await stage.until("all", () => texts(stage).length === 3);
    expect(texts(stage)).toEqual(["order 1", "order 2", "order 3"]);
    expect([ops(stage, resume), ops(stage, identify)]).toEqual([1, 1]);
  });

  it("whose session is gone is begun anew: what is young is acted on, what is old is listed, and one line says so", async () => {
    const { ada, stage, discord } = await ready();
    await ada.say("eng-1-1", "before");
    await stage.until("before", () => texts(stage).length === 1);
    discord.faults.refuseGateway(1012);
    discord.faults.closeWith(4009);
    await away(stage);
    await ada.say("eng-1-1", "old order");
    await ada.say("batty-commands", "/batty merge 12");
    discord.advance(minutes(6));
    await ada.say("eng-1-1", "young order");
    discord.faults.refuseGateway(null);
    await online(stage);
    await stage.until("the line", () => lines(stage).length === 1);
    expect(texts(stage)).toEqual(["before", "young order"]);
    const listed = stage.posts.filter((p) => p.key.startsWith("stale:"));
    expect(listed.map((p) => p.text.split("\n").slice(1))).toEqual([
      ["ada: old order"],
      ["ada: /batty merge 12"],
    ]);
    expect(lines(stage)[0]).toMatch(
      /^Back on Discord after 6 min( \d s)?: 1 handled now, 2 too old, only listed\.$/,
    );
    // Nor are they acted on when the line is lost once more.
    discord.faults.invalidSession(false);
    await stage.until("a third session", () => ops(stage, identify) >= 3);
    await online(stage);
    await ada.say("eng-1-1", "after");
    await stage.until("after", () => texts(stage).includes("after"));
    expect(texts(stage)).toEqual(["before", "young order", "after"]);
  });

  it("that is dead while its socket is open is closed and resumed within two heartbeats", async () => {
    const { ada, stage, discord } = await ready({ heartbeatMs: 400 });
    const begun = Date.now();
    discord.faults.zombie();
    await ada.say("eng-1-1", "anybody there?");
    await stage.until("the resume", () => ops(stage, resume) === 1);
    expect(Date.now() - begun).toBeLessThan(2 * 400 + 1_000);
    await stage.until("it", () => texts(stage).length === 1);
    expect(texts(stage)).toEqual(["anybody there?"]);
  });

  it.each([
    [4004, /token.*batty discord setup/],
    [4013, /update/],
  ])(
    "that Discord closes for good with %d is parked with what to do, and hardly tried again",
    async (code, why) => {
      const { stage, discord } = await ready();
      discord.faults.closeWith(code);
      await stage.until("parked", () => stage.state().state === "parked");
      expect(stage.state().why).toMatch(why);
      const before = ops(stage, identify) + ops(stage, resume);
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // the library's own pause is 500 ms
      expect(ops(stage, identify) + ops(stage, resume)).toBe(before);
    },
  );

  it("with a token that REST refuses is parked before any session is asked for", async () => {
    const stage = await openStage({ wrongToken: true });
    await stage.until("parked", () => stage.state().state === "parked");
    expect(stage.state().why).toMatch(/does not take the bot's token/);
    expect(ops(stage, identify)).toBe(0);
  });

  it("is kept without plain text when that is refused after all", async () => {
    const { ada, stage, discord } = await ready();
    discord.faults.closeWith(4014);
    await stage.until("a session without", () => ops(stage, identify) === 2);
    await online(stage);
    await ada.say("eng-1-1", "can you read this?");
    await discord.room("eng-1-1").until((m) => m.text.includes("can't read plain text"));
    await ada.say("eng-1-1", `<@${discord.application}> hello`);
    await stage.until("it", () => texts(stage).length === 1);
  });

  it("comes back by itself when Discord can't be reached for a while", async () => {
    const { ada, stage, discord } = await ready();
    await discord.faults.refuse();
    await away(stage);
    await discord.faults.restore();
    await online(stage);
    await ada.say("eng-1-1", "hello again");
    await stage.until("it", () => texts(stage).length === 1);
  });

  it("is begun anew when the library waits for ever", async () => {
    const { ada, stage, discord } = await ready({ backWithin: 2_000 });
    discord.faults.gatewayDelay(60_000); // Hello comes, nothing else does
    discord.faults.dropGateway();
    await away(stage);
    await stage.until("another", () => ops(stage, resume) >= 1);
    discord.faults.gatewayDelay(0);
    await stage.until("a session", () => ops(stage, identify) >= 2, 20_000);
    await online(stage);
    await ada.say("eng-1-1", "hello");
    await stage.until("it", () => texts(stage).includes("hello"));
  }, 40_000);

  it("tells how long it was not there, and nothing of a moment", async () => {
    const { stage, discord } = await ready();
    discord.faults.dropGateway();
    await away(stage);
    await online(stage);
    discord.faults.dropGateway();
    await away(stage);
    discord.advance(minutes(3));
    await stage.until("the line", () => lines(stage).length > 0);
    expect(lines(stage)).toEqual([
      expect.stringMatching(/^Back on Discord after 3 min.*: nothing was missed\.$/),
    ]);
  });
});

describe("a bot that was not there", () => {
  it("hears what was said and pressed meanwhile, once", async () => {
    const { ada, stage } = await ready();
    await ada.say("eng-1-1", "before");
    await stage.until("before", () => texts(stage).length === 1);
    await stage.die();
    await ada.say("eng-1-1", "meanwhile");
    await stage.revive();
    await stage.ready();
    await stage.until("it", () => texts(stage).length === 2);
    await stage.die();
    await stage.revive();
    await stage.ready();
    await ada.say("eng-1-1", "after");
    await stage.until("after", () => texts(stage).includes("after"));
    expect(texts(stage)).toEqual(["before", "meanwhile", "after"]);
  });

  it("reads several threads at a time, and acts in the order in which all of it was said", async () => {
    const { ada, stage, discord } = await ready();
    const rooms = Array.from({ length: 24 }, (_, n) => `task:${n + 20}`);
    const titles = rooms.map((name) => ({ name, kind: "task" as const, title: `#${name}` }));
    stage.desk.rooms = () => titles;
    for (const room of rooms) {
      const made = post(`hello:${room}`, room, room);
      if ("post" in made) await stage.post(made.post);
    }
    await stage.die();
    const said: string[] = [];
    for (const turn of ["first", "second"])
      for (const room of rooms) {
        said.push(`${turn} in ${room}`);
        await ada.say(room.replace("task:", "#"), `${turn} in ${room}`);
      }
    const slow = `/channels/${discord.room("#20").id}/messages`;
    discord.faults.rest.next({ match: `GET ${slow}`, delayMs: 1_500 });
    await stage.revive();
    await stage.until("all", () => texts(stage).length === said.length);
    const reads = discord.log.flatMap((l) =>
      l.kind === "rest" && l.method === "GET" && l.path.endsWith("/messages") ? [l] : [],
    );
    const begun = reads.findLast(({ path }) => path === slow)?.at ?? 0;
    const beside = reads.filter(({ at }) => at >= begun && at < begun + 1_500);
    expect(beside.length).toBeGreaterThan(3);
    expect(texts(stage)).toEqual(said);
  });

  it("counts reactions on open approvals that were made meanwhile", async () => {
    const { ada, stage, member } = await ready();
    const shown = await mergeCard(stage);
    await stage.die();
    await ada.react(shown, "✅");
    await member("mallory").react(shown, "✅");
    await stage.revive();
    await stage.ready();
    await stage.until("both", () => stage.desk.asked.length === 2);
    expect(stage.desk.asked.map((a) => [a.what, a.by.name.split(":")[0], a.by.tier])).toEqual([
      ["react", "ada", "admin"],
      ["react", "discord", "none"],
    ]);
  });

  it("counts any sign of a decision, and on a card that only its successor finds, too", async () => {
    const { ada, stage, member } = await ready();
    const card: Card = {
      ...{ kind: "merge", subject: { task: 12 }, title: "#12 Auth", tone: "calm", lines: [] },
      ...{ fields: [], actions: [], image: null, state: "open", footer: "" },
    };
    const shown = postOf("merge:12.1", "merges", card.title, { card });
    await stage.post(shown);
    const { id } = await stage.discord.room("merges").until((m) => m.text.includes("#12 Auth"));
    const known = stage.ids.get(shown.key) ?? "";
    stage.ids.delete(shown.key); // died before Discord's answer came
    await stage.die();
    await ada.react(id, "👍");
    await member("mallory").react(id, "✅");
    await stage.revive();
    await stage.ready();
    expect(stage.desk.asked).toEqual([]);
    await stage.find(shown);
    stage.ids.set(shown.key, known);
    await stage.until("both", () => stage.desk.asked.length === 2);
    expect(stage.desk.asked.map((a) => [a.what, a.by.tier]).sort()).toEqual([
      ["react", "admin"],
      ["react", "none"],
    ]);
  });

  it("hears that a ✅ was taken back meanwhile, of cards that have not landed, and takes no lost card for that", async () => {
    const { ada, stage, member } = await ready();
    const bob = member("bob", "approver");
    const [open, approved, lost] = [
      await mergeCard(stage, 12),
      await mergeCard(stage, 13),
      await mergeCard(stage, 14),
    ];
    for (const card of [open, approved, lost]) await ada.react(card, "✅");
    await bob.react(approved, "✅");
    await stage.until("all", () => stage.desk.asked.length === 4);
    for (const key of ["merge:13.1", "merge:14.1"]) stage.approved.add(key);
    await stage.die();
    for (const card of [open, approved]) await ada.unreact(card, "✅");
    const gone = stage.discord.world.messages.get(lost.id);
    if (gone !== undefined) take(stage.discord.world, gone);
    await stage.revive();
    await stage.ready();
    await stage.until("both", () => stage.desk.asked.length === 6);
    await ada.say("eng-1-1", "after");
    await stage.until("after", () => texts(stage).includes("after"));
    expect(
      stage.desk.asked
        .slice(4)
        .flatMap((a) => (a.what === "react" ? [[a.by.name, a.key, a.emoji, a.added]] : [])),
    ).toEqual([
      ["ada", "merge:12.1", "✅", false],
      ["ada", "merge:13.1", "✅", false],
    ]);
  });

  it("and has no record of where it stopped acts on nothing, and says how much came", async () => {
    const { ada, stage } = await ready();
    await stage.die();
    await stage.forget();
    for (let n = 0; n < 100; n += 1) await ada.say("batty-commands", `/batty merge ${n}`);
    await stage.revive();
    await stage.ready();
    await stage.until("the line", () => lines(stage).length === 1);
    expect(lines(stage)[0]).toContain("100 commands came while I was offline");
    expect(stage.desk.asked).toEqual([]);
    await ada.say("batty-commands", "/batty queue");
    await stage.until("the next", () => stage.desk.asked.length === 1);
    expect(texts(stage)).toEqual(["/batty queue"]);
  });

  it("for longer than a day acts on nothing of that time, lists none of it, and says how much came", async () => {
    const { ada, stage, discord } = await ready();
    await ada.say("eng-1-1", "before");
    await stage.until("before", () => texts(stage).length === 1);
    await stage.die();
    await ada.say("batty-commands", "/batty merge 12");
    discord.advance(minutes(21 * 24 * 60));
    await ada.say("eng-1-1", "is anybody there?");
    await stage.revive();
    await stage.ready();
    await stage.until("the line", () => lines(stage).length === 1);
    expect(lines(stage)[0]).toMatch(/^Back on Discord after 21 d.*: 2 commands came meanwhile/);
    expect(texts(stage)).toEqual(["before"]);
    expect(stage.posts.filter((p) => p.key.startsWith("stale:"))).toEqual([]);
    // Nor does the next absence bring them up again.
    await stage.die();
    await ada.say("eng-1-1", "meanwhile");
    await stage.revive();
    await stage.ready();
    await ada.say("eng-1-1", "after");
    await stage.until("after", () => texts(stage).includes("after"));
    expect(texts(stage)).toEqual(["before", "meanwhile", "after"]);
  });

  it("finishes the command that it died over where it was given", async () => {
    const { ada, stage, discord } = await ready();
    stage.desk.answers = () => new Promise(() => undefined);
    await ada.slash("batty pause");
    await stage.until("it", () => stage.desk.asked.length === 1);
    await stage.die();
    stage.desk.answers = () => told("Paused.");
    await stage.revive();
    await stage.ready();
    const said = await discord.room("commands").until((m) => m.text.includes("Paused."));
    expect(said.replyTo).not.toBeNull();
    expect(texts(stage)).toEqual(["/batty pause", "/batty pause"]);
  });
});

describe("a bot on no server", () => {
  it("says how to invite it, and is there once it is", async () => {
    const stage = await openStage({ guildName: "none" });
    await stage.until(
      "the trouble",
      () => stage.state().why?.includes("oauth2/authorize") === true,
    );
    expect(stage.state()).toMatchObject({ state: "away" });
    expect(stage.state().why).toContain("is not on the server none");
  });
});

describe("a bot that may not make its channels", () => {
  it("says which permission it lacks and which channels are missing, each in a post of its own", async () => {
    const stage = await openStage({ invited: false });
    stage.discord.faults.invite();
    stage.discord.faults.denyPermission("ManageChannels");
    const told = () => stage.posts.filter((p) => p.key.startsWith("told:"));
    await stage.until("both", () => told().length >= 2);
    expect(told().map(({ text }) => text)).toEqual([
      expect.stringContaining("Manage Channels"),
      expect.stringContaining("no channel for commands, events, alerts, merges, standup, board"),
    ]);
    expect(new Set(told().map((p) => p.key)).size).toBe(2);
  });
});

describe("a rejection that nobody catches", () => {
  const caught = async (error: unknown) => {
    const from = new EventEmitter();
    const logged: string[] = [];
    const passed: unknown[] = [];
    const end = guardAgainstLibrary({
      from,
      log: (l) => void logged.push(l),
      pass: (e) => void passed.push(e),
    });
    from.emit("unhandledRejection", error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    end();
    return {
      logged: logged.length,
      passed: passed.length,
      left: from.listenerCount("unhandledRejection"),
    };
  };
  const made = (stack: string): Error =>
    Object.assign(new Error("x"), { stack: `Error: x\n${stack}` });

  it("is logged when the library made it, and ends the bot as ever when we did", async () => {
    const theirs = made(
      "    at MessageCreateAction.handle (/app/node_modules/discord.js/src/client/actions/MessageCreate.js:11:33)\n    at run (/app/src/chat/discord/adapter.ts:1:1)",
    );
    expect(await caught(theirs)).toEqual({ logged: 1, passed: 0, left: 0 });
    const ours = made(
      "    at said (/app/src/chat/discord/messages.ts:11:33)\n    at emit (/app/node_modules/discord.js/src/client/Client.js:1:1)",
    );
    expect(await caught(ours)).toEqual({ logged: 0, passed: 1, left: 0 });
    expect(await caught("a word")).toEqual({ logged: 0, passed: 1, left: 0 });
  });
});
