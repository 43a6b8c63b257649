import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ChannelType, PermissionFlagsBits as Flags, OverwriteType, REST } from "discord.js";
import { afterEach, describe, expect, it } from "vitest";
import { openChannels } from "../../src/chat/discord/rooms.ts";
import { addChannel } from "../fakes/discord/build.ts";
import type { Discord } from "../fakes/discord/server.ts";
import type { TextChannel, Thread } from "../fakes/discord/world.ts";
import { openStage, postOf, type Stage, settings, within } from "./discord-stage.ts";

let stage: Stage;
afterEach(() => stage.end());

const names = Object.values(settings.channels);
const textChannels = ({ world, guild }: Discord): TextChannel[] =>
  [...world.channels.values()].filter(
    (one): one is TextChannel => one.type === ChannelType.GuildText && one.guild_id === guild,
  );
const threads = ({ world }: Discord): Thread[] =>
  [...world.channels.values()].filter(
    (one): one is Thread => one.type === ChannelType.PublicThread,
  );
describe("the rooms of a team on Discord", () => {
  it("are six channels with topics, and a thread below commands for each member", async () => {
    stage = await openStage();
    const made = textChannels(stage.discord).filter(({ name }) => name !== "general");
    expect(made.map(({ name }) => name)).toEqual(names);
    for (const { topic } of made) expect(topic).toMatch(/\w{3,}/);
    const commands = stage.channel("batty-commands");
    expect(threads(stage.discord).map((t) => [t.name, t.parent_id])).toEqual([
      ["architect", commands],
      ["eng-1", commands],
    ]);
    expect(stage.rooms.known()).toHaveLength(8);
    expect(stage.rooms.roomAt(stage.channel("batty-merges"))).toBe("merges");
    expect(stage.rooms.roomAt(stage.channel("eng-1"))).toBe("eng-1");
    expect(stage.rooms.roomAt(stage.channel("general"))).toBeNull();
    expect(stage.told).toEqual([]);
  });

  it("change nothing of who may what, but that nobody else buries the board", async () => {
    stage = await openStage();
    const { guild, world } = stage.discord;
    const posts = String(Flags.SendMessages);
    for (const { name, permission_overwrites: overwrites = [] } of textChannels(stage.discord))
      expect([name, overwrites]).toEqual([
        name,
        name === "batty-board"
          ? [
              { id: world.self.id, type: OverwriteType.Member, allow: posts, deny: "0" },
              { id: guild, type: OverwriteType.Role, allow: "0", deny: posts },
            ]
          : [],
      ]);
  });

  it("are found by name or id where they are there already", async () => {
    const there: Record<string, string> = {};
    stage = await openStage({
      before(discord) {
        there["alerts"] = addChannel(discord.world, discord.guild, { name: "batty-alerts" }).id;
      },
    });
    expect(stage.rooms.standing("alerts")?.channel).toBe(there["alerts"]);
    const general = stage.channel("general");
    await stage.restart({ channels: { ...settings.channels, events: general } });
    expect(stage.rooms.standing("events")?.channel).toBe(general);
    expect(stage.requests(/^POST \/guilds/)).toHaveLength(5);
  });

  it("say which channel of team.yaml is none of the server's, and do without it", async () => {
    const channels = { ...settings.channels, events: "123456789012345678" };
    stage = await openStage({ settings: { channels } });
    expect(stage.told).toEqual([
      expect.stringMatching(/123456789012345678.*discord\.channels\.events/),
    ]);
    const id = await stage.put(postOf("a", { room: "events" }));
    expect(id).toContain(stage.channel("batty-commands"));
    expect(stage.texts("batty-commands").at(-1)).toBe("a\n-# for #123456789012345678");
  });

  it("stay the same over restarts, whatever people call them, and nothing is made twice", async () => {
    stage = await openStage();
    const before = stage.rooms.known();
    const merges = stage.discord.world.channels.get(stage.channel("batty-merges"));
    const thread = stage.discord.world.channels.get(stage.channel("eng-1"));
    Object.assign(merges ?? {}, { name: "landings" });
    Object.assign(thread ?? {}, { name: "the quick one" });
    const made = stage.requests(/^POST/).length;
    await stage.restart();
    expect(stage.rooms.known()).toEqual(before);
    expect(stage.requests(/^POST/)).toHaveLength(made);
    expect(stage.requests(/^PATCH \/channels/)).toEqual([]);
  });

  it("have a thread for a task once something is said there, named as the task, below merges", async () => {
    stage = await openStage();
    expect(stage.rooms.standing("task:12")).toBeNull();
    await Promise.all(
      ["a", "b"].map((key) => stage.put(postOf(key, { room: "task:12", text: key }))),
    );
    const made = threads(stage.discord).filter(({ name }) => name === "#12 Retry in the client");
    expect(made.map((t) => t.parent_id)).toEqual([stage.channel("batty-merges")]);
    expect([...stage.texts("#12 Retry in the client")].sort()).toEqual(["a", "b"]);
    expect(stage.rooms.roomAt(made[0]?.id ?? "")).toBe("task:12");
    // Two for the members, and one for all who waited for this one.
    expect(stage.requests(/^POST .*\/threads$/)).toHaveLength(3);
  });

  it("are found by their names when the mapping was lost, the archived ones too", async () => {
    stage = await openStage();
    await stage.put(postOf("a", { room: "task:12" }));
    const before = stage.rooms.known();
    stage.discord.faults.archive("#12 Retry in the client");
    stage.discord.advance(60 * 60_000);
    await rm(join(stage.dir, "rooms.json"));
    await stage.restart();
    await stage.put(postOf("b", { room: "task:12", text: "after" }));
    expect(stage.rooms.known()).toEqual(before);
    expect(stage.texts("#12 Retry in the client")).toEqual(["a", "after"]);
    // One that was found and is removed then is not found again.
    stage.discord.faults.remove("#12 Retry in the client");
    await stage.put(postOf("c", { room: "task:12", text: "anew" }));
    expect(stage.texts("#12 Retry in the client")).toEqual(["anew"]);
  });

  it("have one thread for all members of a role where team.yaml wants it so", async () => {
    stage = await openStage({ settings: { threads: { members: false, tasks: false } } });
    expect(threads(stage.discord).map(({ name }) => name)).toEqual(["architect", "engineer"]);
    const id = await stage.put(postOf("a", { room: "task:12", text: "about the task" }));
    expect(id).toContain(stage.channel("batty-merges"));
    // The only one of its role is meant by plain text there.
    expect(stage.rooms.roomAt(stage.channel("engineer"))).toBe("eng-1");
  });

  it("make no second thread when the answer to making one is lost", async () => {
    stage = await openStage();
    stage.discord.faults.rest.next({
      match: /^POST \/channels\/\d+\/messages\/\d+\/threads/,
      status: 502,
      afterStoring: true,
    });
    stage.discord.faults.rest.next({
      match: `POST /channels/${stage.channel("batty-merges")}/messages`,
      status: 502,
      afterStoring: true,
    });
    await stage.put(postOf("a", { room: "task:12", text: "there" }));
    expect(stage.texts("batty-merges")).toEqual(["**#12 Retry in the client**"]);
    expect(threads(stage.discord).filter(({ name }) => name.startsWith("#12"))).toHaveLength(1);
    expect(stage.texts("#12 Retry in the client")).toEqual(["there"]);
  });

  it("are made anew when they are removed, and the dead ones are asked for once", async () => {
    stage = await openStage();
    const [thread, commands] = [stage.channel("eng-1"), stage.channel("batty-commands")];
    stage.discord.faults.remove("eng-1");
    await stage.put(postOf("a", { room: "eng-1", text: "to the thread" }));
    expect(stage.texts("eng-1")).toEqual(["to the thread"]);
    expect(stage.channel("eng-1")).not.toBe(thread);
    expect(
      stage.requests(new RegExp(`/channels/${thread}`)).filter((r) => r.status === 404),
    ).toHaveLength(1);

    const second = stage.channel("eng-1");
    stage.discord.faults.remove("batty-commands");
    await stage.put(postOf("b", { room: "eng-1", text: "to the next thread" }));
    await stage.put(postOf("c", { room: "commands", text: "to the next channel" }));
    expect(stage.texts("eng-1")).toEqual(["to the next thread"]);
    expect(stage.texts("batty-commands").at(-1)).toBe("to the next channel");
    for (const dead of [second, commands])
      expect(
        stage.requests(new RegExp(`/channels/${dead}(/|$)`)).filter((r) => r.status === 404).length,
      ).toBeLessThanOrEqual(3);
    const now = stage.rooms.known();
    await stage.restart();
    expect(stage.rooms.known()).toEqual(expect.arrayContaining([...now]));
    expect(
      threads(stage.discord)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["architect", "eng-1"]);
  });

  it("fall back to the nearest channel when one is gone and may not be made", async () => {
    stage = await openStage();
    stage.discord.faults.denyPermission("ManageChannels");
    stage.discord.faults.remove("batty-events");
    const id = await stage.put(postOf("a", { room: "events", text: "it happened" }));
    expect(id).toContain(stage.channel("batty-commands"));
    expect(stage.texts("batty-commands").at(-1)).toBe("it happened\n-# for #batty-events");
    expect(stage.told).toEqual([expect.stringContaining("Manage Channels")]);
  });

  it("that may not be made are told of in one line", async () => {
    stage = await openStage({
      before: ({ faults }) => faults.denyPermission("ManageChannels"),
    });
    expect(stage.told.filter((line) => line.includes("there is no channel"))).toEqual([
      expect.stringContaining("for commands, events, alerts, merges, standup, board: "),
    ]);
  });

  it("are the six channels alone for whoever sets the team up", async () => {
    stage = await openStage();
    const rest = new REST({ api: stage.discord.api }).setToken(stage.discord.token);
    const path = join(stage.dir, "rooms.json");
    const channels = await openChannels(rest, stage.discord.guild, settings, path);
    expect([...channels]).toEqual(
      Object.entries(settings.channels).map(([name, named]) => [name, stage.channel(named)]),
    );
  });

  it("open a thread that was archived with the first post to it", async () => {
    stage = await openStage();
    const thread = stage.discord.world.channels.get(stage.channel("eng-1")) as Thread;
    stage.discord.faults.archive("eng-1");
    const before = stage.requests(/./).length;
    await stage.put(postOf("a", { room: "eng-1", text: "still here?" }));
    expect(stage.texts("eng-1")).toEqual(["still here?"]);
    expect(thread.thread_metadata?.archived).toBe(false);
    expect(stage.requests(/./).length - before).toBeLessThanOrEqual(3);
    await stage.rooms.place("eng-1", within());
    expect(stage.channel("eng-1")).toBe(thread.id);
  });
});
