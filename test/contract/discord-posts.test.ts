import { MessageFlags } from "discord.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { betweenProbes } from "../../src/chat/discord/features.ts";
import { readId } from "../../src/chat/discord/ids.ts";
import { receiptEmoji } from "../../src/chat/discord/render/receipts.ts";
import type { Thread } from "../fakes/discord/world.ts";
import {
  mergePost,
  openStage,
  postOf,
  reactionsOn,
  type Stage,
  storedOf,
  within,
} from "./discord-stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.end());

const byId = (id: string) => storedOf(stage, id);
const refused = () => stage.requests(/./).filter(({ status }) => status === 403);

describe("what is posted to Discord", () => {
  it("comes without a sound unless a person must act, and calls only those it names", async () => {
    const quiet = await stage.put(postOf("a", { text: "@everyone <@999999999999999999> look" }));
    const loud = await stage.put(postOf("b", { loud: true, mentions: ["ada", "nobody"] }));
    expect((byId(quiet).message.flags ?? 0) & MessageFlags.SuppressNotifications).not.toBe(0);
    expect(byId(quiet).pinged).toEqual([]);
    expect((byId(loud).message.flags ?? 0) & MessageFlags.SuppressNotifications).toBe(0);
    expect(byId(loud).pinged).toEqual([stage.ada.id]);
  });

  it("answers a person where they asked, under their message, and calls them by its author's name", async () => {
    const asked = await stage.says("batty-merges", "how is it?");
    const id = await stage.put(
      postOf("answer:1", { room: "eng-1", from: "eng-1", text: "fine", replyTo: asked }),
    );
    expect(readId(id)?.channel).toBe(stage.channel("batty-merges"));
    const { message } = byId(id);
    expect(message.message_reference?.message_id).toBe(readId(asked)?.messages[0]);
    expect(message.content).toBe("**eng-1**: fine");
  });

  it("stands in its room when what it answers is gone with its channel", async () => {
    const asked = await stage.says("general", "how is it?");
    stage.discord.faults.remove("general");
    await stage.put(postOf("answer:1", { room: "events", text: "fine", replyTo: asked }));
    expect(stage.texts("batty-events")).toEqual(["fine"]);
  });

  it("takes several messages when it is long; it grows and shrinks with what it says", async () => {
    const line = (n: number): string => `${n} ${"word ".repeat(30)}`;
    const text = (lines: number): string =>
      Array.from({ length: lines }, (_, i) => line(i)).join("\n");
    const id = await stage.put(postOf("a", { text: text(20) }));
    const first = readId(id)?.messages ?? [];
    expect(first.length).toBeGreaterThan(1);
    const longer = await stage.port.edit(id, postOf("a", { text: text(35) }), within());
    expect(readId(longer)?.messages.slice(0, first.length)).toEqual(first);
    expect(stage.messages("batty-merges").map(({ message }) => message.id)).toEqual(
      readId(longer)?.messages,
    );
    const short = await stage.port.edit(longer, postOf("a", { text: "done" }), within());
    expect(readId(short)?.messages).toEqual([first[0]]);
    expect(stage.texts("batty-merges")).toEqual(["done"]);
  });

  it("sends only what is missing of several when one of them failed", async () => {
    const text = Array.from({ length: 60 }, (_, i) => `${i} ${"word ".repeat(20)}`).join("\n");
    const failing = /^POST \/channels\/\d+\/messages$/;
    const gone = postOf("a", { text });
    // The second of them: the first goes through.
    let posts = 0;
    stage.discord.faults.rest.each({
      match: Object.assign(/./, {
        test(line: string): boolean {
          if (failing.test(line)) posts += 1;
          return failing.test(line) && posts > 1;
        },
      }),
      status: 503,
    });
    await expect(stage.put(gone)).rejects.toMatchObject({ code: "chat.unknown-outcome" });
    stage.discord.faults.rest.clear();
    // Long after Discord has forgotten the first one's nonce.
    stage.discord.advance(60 * 60_000);
    const id = await stage.put(gone);
    expect(stage.messages("batty-merges").map(({ message }) => message.id)).toEqual(
      readId(id)?.messages,
    );
  });

  it("is no answer where the bot may not read what was, but is there", async () => {
    const asked = await stage.says("batty-merges", "how is it?");
    stage.discord.faults.rest.next({
      match: "POST /channels/:channel/messages",
      ...{ status: 400, body: { code: 160002, message: "Cannot reply" } },
    });
    await stage.put(postOf("answer:1", { text: "fine", replyTo: asked }));
    expect(stage.texts("batty-merges")).toEqual(["how is it?", "fine"]);
  });

  it("comes without its picture when that is not there any more", async () => {
    const image = { name: "diff.png", path: await stage.file("diff.png", "a picture") };
    const there = await stage.put(mergePost({ image }));
    expect(byId(there).message.embeds[0]?.image?.url).toMatch(/diff\.png$/);
    const gone = { name: "diff.png", path: "/nowhere/diff.png" };
    await stage.port.edit(there, mergePost({ image: gone }), within());
    expect(byId(there).message.embeds[0]).not.toHaveProperty("image");
    expect(byId(there).message.attachments).toEqual([]);
  });

  it("shows a file that Discord does not take as a line of its own", async () => {
    const path = await stage.file("huge.log", "x".repeat(11 * 1024 * 1024));
    await stage.put(postOf("a", { files: [{ name: "huge.log", path }] }));
    expect(stage.texts("batty-merges")).toEqual([
      "a\n-# `huge.log` is 11 MB: more than Discord takes.",
    ]);
  });
});

describe("a post whose answer was lost", () => {
  const lost = { match: /^POST \/channels\/\d+\/messages$/, status: 502, afterStoring: true };

  it("is one message: Discord knows its nonce", async () => {
    stage.discord.faults.rest.next(lost);
    await stage.put(postOf("a"));
    expect(stage.texts("batty-merges")).toEqual(["a"]);
    expect(stage.requests(/^POST \/channels\/\d+\/messages$/).length).toBeGreaterThan(1);
  });

  it("is one message when it never came and is found again, or sent again", async () => {
    for (const [key, again] of [
      ["a", () => stage.port.find(postOf("a"), within())],
      ["b", () => stage.port.post(postOf("b"), within())],
    ] as const) {
      stage.discord.faults.rest.next({ match: lost.match, hang: true, afterStoring: true });
      const given = stage.port.post(postOf(key), AbortSignal.timeout(300));
      await given.catch(() => undefined);
      stage.discord.faults.rest.clear();
      const id = await again();
      expect(stage.texts("batty-merges").filter((text) => text === key)).toHaveLength(1);
      expect(id).toContain(stage.messages("batty-merges").at(-1)?.message.id);
    }
  });

  it("shows its newest state when an older one had come through", async () => {
    stage.discord.faults.rest.next({ match: lost.match, hang: true, afterStoring: true });
    await stage.port
      .post(postOf("a", { text: "old" }), AbortSignal.timeout(300))
      .catch(() => undefined);
    stage.discord.faults.rest.clear();
    stage.discord.world.advance(0);
    stage.clock.ahead += 10_000;
    await stage.put(postOf("a", { text: "new" }));
    expect(stage.texts("batty-merges")).toEqual(["new"]);
  });

  it("is found by its buttons whatever it shows, and never among other posts' messages", async () => {
    await stage.put(postOf("a", { text: "same" }));
    expect(await stage.port.find(postOf("b", { text: "same" }), within())).toBeNull();
    const id = await stage.port.post(mergePost(), within());
    const newer = mergePost({ lines: ["something else"], tone: "good" });
    expect(await stage.port.find(newer, within())).toBe(id);
    await stage.says("batty-merges", "c");
    expect(await stage.port.find(postOf("c"), within())).toBeNull();
  });
});

describe("when Discord asks to be left alone", () => {
  const posts = /^POST \/channels\/\d+\/messages$/;
  const timed = (path: string) => stage.requests(posts).filter((r) => r.path.includes(path));

  it("a short limit is waited out, in order, and other channels go on", async () => {
    const merges = stage.channel("batty-merges");
    stage.discord.faults.rest.limit({ match: `POST /channels/${merges}/messages`, retryAfter: 1 });
    const first = stage.put(postOf("a"));
    const second = stage.put(postOf("b"));
    await stage.put(postOf("c", { room: "events" }));
    expect(stage.texts("batty-merges")).toEqual([]);
    await Promise.all([first, second]);
    expect(stage.texts("batty-merges")).toEqual(["a", "b"]);
    const [refusedAt, next] = timed(merges).map(({ at }) => at);
    expect((next ?? 0) - (refusedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it("a long one is told with its time, and nothing of that channel is asked before", async () => {
    const merges = stage.channel("batty-merges");
    stage.discord.faults.rest.limit({ match: `POST /channels/${merges}/messages`, retryAfter: 60 });
    const told = await stage.port.post(postOf("a"), within()).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: "chat.rate-limited" });
    expect((told as { retryAfter: number }).retryAfter).toBeGreaterThanOrEqual(60_000);
    await expect(stage.port.post(postOf("b"), within())).rejects.toMatchObject({
      code: "chat.rate-limited",
    });
    expect(timed(merges)).toHaveLength(1);
    await stage.put(postOf("c", { room: "events" }));
    expect(stage.texts("batty-events")).toEqual(["c"]);
  });

  it("a limit of everything stops everything, and says for how long", async () => {
    stage.discord.faults.rest.limit({ match: posts, retryAfter: 60, scope: "global" });
    for (const room of ["merges", "events"]) {
      const told = await stage.port.post(postOf(room, { room }), within()).catch((e: unknown) => e);
      expect(told).toMatchObject({ code: "chat.unavailable" });
      expect((told as { retryAfter: number }).retryAfter).toBeGreaterThan(50_000);
    }
    expect(stage.requests(posts).filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it("a limit that does not say how long is not asked again at once", async () => {
    stage.discord.faults.rest.limit({ match: posts, retryAfter: 60, headers: false, times: 50 });
    const told = await stage.port.post(postOf("a"), within()).catch((error: unknown) => error);
    expect(told).toMatchObject({ code: "chat.rate-limited", retryAfter: 10_000 });
    expect(stage.requests(posts).filter(({ status }) => status === 429)).toHaveLength(1);
  });
});

describe("a thread that is closed", () => {
  const thread = (): Thread => stage.discord.world.channels.get(stage.channel("eng-1")) as Thread;

  // Said on order too: what is archived is refused whoever asks.
  const closed = { status: 400, body: { code: 50083, message: "Thread is archived" } };

  it("is opened for a post, an edit and a receipt", async () => {
    const id = await stage.put(postOf("a", { room: "eng-1", text: "old" }));
    const echo = await stage.says("eng-1", "go on");
    const next = postOf("b", { room: "eng-1", text: "next" });
    for (const [refused, act] of [
      [/^POST/, () => stage.put(next)],
      [/^PATCH/, () => stage.port.edit(id, postOf("a", { room: "eng-1", text: "new" }), within())],
      [/^PUT/, () => stage.port.mark({ echo, state: "queued" }, within())],
    ] as const) {
      stage.discord.faults.archive("eng-1");
      stage.discord.faults.rest.next({ match: refused, ...closed });
      await act();
      stage.discord.faults.rest.clear();
      expect(thread().thread_metadata?.archived).toBe(false);
    }
    expect(stage.texts("eng-1")).toEqual(["new", "go on", "next"]);
    expect(reactionsOn(stage, echo)).toEqual([receiptEmoji.queued]);
  });

  it("that people locked stays so: what would stand there stands in its channel with a link", async () => {
    stage.discord.faults.denyPermission("ManageThreads");
    stage.discord.faults.lock("eng-1");
    const before = stage.requests(/./).length;
    const { rest } = stage.discord.faults;
    rest.each({ match: `POST /channels/${thread().id}/messages`, ...closed });
    rest.each({ match: `PATCH /channels/${thread().id}`, status: 403, body: { code: 50013 } });
    await stage.put(postOf("a", { room: "eng-1", text: "done" }));
    expect(stage.texts("batty-commands").at(-1)).toBe(`done\n-# for <#${thread().id}>`);
    expect(stage.requests(/./).length - before).toBeLessThanOrEqual(3);
    expect(thread().thread_metadata).toMatchObject({ archived: true, locked: true });
    expect(stage.rooms.standing("eng-1")?.channel).toBe(thread().id);
  });
});

describe("a permission that is taken away", () => {
  it("to post: people are told once, few requests are made, and it comes back by itself", async () => {
    stage.discord.faults.denyPermission("SendMessages");
    const rooms = ["merges", "events", "alerts"];
    for (let minute = 0; minute < 60; minute += 1) {
      for (const room of rooms)
        await expect(
          stage.port.post(postOf(`${room}${minute}`, { room }), within()),
        ).rejects.toMatchObject({ code: "chat.forbidden" });
      stage.clock.ahead += 60_000;
    }
    expect(refused().length).toBeLessThanOrEqual(20);
    expect(stage.told).toEqual([expect.stringMatching(/lacks the permission “Send Messages”/)]);
    stage.discord.faults.allowPermission("SendMessages");
    stage.clock.ahead += betweenProbes;
    for (const room of rooms) await stage.put(postOf(`${room} again`, { room }));
    expect(stage.told).toHaveLength(2);
    expect(stage.told[1]).toContain("Send Messages is there again");
  });

  it("to react: cards and orders go on without receipts", async () => {
    stage.discord.faults.denyPermission("AddReactions");
    const echo = await stage.says("batty-commands", "go");
    for (let minute = 0; minute < 60; minute += 1) {
      await stage.port.mark({ echo, state: minute % 2 === 0 ? "queued" : "typed" }, within());
      stage.clock.ahead += 60_000;
    }
    const id = await stage.put(mergePost());
    await stage.port.settled();
    expect(byId(id).message.components).not.toEqual([]);
    expect(refused().length).toBeLessThanOrEqual(20);
    expect(stage.told).toEqual([expect.stringMatching(/“Add Reactions”/)]);
    stage.discord.faults.allowPermission("AddReactions");
    stage.clock.ahead += betweenProbes;
    await stage.port.mark({ echo, state: "taken" }, within());
    expect(reactionsOn(stage, echo)).toEqual([receiptEmoji.taken]);
    expect(stage.told).toHaveLength(2);
  });

  it("to see a channel: it is named as what is lacking", async () => {
    stage.discord.faults.denyPermission("ViewChannel");
    await expect(stage.port.post(postOf("a"), within())).rejects.toMatchObject({
      code: "chat.forbidden",
    });
    expect(stage.told).toEqual([expect.stringMatching(/“View Channels” in #batty-merges/)]);
  });

  it("to show cards: they come as text with their buttons, and as cards again later", async () => {
    const refusedOnce = { status: 403, body: { code: 50013, message: "Missing Permissions" } };
    stage.discord.faults.rest.next({ match: "POST /channels/:channel/messages", ...refusedOnce });
    const id = await stage.put(mergePost());
    const { content, embeds, components } = byId(id).message;
    expect(content).toContain("#12 Retry");
    expect(content).toContain("eng-1 → main");
    expect([embeds, components?.length]).toEqual([[], 1]);
    expect(stage.told).toEqual([expect.stringMatching(/“Embed Links”/)]);
    await stage.port.edit(id, mergePost({ lines: ["changed"] }), within());
    expect(byId(id).message.content).toContain("changed");
    expect(refused()).toHaveLength(1);
    stage.clock.ahead += betweenProbes;
    await stage.port.edit(id, mergePost({ lines: ["changed"] }), within());
    expect(byId(id).message.embeds).toHaveLength(1);
    expect(stage.told[1]).toContain("Embed Links is there again");
  });

  it("to attach files: the text comes without them and says so", async () => {
    stage.discord.faults.denyPermission("AttachFiles");
    const path = await stage.file("run.log", "ok");
    await stage.put(postOf("a", { files: [{ name: "run.log", path }] }));
    expect(stage.texts("batty-merges")).toEqual([
      "a\n-# Without `run.log`: the bot may not attach files here.",
    ]);
    expect(stage.told).toEqual([expect.stringMatching(/“Attach Files”/)]);
  });
});
