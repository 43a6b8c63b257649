// Discord put together: the line, the way out over it, and everything that people do there. Opening waits for nothing:
// until the line is there, posts wait in the outbox.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ActionRowBuilder, ButtonBuilder, ButtonStyle, type Client, Routes } from "discord.js";
import type { Post, RoomName } from "../../core/card.ts";
import type { ChatPort } from "../../core/chat-port.ts";
import type { Command } from "../../core/command.ts";
import type { DiscordSettings } from "../../core/team.ts";
import { type Caller, Failure, type Instant, type Millis } from "../../core/words.ts";
import { type Deferred, deferred } from "../../lib/deferred.ts";
import type { Desk } from "../desk.ts";
import type { Inbound, Inbox } from "../inbox.ts";
import { actOnLeftOver } from "../left-over.ts";
import { catchUp, decisionsOn, type Found } from "./backlog.ts";
import { project } from "./commands/project.ts";
import { registerCommands } from "./commands/register.ts";
import { guardAgainstLibrary } from "./guard.ts";
import { openHeard } from "./heard.ts";
import { readId } from "./ids.ts";
import { createInteractions, messageButton } from "./interactions.ts";
import { whenKnown } from "./known.ts";
import { backAfter, cannotRead, lineOf } from "./lines.ts";
import { listen } from "./listen.ts";
import { createMessages } from "./messages.ts";
import { pace } from "./pace.ts";
import { discordPeople } from "./people.ts";
import { type DiscordPort, discordPort } from "./port.ts";
import { openReacted } from "./reacted.ts";
import { createReactions } from "./reactions.ts";
import { openRooms, type Rooms } from "./rooms.ts";
import { serverFor, serverOf } from "./server.ts";
import { type DiscordState, openSession, pause, type SessionTimes, type Up } from "./session.ts";
import { type TicketTimes, usualTicketTimes } from "./ticket.ts";

export interface DiscordParts {
  readonly token: string;
  /** Without a version; null: Discord's own. */
  readonly api: string | null;
  readonly settings: DiscordSettings;
  /** Where what is known of it is kept. */
  readonly dir: string;
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly commands: readonly Command[];
  caller(id: string, roles: readonly string[]): Caller;
  /** A name's Discord user id. */
  people(name: string): string | null;
  /** A member's role in the team. */
  roleOf(member: string): string | null;
  keyOf(id: string): string | null;
  idOf(key: string): string | null;
  /** Keys of open merge cards. */
  openApprovals(): readonly string[];
  /** Keys of merge cards that are approved and whose change has not landed. */
  approved(): readonly string[];
  /** Something followed already from what was said there. */
  isActedOn(echo: string): boolean;
  /** @throws Refused, and nothing is kept */
  keep(message: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Resolves when the post is shown or safe on the disk. */
  post(post: Post): Promise<void>;
  now(): Instant;
  log(line: string): void;
  /** Others may say what became of it. */
  readonly changed?: (state: DiscordState) => void;
  readonly times?: Partial<SessionTimes & TicketTimes>;
}

export interface Discord {
  readonly port: ChatPort;
  state(): DiscordState;
  close(): Promise<void>;
}

/** A post at the start waits so long for the line before it is left to the outbox. */
const lineWithin: Millis = 10_000;
/** What is said now waits for what was said before, so long at most. */
const catchUpWithin: Millis = 20_000;
const registerWithin: Millis = 60_000;
/** What is being acted on may end; what does not is found in the inbox by the next bot. */
const goodbyeWithin: Millis = 1_000;
const seenEvery: Millis = 30_000;

export async function openDiscord(parts: DiscordParts): Promise<Discord> {
  const { log, now } = parts;
  await mkdir(parts.dir, { recursive: true, mode: 0o700 });
  const heard = await openHeard(parts.dir, parts);
  const reacted = await openReacted(parts.dir, log);
  const endGuard = guardAgainstLibrary({ log });
  const ending = new AbortController();
  let client: Client<true> | null = null;
  let guild: string | null = null;
  let office: Office | null = null;
  const opened = deferred<Office>();
  /** What is wrong although the line is there. */
  let trouble: { readonly since: Instant; readonly why: string } | null = null;
  const roomAt = (channel: string): RoomName | null => office?.rooms.roomAt(channel) ?? null;
  /** What is said now is heard after what was said before. */
  let caughtUp = deferred<void>();
  /** Came over the line and is not heard yet: it was not missed. */
  const waiting = new Set<string>();

  const state = (): DiscordState =>
    trouble !== null && session.state().state === "online"
      ? { state: "away", ...trouble }
      : session.state();
  const inTrouble = (why: string | null): void => {
    if (why === (trouble?.why ?? null)) return;
    trouble = why === null ? null : { since: trouble?.since ?? now(), why };
    if (why !== null) log(`discord: ${why}`);
    parts.changed?.(state());
  };
  const underWay = new Set<Promise<unknown>>();
  const run = (what: string, work: Promise<unknown>): void => {
    const done = work
      .catch((error: unknown) => log(`discord: ${what}: ${stackOf(error)}`))
      .finally(() => underWay.delete(done));
    underWay.add(done);
  };

  const people = discordPeople({ ...parts, guild: () => guild, client: () => client });
  const self = (): string => session.self();
  const messages = createMessages({
    ...parts,
    ...{ heard, people, explain },
    ears: () => ({
      ...{ self: self(), guild, roomAt, hasText: session.hasText() },
      isPost: (channel, message) => parts.keyOf(`${channel}/${message}`) !== null,
    }),
  });
  const reactions = createReactions({ ...parts, people, reacted, self });
  const interactions = createInteractions({
    ...parts,
    ...{ people, roomAt, linkTo },
    times: { ...usualTicketTimes, ...parts.times },
  });

  function linkTo(key: string): string | null {
    const standing = readId(parts.idOf(key) ?? "");
    if (standing === null || guild === null) return null;
    return `https://discord.com/channels/${guild}/${standing.channel}/${standing.messages[0]}`;
  }

  async function explain(room: RoomName): Promise<void> {
    const place = office?.rooms.standing(room) ?? null;
    if (place === null) return;
    const button = new ButtonBuilder()
      .setCustomId(messageButton(room))
      .setLabel("Message…")
      .setStyle(ButtonStyle.Primary);
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
    const body = {
      content: cannotRead(session.application(), room),
      components: [row.toJSON()],
      allowed_mentions: { parse: [] },
    };
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(registerWithin)]);
    await session.rest.post(Routes.channelMessages(place.channel), { body, signal });
  }

  const attach = (made: Client): void =>
    listen(made, {
      ...{ interactions, messages, reactions, waiting, run, keyOf: parts.keyOf },
      caughtUp: () => caughtUp.promise,
      cleared: (key) => decisions(key),
      lost: (id) => office?.rooms.lost(id),
      joined: () => anew.resolve(),
    });
  /** Something changed that may end a trouble. */
  let anew = deferred<void>();

  /** Until it is done: a person may have to help first. */
  const untilDone = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let wait = firstAgain; ; wait = Math.min(againAtMost, wait * 2)) {
      ending.signal.throwIfAborted();
      anew = deferred<void>();
      try {
        const done = await work();
        inTrouble(null);
        return done;
      } catch (error) {
        inTrouble(whyOf(error));
        await Promise.race([anew.promise, pause(wait, ending.signal)]);
      }
    }
  };

  /** The one of now: while somebody waits the line may be begun anew. */
  const present = (): Client<true> => {
    if (client === null) throw new Error("nothing is up yet");
    return client;
  };

  let told = 0;
  /** Several may come in the same moment: each is a post of its own. */
  const tell = (line: string): void =>
    run("a line", parts.post(lineOf(`told:discord:${now()}.${++told}`, line)));

  const settle = async (): Promise<Office> => {
    const place = serverFor(present(), parts.settings, session.application());
    guild = place;
    if (office !== null) return office;
    const rooms = await openRooms({
      ...{ rest: session.rest, guild, settings: parts.settings, now, roleOf: parts.roleOf },
      ...{ file: join(parts.dir, "rooms.json"), titles: parts.desk.rooms },
      tell,
    });
    const port = discordPort({
      ...{ wires: { rest: session.rest, self }, rooms, people: parts.people, now, log },
      ownedBy: parts.keyOf,
    });
    office = { rooms, port };
    opened.resolve(office);
    return office;
  };

  const register = (): Promise<boolean> =>
    registerCommands({
      ...{ rest: session.rest, application: session.application(), guild: guild ?? "" },
      ...{ commands: project(parts.commands), file: join(parts.dir, "commands.hash") },
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(registerWithin)]),
    });

  const missed = async ({ rooms }: Office, upAt: Instant): Promise<Found> => {
    const known = rooms.known().map(({ channel }) => channel);
    const found = await catchUp(
      {
        ...parts,
        ...{ rest: session.rest, heard, messages, reactions, self, upAt },
        ...{ guild: () => guild, channels: () => known, isWaiting: (id) => waiting.has(id) },
      },
      present(),
    );
    heard.hold(false);
    // From here on there is a record of where it stopped, also where nobody has said anything yet.
    for (const channel of known) heard.mark(channel);
    return found;
  };

  /** What stands now on a card that is not over yet. */
  const decisions = async (key: string): Promise<void> => {
    const isOpen = parts.openApprovals().includes(key);
    if (!isOpen && !parts.approved().includes(key)) return;
    const means = { ...parts, rest: session.rest, reactions, self, guild: () => guild };
    await decisionsOn(key, means, isOpen);
  };

  /** Sent by a bot that died before it knew: people may have decided on it since. */
  const onFound = async ({ key }: Post): Promise<void> => {
    await whenKnown(() => parts.idOf(key));
    await decisions(key);
  };

  let isFirst = true;
  const onUp = async (up: Up, gate: Deferred<void>): Promise<void> => {
    try {
      const ready = await untilDone(settle);
      if (up.isNew) run("its commands", untilDone(register));
      if (session.hasText()) heard.forgetExplained();
      const since = isFirst ? (heard.before?.at ?? null) : up.awaySince;
      const wasFirst = isFirst;
      isFirst = false;
      if (wasFirst) await actOnLeftOver({ ...parts, keep: parts.post, echoOf });
      const found = up.isNew ? await untilDone(() => missed(ready, up.at)) : nothingFound;
      const line = backAfter(since === null ? null : now() - since, found, wasFirst);
      if (line !== null) await parts.post(lineOf(`back:discord:${now()}`, line));
    } finally {
      gate.resolve();
    }
  };

  /** What stands for it on Discord; a command's own answer has to be asked for. */
  async function echoOf({ id, ticket, press }: Inbound): Promise<string | null> {
    if (press !== undefined) return press.message;
    if (ticket === undefined) return id;
    const [channel = "", token = ""] = ticket.split(" ");
    const route = Routes.webhookMessage(session.application(), token);
    const signal = AbortSignal.timeout(registerWithin);
    const body = { content: "The bot began anew meanwhile; the answer follows." };
    try {
      const own = (await session.rest.patch(route, { body, auth: false, signal })) as {
        id: string;
      };
      return `${channel}/${own.id}`;
    } catch {
      return null; // it was never acknowledged, or too long ago
    }
  }

  let ups = Promise.resolve();
  const session = openSession({
    ...{ token: parts.token, api: parts.api, now, log, attach },
    ...(parts.times === undefined ? {} : { times: parts.times }),
    up(up) {
      client = up.client;
      anew.resolve();
      // Known before anybody's interaction is looked at.
      guild = serverOf(client, parts.settings) ?? guild;
      if (up.isNew) {
        caughtUp = deferred<void>();
        setTimeout(caughtUp.resolve, catchUpWithin).unref();
        heard.hold(true);
      }
      const gate = caughtUp;
      ups = ups
        .then(() => onUp(up, gate))
        .catch((error: unknown) => {
          if (!ending.signal.aborted) log(`discord: ${stackOf(error)}`);
        });
    },
    changed: () => parts.changed?.(state()),
  });

  const seen = setInterval(() => {
    if (session.state().state === "online") heard.present();
  }, seenEvery);

  const over = async <T>(signal: AbortSignal, go: (port: ChatPort) => Promise<T>): Promise<T> => {
    if (office === null) await Promise.race([opened.promise, pause(lineWithin, signal)]);
    if (office !== null) return go(office.port);
    const { state: how, why } = state();
    throw new Failure(
      how === "parked" ? "chat.login" : "chat.unavailable",
      `Discord is not there: ${why}`,
    );
  };

  return {
    port: {
      ...{ name: "discord", ...pace },
      isOpen: (room) => office === null || office.rooms.standing(room) !== null,
      post: (post, signal) => over(signal, (port) => port.post(post, signal)),
      edit: (id, post, signal) => over(signal, (port) => port.edit(id, post, signal)),
      async find(post, signal) {
        const id = await over(signal, (port) => port.find(post, signal));
        if (id !== null && post.card?.kind === "merge") run("a card that is found", onFound(post));
        return id;
      },
      mark: (mark, signal) => over(signal, (port) => port.mark(mark, signal)),
    },
    state,
    async close() {
      ending.abort();
      clearInterval(seen);
      if (session.state().state === "online") heard.present();
      await session.close();
      await ups;
      await Promise.race([
        Promise.all(underWay),
        pause(goodbyeWithin, new AbortController().signal),
      ]);
      await office?.port.settled();
      await heard.close();
      endGuard();
    },
  };
}

/** What there is once the bot has its place on the server. */
interface Office {
  readonly rooms: Rooms;
  readonly port: DiscordPort;
}

const firstAgain: Millis = 1_000;
const againAtMost: Millis = 30_000;
const nothingFound: Found = { handled: 0, listed: 0, counted: 0 };

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const whyOf = (error: unknown): string => {
  if (!(error instanceof Failure)) return stackOf(error);
  return [error.message, error.hint ?? ""].join(". ").trim();
};
