// A chat in memory: rooms whose posts have keys, receipts on people's own messages, and people who talk to the desk.
// Shows like the local chat; has no socket and no file, and outlives every life of the bot.
import type { Desk, DeskAnswer } from "../../src/chat/desk.ts";
import type { Card, Post, PostFile } from "../../src/core/card.ts";
import type { Visible } from "../../src/core/views/post.ts";
import type { Caller, Receipt, Refusal, Tier } from "../../src/core/words.ts";
import { type OutboxDisk, outboxDisk } from "./outbox-disk.ts";

export interface Message {
  readonly id: string;
  readonly key: string;
  readonly room: string;
  readonly from: string;
  readonly text: string;
  readonly card: Card | null;
  readonly loud: boolean;
  readonly mentions: readonly string[];
  readonly replyTo: string | null;
  /** Names of what is shown along with it. */
  readonly files: readonly string[];
  /** Every state it was shown in, the present one last. */
  readonly shown: readonly string[];
}

export interface Room {
  messages(): readonly Message[];
  /** The newest card, of this kind. */
  card(kind?: Card["kind"]): Message;
  cards(kind?: Card["kind"]): readonly Message[];
  /** As a person reads it, a line each: who, what, a card's state, a receipt. */
  text(): string;
}

/** What a person gets to hear at once. */
export interface Heard {
  readonly text: string;
  readonly card: Card | null;
  readonly refusal: Refusal | null;
  /** The person's own message. */
  readonly own: string | null;
}

export interface Person {
  says(text: string, where?: { room?: string; replyTo?: Message }): Promise<Heard>;
  /** By a button's label or its beginning. */
  presses(label: string, on: Message | Heard, text?: string): Promise<Heard>;
  reacts(emoji: string, on: Message): Promise<Heard>;
  unreacts(emoji: string, on: Message): Promise<Heard>;
}

export interface ChatDesk {
  /** As the pump wants it: durable, once a key. */
  show(shown: Visible): Promise<void>;
  room(name: string): Room;
  all(): readonly Message[];
  receipts(id: string): readonly Receipt[];
  /** @param via [local] */
  person(name: string, tier: Tier | "none", via?: string): Person;
  /** The id of the post with this key; null: it is not there. */
  idOf(key: string): string | null;
  /** What was stored to go along with posts, by path. */
  readonly kept: Map<string, string>;
  store(name: string, text: string): Promise<PostFile>;
  /** What the outbox keeps on its disk. */
  readonly disk: OutboxDisk;
}

export interface ChatDeskParts {
  /** The desk of the present life. */
  readonly desk: () => Desk;
  /** Lets time pass until a call is answered. */
  readonly drive: <T>(call: Promise<T>) => Promise<T>;
}

export function chatDesk(parts: ChatDeskParts): ChatDesk {
  const messages: Message[] = [];
  const marks = new Map<string, Receipt[]>();
  const kept = new Map<string, string>();
  let answers = 0;

  const put = (post: Post): Message => {
    const at = messages.findIndex((m) => m.key === post.key);
    const { key, room, from, text, card, loud, mentions, replyTo } = post;
    const before = messages[at];
    const files = (post.files ?? []).map((f) => f.path);
    const face = faceOf(text, card);
    const id = before?.id ?? `m${messages.length + 1}`;
    if (before?.shown.at(-1) === face && same([before.card, before.files], [card, files]))
      return before;
    const shown = [...(before?.shown ?? []), face];
    const message = { id, key, room, from, text, card, loud, mentions, replyTo, files, shown };
    if (before === undefined) messages.push(message);
    else messages[at] = message;
    return message;
  };
  const post = (more: Pick<Post, "key" | "room" | "from" | "text"> & Partial<Post>): Message =>
    put({ thread: null, card: null, loud: false, mentions: [], replyTo: null, ...more });
  const mark = (echo: string, state: Receipt, card: Card | null = null): void => {
    const said = messages.find((m) => m.id === echo);
    if (said !== undefined && (said.card !== null || card !== null))
      post({ ...said, files: said.files.map((path) => ({ name: path, path })), card });
    const list = marks.get(echo) ?? [];
    if (list.at(-1) !== state) marks.set(echo, [...list, state]);
  };

  /** @param pressed whose place an answer may take */
  const heard = (
    answer: DeskAnswer,
    room: string,
    own: string | null,
    pressed: Message | null = null,
  ): Heard => {
    const nothing = { text: "", card: null, refusal: null, own };
    switch (answer.kind) {
      case "refused":
        return { ...nothing, text: answer.refusal.say, refusal: answer.refusal };
      case "receipt":
        if (own !== null && !marks.has(own)) mark(own, answer.state);
        return nothing;
      case "message": {
        const place = answer.inPlace ? pressed : null;
        const key = place?.key ?? `answer:${++answers}`;
        const files = answer.files ?? place?.files.map((path) => ({ name: path, path })) ?? [];
        const { text, card } = answer;
        post({ key, room, from: "batty", text, card, replyTo: own, files });
        void answer.edit?.then((late) => post({ key, room, from: "batty", ...late }));
        return { ...nothing, text: answer.text, card: answer.card };
      }
      default:
        return nothing;
    }
  };

  const person = (name: string, tier: Tier | "none", via = "local"): Person => {
    const by: Caller = { name, via: via as Caller["via"], tier };
    const react = async (emoji: string, on: Message, added: boolean): Promise<Heard> => {
      const reaction = { key: on.key, emoji, added, message: on.id };
      return heard(await parts.drive(parts.desk().react(by, reaction)), on.room, null);
    };
    return {
      async says(text, { room = "commands", replyTo } = {}) {
        const own = post({ key: `said:${messages.length}`, room, from: name, text }).id;
        const reply = replyTo === undefined ? null : { key: replyTo.key };
        const said = { text, room, replyTo: reply, echo: own };
        return heard(await parts.drive(parts.desk().say(by, said)), room, own);
      },
      async presses(label, on, text) {
        const room = "room" in on ? on.room : "commands";
        const action = on.card?.actions.find((a) => a.label.replace(/^✅ /, "").startsWith(label));
        if (action === undefined) throw new Error(`no button "${label}" on ${on.card?.title}`);
        const message = "id" in on ? { message: on.id } : {};
        const press = { action: action.id, text: text ?? null, ...message };
        const pressed = "key" in on ? on : null;
        return heard(await parts.drive(parts.desk().press(by, press)), room, null, pressed);
      },
      reacts: (emoji, on) => react(emoji, on, true),
      unreacts: (emoji, on) => react(emoji, on, false),
    };
  };

  const receipts = (id: string): readonly Receipt[] => marks.get(id) ?? [];
  const room = (name: string): Room =>
    roomOf(() => messages.filter((m) => m.room === name), name, receipts);

  return {
    async show(shown) {
      if ("post" in shown) put(shown.post);
      else mark(shown.mark.echo, shown.mark.state, shown.mark.card);
    },
    room,
    all: () => messages,
    receipts,
    person,
    idOf: (key) => messages.find((m) => m.key === key)?.id ?? null,
    kept,
    async store(name, text) {
      const path = `/kept/${name}`;
      kept.set(path, text);
      return { name, path };
    },
    disk: outboxDisk(),
  };
}

/** A room as tests look at it. */
export function roomOf(
  here: () => readonly Message[],
  name: string,
  receipts: (id: string) => readonly Receipt[],
): Room {
  const cards = (kind?: Card["kind"]) =>
    here().filter((m) => m.card !== null && (kind === undefined || m.card.kind === kind));
  return {
    messages: here,
    cards,
    card(kind) {
      const found = cards(kind).at(-1);
      if (found === undefined) throw new Error(`no ${kind ?? ""} card in ${name}`);
      return found;
    },
    text: () =>
      here()
        .map((m) => lineOf(m, receipts(m.id)))
        .join("\n"),
  };
}

export const faceOf = (text: string, card: Card | null): string =>
  card === null ? text : `${card.title} (${card.state}) ${card.footer}`.trim();

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function lineOf({ from, text, card }: Message, receipts: readonly Receipt[]): string {
  const last = receipts.at(-1);
  const shown = card === null ? text : `[${card.kind} ${card.state}] ${card.title}`;
  return `${from}: ${shown}${last === undefined ? "" : ` (${last})`}`;
}
