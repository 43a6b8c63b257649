// The way out to the loopback Discord: real requests of the real library, a team's rooms, and a ledger in memory.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REST } from "discord.js";
import type { Room } from "../../src/chat/desk.ts";
import { idOf, readId } from "../../src/chat/discord/ids.ts";
import { type DiscordPort, discordPort } from "../../src/chat/discord/port.ts";
import { restOptions } from "../../src/chat/discord/rest.ts";
import { openRooms, type Rooms } from "../../src/chat/discord/rooms.ts";
import type { Card, Post } from "../../src/core/card.ts";
import type { DiscordSettings } from "../../src/core/team.ts";
import type { Actor } from "../fakes/discord/actors.ts";
import type { Logged } from "../fakes/discord/http.ts";
import { type Discord, startDiscord } from "../fakes/discord/server.ts";
import type { Stored } from "../fakes/discord/world.ts";

export const settings: DiscordSettings = {
  guild: null,
  channels: {
    ...{ commands: "batty-commands", events: "batty-events", alerts: "batty-alerts" },
    ...{ merges: "batty-merges", standup: "batty-standup", board: "batty-board" },
  },
  threads: { members: true, tasks: true },
};

export const titles: readonly Room[] = [
  ...["commands", "events", "alerts", "merges", "standup", "board"].map((name) => ({
    ...{ name, kind: "channel" as const, title: name },
  })),
  { name: "architect", kind: "member", title: "architect (architect)" },
  { name: "eng-1", kind: "member", title: "eng-1 (engineer)" },
  { name: "task:12", kind: "task", title: "#12 Retry in the client" },
];

export const postOf = (key: string, more: Partial<Post> = {}): Post => ({
  ...{ key, room: "merges", thread: null, from: "batty", text: key, card: null, loud: false },
  ...{ mentions: [], replyTo: null, ...more },
});

export const mergeCard = (more: Partial<Card> = {}): Card => ({
  ...{ kind: "merge", subject: { task: 12, head: "9f2c1ab" }, title: "#12 Retry", tone: "calm" },
  ...{ lines: ["eng-1 → main"], fields: [], image: null, state: "open", footer: "" },
  actions: [
    { id: "a1", verb: "approve", label: "Approve", style: "primary", asks: null },
    { id: "a2", verb: "back", label: "Send back", style: "plain", asks: "text" },
  ],
  ...more,
});

export const mergePost = (more: Partial<Card> = {}): Post =>
  postOf("merge:12", { card: mergeCard(more), text: "#12 Retry" });

export const within = (): AbortSignal => AbortSignal.timeout(10_000);

/** The bot's side of one life. */
interface Life {
  readonly rooms: Rooms;
  readonly port: DiscordPort;
}

export interface Stage extends Life {
  readonly discord: Discord;
  readonly dir: string;
  /** Lines told to people, and lines of the log. */
  readonly told: string[];
  readonly log: string[];
  /** Posts by our ids of their messages, as the ledger has them. */
  readonly owned: Map<string, string>;
  /** The time that the bot's side reads. */
  clock: { ahead: number };
  /** Posts, and keeps it in the ledger as the outbox does. */
  put(post: Post): Promise<string>;
  /** The same place for a new life of the bot. */
  restart(more?: Partial<DiscordSettings>): Promise<void>;
  channel(name: string): string;
  /** What stands in a channel or thread, the oldest first. */
  messages(name: string): readonly Stored[];
  texts(name: string): readonly string[];
  /** Requests so far whose `METHOD /path` fits. */
  requests(match: RegExp): readonly Logged[];
  /** A person's message; our id of it. */
  says(name: string, text: string): Promise<string>;
  readonly ada: Actor;
  file(name: string, text: string): Promise<string>;
  end(): Promise<void>;
}

export async function openStage(
  options: { settings?: Partial<DiscordSettings>; before?: (discord: Discord) => void } = {},
): Promise<Stage> {
  const discord = await startDiscord();
  const ada = discord.actor("ada");
  options.before?.(discord);
  const dir = await mkdtemp(join(tmpdir(), "batty-discord-"));
  const told: string[] = [];
  const log: string[] = [];
  const owned = new Map<string, string>();
  const clock = { ahead: 0 };
  const now = (): number => Date.now() + clock.ahead;

  const open = async (more: Partial<DiscordSettings>): Promise<Life> => {
    const rest = new REST({ ...restOptions, api: discord.api }).setToken(discord.token);
    const rooms = await openRooms({
      ...{ rest, guild: discord.guild, settings: { ...settings, ...more }, now },
      ...{ file: join(dir, "rooms.json"), titles: () => titles, tell: (line) => told.push(line) },
      roleOf: (name) => (name.startsWith("eng-") ? "engineer" : name),
    });
    const wires = { rest, self: () => discord.world.self.id };
    const people = (name: string): string | null => (name === "ada" ? ada.id : null);
    const ownedBy = (id: string): string | null => owned.get(id) ?? null;
    const port = discordPort({
      ...{ wires, rooms, people, ownedBy, now, log: (line) => void log.push(line) },
    });
    return { rooms, port };
  };
  let life = await open(options.settings ?? {});

  const named = (name: string): string => {
    const found = [...discord.world.channels.values()].filter(
      (channel) =>
        "guild_id" in channel && channel.guild_id === discord.guild && channel.name === name,
    );
    return found.at(-1)?.id ?? `no channel ${name}`;
  };
  const messages = (name: string): Stored[] =>
    [...discord.world.messages.values()].filter(
      ({ message, deleted }) => message.channel_id === named(name) && !deleted,
    );

  return {
    ...{ discord, ada, dir, told, log, owned, clock, messages, channel: named },
    get rooms() {
      return life.rooms;
    },
    get port() {
      return life.port;
    },
    async put(post) {
      const id = await life.port.post(post, within());
      const standing = readId(id);
      for (const message of standing?.messages ?? [])
        owned.set(idOf(standing?.channel ?? "", [message]), post.key);
      return id;
    },
    async restart(more = {}) {
      life = await open({ ...options.settings, ...more });
    },
    texts: (name) => messages(name).map(({ message }) => message.content),
    requests: (match) =>
      discord.log.flatMap((one) =>
        one.kind === "rest" && match.test(`${one.method} ${one.path}`) ? [one] : [],
      ),
    async says(name, text) {
      const { id } = await ada.say(name, text);
      return idOf(named(name), [id]);
    },
    async file(name, text) {
      const path = join(dir, name);
      await writeFile(path, text);
      return path;
    },
    async end() {
      await life.port.settled();
      await discord.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

// ---------------------------------------------------------------- what tests look at and bring about

export function storedOf({ discord }: Stage, id: string): Stored {
  const stored = discord.world.messages.get(readId(id)?.messages[0] ?? "");
  if (stored === undefined) throw new Error(`no message ${id}`);
  return stored;
}

export const reactionsOn = (stage: Stage, id: string): readonly (string | null)[] =>
  storedOf(stage, id)
    .reactions.filter(({ users }) => users.length > 0)
    .map(({ emoji }) => emoji.name);
