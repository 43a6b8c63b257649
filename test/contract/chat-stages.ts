// The two chats of the contract: the one in memory, and the local chat behind a real socket with real clients.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAttachments } from "../../src/chat/attachments.ts";
import { openInbox } from "../../src/chat/inbox.ts";
import { type LocalChat, openLocalChat } from "../../src/chat/local/adapter.ts";
import { connectChat, type Link } from "../../src/chat/local/client.ts";
import type { Claim } from "../../src/chat/local/socket.ts";
import type { Caller, Receipt, Refusal } from "../../src/core/words.ts";
import { chatDesk, faceOf, type Heard, type Message, roomOf } from "../fakes/chat-desk.ts";
import { type FakeDesk, fakeDesk } from "../fakes/desk.ts";
import type { ChatStage } from "./chat-suite.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a line holds differs by its event
export type Line = Readonly<Record<string, any>>;

/** A client and everything it was told. */
export interface Client {
  readonly lines: readonly Line[];
  readonly link: Link;
  /** The first line, come or yet to come, that is wanted. */
  next(wanted: (line: Line) => boolean): Promise<Line>;
  /** Sends a request with a `ref` of its own; resolves with its direct answer. */
  ask(request: object): Promise<Line>;
  /** All that was sent and told before has arrived. */
  settled(): Promise<void>;
}

/** The local chat on its socket. */
export interface Place {
  readonly dir: string;
  readonly path: string;
  readonly desk: FakeDesk;
  readonly log: readonly string[];
  readonly chat: LocalChat;
  /** What is decided and not shown yet. */
  readonly shows: Promise<unknown>[];
  /** [by `as`, else ada; an approver] */
  /** Who named a process that was not theirs. */
  readonly unproven: readonly Claim[];
  identify: (claim: Claim) => Caller | Refusal;
  client(as?: string): Promise<Client>;
  /** The bot goes and comes back. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

export interface PlaceOptions {
  /** Below the place's folder [chat.sock] */
  readonly path?: string;
  /** With the place's folder, before the bot comes. */
  readonly before?: (dir: string) => Promise<unknown>;
}

export async function openPlace(options: PlaceOptions = {}): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), "batty-chat-"));
  const path = join(dir, options.path ?? "chat.sock");
  const desk = fakeDesk();
  const log: string[] = [];
  const unproven: Claim[] = [];
  const shows: Promise<unknown>[] = [];
  const open = async (): Promise<LocalChat> =>
    openLocalChat({
      inbox: await openInbox(join(dir, "history"), (text) => String(text.length)),
      dir: join(dir, "history"),
      socketPath: path,
      fallbackSocketDir: join(dir, "short"),
      callersDir: join(dir, "callers"),
      desk,
      identify: async (claim) => place.identify(claim),
      onUnproven: (claim) => void unproven.push(claim),
      now: Date.now,
      log: (line) => log.push(line),
      shown: async () => void (await Promise.all(shows)),
      keep: openAttachments(join(dir, "attachments")).take,
    });
  let chat: LocalChat | null = null;
  const place: Place = {
    ...{ dir, path, desk, log, shows, unproven },
    identify: ({ as }) => ({ name: as ?? "ada", via: "local", tier: "approver" }),
    get chat() {
      if (chat === null) throw new Error("the chat is closed");
      return chat;
    },
    client: async (as) => follow(await connectChat(path, as ?? null, true)),
    async restart() {
      await place.chat.close();
      chat = await open();
    },
    async end() {
      await chat?.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await options.before?.(dir);
  chat = await open();
  return place;
}

export function follow(link: Link): Client {
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  let number = 0;
  link.onLine((line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const next = (wanted: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = lines.find(wanted);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const ask = (request: object): Promise<Line> => {
    number += 1;
    const ref = `r${number}`;
    link.send({ ref, ...request });
    return next((line) => line["ref"] === ref);
  };
  return { lines, link, next, ask, settled: async () => void (await ask({ rooms: true })) };
}

// ---------------------------------------------------------------- stages of the common suite

export async function memoryStage(): Promise<ChatStage> {
  const desk = fakeDesk();
  const chat = chatDesk({ desk: () => desk, drive: (call) => call });
  return {
    desk,
    chat,
    async until(what) {
      // A round of the event loop is all that it may need.
      for (let n = 0; !what(); n += 1) {
        if (n > 100) throw new Error("waited in vain");
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    end: async () => undefined,
  };
}

export async function socketStage(): Promise<ChatStage> {
  const place = await openPlace();
  const watcher = await place.client("watcher");
  await watcher.next((line) => line["event"] === "ready");
  const clients = new Map<string, Promise<Client>>();
  const clientOf = (name: string): Promise<Client> => {
    const client = clients.get(name) ?? place.client(name);
    clients.set(name, client);
    return client;
  };
  return {
    desk: place.desk,
    chat: seenBy(watcher, place, clientOf),
    until: async (what) => void (await watcher.next(what)),
    end: place.end,
  };
}

/** What a client was told, as the chat in memory would show it. */
function seenBy(
  watcher: Client,
  { chat }: Place,
  clientOf: (name: string) => Promise<Client>,
): ChatStage["chat"] {
  const all = (): readonly Message[] => {
    const messages = new Map<string, Message>();
    for (const line of watcher.lines) {
      if (line["event"] !== "message" && line["event"] !== "edit") continue;
      const { id, room, from, text, card, loud, mentions, reply_to, files } = line;
      const shown = [...(messages.get(id)?.shown ?? []), faceOf(text, card)];
      messages.set(id, {
        id,
        key: "",
        room,
        from,
        text,
        card,
        loud,
        mentions,
        replyTo: reply_to ?? null,
        files: files.map((f: { path: string }) => f.path),
        shown,
      });
    }
    return [...messages.values()];
  };
  const receipts = (id: string): readonly Receipt[] =>
    watcher.lines
      .filter((l) => l["event"] === "reaction" && l["message"] === id && l["added"] && l["state"])
      .map((l) => l["state"]);
  const ids = new WeakMap<Heard, string>();
  const heard = (answer: Line, own: string | null): Heard => {
    const { event, code, say, hint, text, card } = answer;
    const refusal =
      event === "error" ? { code, say, ...(hint === undefined ? {} : { hint }) } : null;
    const shown = event === "message" ? { text, card } : { text: say ?? "", card: null };
    const result = { ...shown, refusal, own };
    if (event === "message") ids.set(result, answer["id"]);
    return result;
  };
  return {
    show: async (shown) => ("post" in shown ? chat.post(shown.post) : chat.mark(shown.mark)),
    room: (name) => roomOf(() => all().filter((m) => m.room === name), name, receipts),
    all,
    receipts,
    person: (name) => ({
      async says(text, { room = "commands", replyTo } = {}) {
        const client = await clientOf(name);
        const answer = await client.ask({ say: text, room, reply_to: replyTo?.id ?? null });
        const echo = await client.next((line) => line["echo"] === answer["ref"]);
        return heard(answer, echo["id"]);
      },
      async presses(label, on, text) {
        const action = on.card?.actions.find((a) => a.label.replace(/^✅ /, "").startsWith(label));
        const message = "id" in on ? on.id : ids.get(on);
        const client = await clientOf(name);
        return heard(await client.ask({ press: action?.id, message, text }), null);
      },
      reacts: async (emoji, on) =>
        heard(await (await clientOf(name)).ask({ react: emoji, message: on.id }), null),
      unreacts: async (emoji, on) =>
        heard(await (await clientOf(name)).ask({ unreact: emoji, message: on.id }), null),
    }),
  };
}
