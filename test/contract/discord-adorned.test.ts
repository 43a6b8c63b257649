import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { receiptEmoji } from "../../src/chat/discord/render/receipts.ts";
import type { Card } from "../../src/core/card.ts";
import { speak } from "../fakes/discord/speak.ts";
import {
  mergeCard,
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
const board: Card = { ...mergeCard(), kind: "board", title: "Board", actions: [] };

describe("a merge card", () => {
  it("carries ✅ and ❌ to press while it is open, and only then", async () => {
    const id = await stage.put(mergePost());
    await stage.port.settled();
    expect(reactionsOn(stage, id)).toEqual(["✅", "❌"]);
    await stage.port.edit(id, mergePost({ state: "decided" }), within());
    await stage.port.settled();
    expect(reactionsOn(stage, id)).toEqual([]);
    await stage.port.edit(id, mergePost(), within());
    await stage.port.settled();
    expect(reactionsOn(stage, id)).toEqual(["✅", "❌"]);
  });

  it("keeps what people put on it", async () => {
    const id = await stage.put(mergePost());
    await stage.port.settled();
    const { reactions } = byId(id);
    await stage.ada.react(byId(id).message.id, "✅");
    await stage.port.edit(id, mergePost({ state: "done" }), within());
    await stage.port.settled();
    expect(reactionsOn(stage, id)).toEqual(["✅"]);
    expect(reactions[0]?.users).toEqual([stage.ada.id]);
  });

  it("has its reactions put right by a bot that did not put them there", async () => {
    const id = await stage.put(mergePost());
    await stage.port.settled();
    await stage.restart();
    await stage.port.edit(id, mergePost({ state: "done" }), within());
    await stage.port.settled();
    expect(reactionsOn(stage, id)).toEqual([]);
  });

  it("that a person removed is posted anew once, though Discord remembers its nonce", async () => {
    const id = await stage.put(mergePost());
    await stage.port.settled();
    stage.discord.faults.remove(byId(id).message.id);
    await expect(stage.port.edit(id, mergePost(), within())).rejects.toMatchObject({
      code: "chat.message-gone",
    });
    const anew = await stage.put(mergePost());
    expect(anew).not.toBe(id);
    const nonces = stage
      .requests(new RegExp(`^POST /channels/${stage.channel("batty-merges")}/messages$`))
      .map(({ body }) => (body as { nonce: string }).nonce);
    expect(new Set(nonces).size).toBe(2);
    expect(stage.messages("batty-merges")).toHaveLength(1);
    expect(await stage.put(mergePost())).toBe(anew);
  });
});

describe("the board", () => {
  const shown = (more: Partial<Card> = {}) =>
    postOf("board", { room: "board", text: "Board", card: { ...board, ...more } });

  it("is pinned, edited in its place, and pinned again when it was removed", async () => {
    const id = await stage.put(shown());
    await stage.port.settled();
    expect(byId(id).pinnedAt).not.toBeNull();
    await stage.port.edit(id, shown({ lines: ["Doing: 1"] }), within());
    await stage.port.settled();
    expect(stage.requests(/^PUT .*\/pins\//)).toHaveLength(1);
    stage.discord.faults.remove(byId(id).message.id);
    await stage.port.edit(id, shown(), within()).catch(() => undefined);
    const anew = await stage.put(shown());
    await stage.port.settled();
    expect(byId(anew).pinnedAt).not.toBeNull();
  });

  it("is there all the same when no more can be pinned, or the bot may not", async () => {
    stage.discord.faults.rest.next({
      match: /^PUT .*\/pins\//,
      status: 400,
      body: { code: 30003, message: "Maximum number of pins reached (250)" },
    });
    const id = await stage.put(shown());
    await stage.port.settled();
    expect(byId(id).message.embeds).toHaveLength(1);
    expect(stage.log).toEqual([expect.stringContaining("30003")]);
    stage.discord.faults.denyPermission("PinMessages");
    await stage.port.edit(id, shown({ lines: ["Doing: 1"] }), within());
    await stage.port.settled();
    expect(stage.told).toEqual([expect.stringMatching(/“Pin Messages”/)]);
  });
});

describe("a member's voice", () => {
  const spoken = (key: string, more = {}) =>
    postOf(key, { room: "eng-1", from: "eng-1", text: key, ...more });
  const authors = (name: string) =>
    stage
      .messages(name)
      .map(({ message: { author } }) =>
        author.id === stage.discord.world.self.id ? "the bot" : author.username,
      );

  it("has the member's name and a picture, in its thread and in channels", async () => {
    await stage.put(spoken("hello"));
    await stage.put(spoken("merged it", { room: "events" }));
    await stage.put(postOf("from the bot", { room: "eng-1" }));
    expect(authors("eng-1")).toEqual(["eng-1", "the bot"]);
    expect(authors("batty-events")).toEqual(["eng-1"]);
    expect(stage.texts("eng-1")[0]).toBe("hello");
    expect(stage.messages("eng-1")[0]?.message.webhook_id).toBeDefined();
    const said = stage.requests(/^POST \/webhooks/)[0] as unknown as {
      body: Record<string, string>;
    };
    expect(said.body["avatar_url"]).toMatch(/^https:\/\/cdn\.discordapp\.com\/embed\/avatars\/\d/);
  });

  it("is one webhook a channel, over restarts too", async () => {
    await stage.put(spoken("a"));
    await stage.restart();
    await stage.put(spoken("b"));
    expect(stage.requests(/^POST \/channels\/\d+\/webhooks/)).toHaveLength(1);
    expect(authors("eng-1")).toEqual(["eng-1", "eng-1"]);
  });

  it("is found, edited, and made anew when people removed it", async () => {
    const id = await stage.port.post(spoken("a"), within());
    expect(await stage.port.find(spoken("a"), within())).toBe(id);
    expect(await stage.port.edit(id, spoken("a", { text: "b" }), within())).toBe(id);
    expect(stage.texts("eng-1")).toEqual(["b"]);
    stage.discord.world.webhooks.clear();
    await stage.put(spoken("c"));
    expect(authors("eng-1")).toEqual(["eng-1", "eng-1"]);
    // What the removed one said can't be changed: it is said anew.
    await expect(stage.port.edit(id, spoken("a", { text: "d" }), within())).rejects.toMatchObject({
      code: "chat.message-gone",
    });
  });

  it("is the bot's own where it may not have one, and says who speaks", async () => {
    stage.discord.faults.denyPermission("ManageWebhooks");
    await stage.put(spoken("hello"));
    await stage.put(spoken("merged it", { room: "events" }));
    expect(authors("eng-1")).toEqual(["the bot"]);
    expect(stage.texts("eng-1")).toEqual(["hello"]);
    expect(stage.texts("batty-events")).toEqual(["**eng-1**: merged it"]);
    expect(stage.told).toEqual([expect.stringMatching(/“Manage Webhooks”/)]);
  });

  it("bears no buttons, and answers nobody's message outside its own room", async () => {
    await stage.put(spoken("a", { card: mergeCard({ kind: "question" }) }));
    const asked = await stage.says("batty-commands", "well?");
    await stage.put(spoken("b", { replyTo: asked }));
    expect([authors("eng-1"), authors("batty-commands").at(-1)]).toEqual([["the bot"], "the bot"]);
    const here = await stage.says("eng-1", "and now?");
    await stage.put(spoken("c", { replyTo: here }));
    expect(authors("eng-1").at(-1)).toBe("eng-1");
  });

  it("is not sent twice when its answer was lost", async () => {
    stage.discord.faults.rest.next({ match: /^POST \/webhooks/, status: 502, afterStoring: true });
    await expect(stage.put(spoken("a"))).rejects.toMatchObject({ code: "chat.unknown-outcome" });
    expect(await stage.port.find(spoken("a"), within())).not.toBeNull();
    expect(stage.texts("eng-1")).toEqual(["a"]);
  });
});

describe("a receipt", () => {
  it("takes the place of the last one, by a bot that did not put it there too", async () => {
    const echo = await stage.says("batty-commands", "go");
    await stage.port.mark({ echo, state: "queued" }, within());
    await stage.restart();
    await stage.port.mark({ echo, state: "typed" }, within());
    await stage.port.mark({ echo, state: "taken" }, within());
    expect(reactionsOn(stage, echo)).toEqual([receiptEmoji.taken]);
  });

  it("brings its buttons where the message is the bot's own, for as long as they hold", async () => {
    const channel = stage.discord.world.channels.get(stage.channel("batty-commands"));
    if (channel === undefined) throw new Error("no commands");
    const said = speak(stage.discord.world, {
      ...{ channel, author: stage.discord.world.self, body: { content: "to eng-1: go" } },
    });
    const echo = `${channel.id}/${said.message.id}`;
    const card = mergeCard({ kind: "alert", title: "", lines: [] });
    await stage.port.mark({ echo, state: "queued", card }, within());
    expect(said.message.components).toHaveLength(1);
    expect(said.message.content).toBe("to eng-1: go");
    await stage.port.mark({ echo, state: "typed" }, within());
    expect(said.message.components).toEqual([]);
    expect(said.message.content).toBe("to eng-1: go");
  });

  it("brings none to a message of a person: it is theirs", async () => {
    const echo = await stage.says("batty-commands", "go");
    await stage.port.mark({ echo, state: "queued", card: mergeCard() }, within());
    expect(reactionsOn(stage, echo)).toEqual([receiptEmoji.queued]);
    expect(stage.requests(/^PATCH/)).toEqual([]);
  });

  it("of a message that is gone is no longer wanted", async () => {
    const echo = await stage.says("batty-commands", "go");
    stage.discord.faults.remove(byId(echo).message.id);
    await expect(stage.port.mark({ echo, state: "queued" }, within())).rejects.toMatchObject({
      code: "chat.message-gone",
    });
  });
});
