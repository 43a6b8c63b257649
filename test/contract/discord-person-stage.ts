// A bot's side of Discord on the loopback one: the real adapter and port, a counter whose answers a test decides, and
// posts that go out at once. It can die and be begun anew on what it left on the disk.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { commands } from "../../commands/index.ts";
import { openDiscord } from "../../src/chat/discord/adapter.ts";
import { openInbox } from "../../src/chat/inbox.ts";
import type { Post } from "../../src/core/card.ts";
import type { Caller, Tier } from "../../src/core/words.ts";
import { type FakeDesk, fakeDesk } from "../fakes/desk.ts";
import { type Settings, startDiscord } from "../fakes/discord/server.ts";

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Short enough for a test, in the library's and our own proportions. */
const times = {
  ...{ firstRetry: 50, retryCap: 200, parked: 60_000, backWithin: 12_000, quiet: 5_000 },
  textAsked: 200,
};

interface Wish extends Settings {
  readonly backWithin?: number;
  readonly wrongToken?: true;
  /** What team.yaml calls the server [the right one]. */
  readonly guildName?: string;
}

export async function openStage(wish: Wish = {}) {
  const discord = await startDiscord({ heartbeatMs: 1_000, ...wish });
  const dir = await mkdtemp(join(tmpdir(), "batty-discord-in-"));
  const desk = fakeDesk();
  const posts: Post[] = [];
  const logged: string[] = [];
  /** What would stand in the ledger: outlives the bot. */
  const ids = new Map<string, string>();
  /** By name, and by the names of roles. */
  const tiers = new Map<string, Tier>();
  /** Cards that are approved and have not landed, and those that have; all others are open. */
  const approved = new Set<string>();
  const landed = new Set<string>();
  let open = await begin();
  onTestFinished(async () => {
    await open.close();
    await discord.close();
    await rm(dir, { recursive: true, force: true });
  });

  function tierOf(id: string, roles: readonly string[]): Caller {
    const name = discord.world.users.get(id)?.username ?? id;
    const held = [...discord.world.guilds.values()].flatMap(({ guild }) =>
      guild.roles.filter((role) => roles.includes(role.id)).map((role) => role.name),
    );
    const tier = [name, ...held].map((one) => tiers.get(one)).find((one) => one !== undefined);
    const known = tier !== undefined;
    return { name: known ? name : `discord:${id}`, via: "discord", tier: tier ?? "none", id };
  }

  async function begin() {
    const home = join(dir, "discord");
    let chat: Awaited<ReturnType<typeof openDiscord>> | null = null;
    const post = async (one: Post): Promise<void> => {
      posts.push(one);
      const signal = AbortSignal.timeout(20_000);
      const there = ids.get(one.key);
      if (chat === null) return;
      if (there === undefined) ids.set(one.key, await chat.port.post(one, signal));
      else await chat.port.edit(there, one, signal);
    };
    chat = await openDiscord({
      ...{
        token: wish.wrongToken ? "wrong" : discord.token,
        api: discord.api,
        dir: home,
        desk,
        commands,
        post,
      },
      settings: {
        guild: wish.guildName ?? discord.guild,
        channels: {
          ...{ commands: "batty-commands", events: "batty-events", alerts: "batty-alerts" },
          ...{ merges: "batty-merges", standup: "batty-standup", board: "batty-board" },
        },
        threads: { members: true, tasks: true },
      },
      inbox: await openInbox(home, (text) => `sealed${text.length}`),
      caller: tierOf,
      people: (name) =>
        [...discord.world.users.values()].find((u) => u.username === name)?.id ?? null,
      roleOf: () => "engineer",
      keyOf: (id) =>
        [...ids].find(([, own]) => own === id || own.startsWith(`${id}+`))?.[0] ?? null,
      idOf: (key) => ids.get(key) ?? null,
      openApprovals: () =>
        [...ids.keys()].filter(
          (key) => key.startsWith("merge:") && !approved.has(key) && !landed.has(key),
        ),
      approved: () => [...approved],
      isActedOn: () => false,
      keep: async (message, paths) =>
        paths.map((path) => `/kept/${message}/${path.split("/").at(-1)}`),
      now: discord.world.now,
      log: (line) => void logged.push(line),
      times: {
        ...times,
        ...(wish.backWithin === undefined ? {} : { backWithin: wish.backWithin }),
      },
    });
    return chat;
  }

  const until = async (what: string, check: () => boolean, ms = 10_000): Promise<void> => {
    const end = Date.now() + ms;
    while (!check()) {
      if (Date.now() > end) throw new Error(`never: ${what}\n${logged.slice(-20).join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  const member = (name: string, tier?: Tier) => {
    const actor = discord.actor(name);
    if (tier !== undefined) tiers.set(name, tier);
    return actor;
  };

  return {
    ...{ discord, desk, posts, logged, ids, dir, until, member, approved, landed },
    grant: (name: string, tier: Tier) => void tiers.set(name, tier),
    ready: () =>
      until("ready", () => open.state().state === "online" && discord.world.commands.size > 0),
    state: () => open.state(),
    post: (post: Post) =>
      open.port.post(post, AbortSignal.timeout(10_000)).then((id) => void ids.set(post.key, id)),
    find: (post: Post) => open.port.find(post, AbortSignal.timeout(10_000)),
    asked: (): FakeDesk["asked"] => desk.asked,
    async die() {
      await open.close();
    },
    /** What it knew of how far it had heard. */
    forget: () => rm(join(dir, "discord", "heard.json"), { force: true }),
    async revive() {
      open = await begin();
    },
  };
}
