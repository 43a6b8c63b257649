// What people write on Discord: orders, answers and directives to the counter, once each, and its answers as posts that
// reply to them. An edit is no order.
import type { Message, PartialMessage } from "discord.js";
import type { Post, RoomName } from "../../core/card.ts";
import { Refused } from "../../core/command.ts";
import type { Caller, Instant, Millis, Refusal } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";
import type { Desk, DeskAnswer } from "../desk.ts";
import type { Inbound, Inbox } from "../inbox.ts";
import { fetchFiles } from "./files.ts";
import type { Heard } from "./heard.ts";
import { idOf } from "./ids.ts";
import { keyWhenKnown } from "./known.ts";
import type { People } from "./people.ts";
import { type Ears, type Spoken, spokenIn } from "./spoken.ts";

export interface MessageParts {
  /** Where Discord is; null: everybody's. */
  readonly api: string | null;
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly heard: Heard;
  readonly people: People;
  ears(): Ears;
  keyOf(id: string): string | null;
  keep(message: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Resolves when the post is shown or safe on the disk. */
  post(post: Post): Promise<void>;
  /** Says in this room that plain text can't be read, and what to do. */
  explain(room: RoomName): Promise<void>;
  now(): Instant;
  log(line: string): void;
}

export interface Messages {
  /** True: it was acted on now. */
  said(message: Message): Promise<boolean>;
  edited(message: Message | PartialMessage): Promise<void>;
  /** What it would be in the inbox; null: not for us, a stranger's, or taken already. */
  order(message: Message): Promise<Inbound | null>;
}

type Where = Pick<Inbound, "id" | "room">;

export function createMessages(parts: MessageParts): Messages {
  const { desk, inbox, heard, people } = parts;
  const turn = inTurn();

  const answer = (where: Where, text: string, more: Partial<Post> = {}): Promise<void> =>
    parts.post({
      ...{ key: `answer:discord:${where.id}`, room: where.room, from: "batty", text, card: null },
      ...{ thread: where.room.startsWith("task:") ? where.room : null, loud: false, mentions: [] },
      ...{ replyTo: where.id, replyVia: "discord", ...more },
    });

  const refuse = (where: Where, by: Caller, { say, hint }: Refusal): Promise<void> =>
    // A stranger's words get none.
    by.tier === "none" ? Promise.resolve() : answer(where, [say, hint ?? ""].join(" ").trim());

  const answered = async (where: Where, by: Caller, given: DeskAnswer): Promise<void> => {
    if (given.kind === "refused") return refuse(where, by, given.refusal);
    if (given.kind !== "message") return; // receipts and edits show by themselves
    const face = ({ card, files }: Pick<typeof given, "card" | "files">): Partial<Post> => ({
      card,
      ...(files === undefined ? {} : { files }),
    });
    const first = answer(where, given.text, face(given));
    if (given.edit !== undefined)
      Promise.all([given.edit, first])
        .then(([late]) => answer(where, late.text, face(late)))
        .catch((error: unknown) => parts.log(`discord: a late answer: ${String(error)}`));
    await first;
  };

  const callerOf = ({ author, guildId, member }: Message): Promise<Caller> =>
    people.who({
      ...{ id: author.id, guild: guildId },
      roles: member === null ? null : [...member.roles.cache.keys()],
    });

  const inboundOf = (message: Message, spoken: Spoken, by: Caller): Inbound => {
    const key = keyOfReply(message, spoken);
    return {
      ...{ id: idOf(message.channelId, [message.id]), by, room: spoken.room },
      ...{ at: message.createdTimestamp, text: spoken.text, files: [] },
      replyTo: key === null ? null : { key },
    };
  };

  const keyOfReply = ({ channelId }: Message, { replyTo }: Spoken): string | null =>
    replyTo === null ? null : parts.keyOf(idOf(channelId, [replyTo.id]));

  /** People may answer a question before the request that asked it is over. */
  const repliedKnown = async (message: Message, { replyTo }: Spoken): Promise<void> => {
    const original = message.channel.messages.cache.get(replyTo?.id ?? "");
    const isQuick =
      original !== undefined && message.createdTimestamp - original.createdTimestamp < sameMoment;
    if (replyTo?.isOurs && isQuick) await keyWhenKnown(original, parts.ears().self, parts.keyOf);
  };

  /** Records it in its turn, so that what comes later in the same channel does not overtake its files. */
  const record = async (
    message: Message,
    spoken: Spoken,
    by: Caller,
  ): Promise<{ readonly taking: Promise<true | null> }> => {
    await repliedKnown(message, spoken);
    const inbound = inboundOf(message, spoken, by);
    const tell = (refusal: Refusal) => ({
      taking: refuse(inbound, by, refusal).then(() => true as const),
    });
    if (by.tier !== "none" && spoken.replyTo?.isOurs && inbound.replyTo === null)
      return tell(unknownQuestion);
    // A stranger's files are not fetched, nor are those of what is known.
    const wanted =
      by.tier === "none" || inbox.has(inbound.id) ? [] : [...message.attachments.values()];
    try {
      const keep = (paths: readonly string[]) => parts.keep(`discord-${message.id}`, paths);
      const files = await fetchFiles(wanted, { api: parts.api, keep });
      return { taking: take({ ...inbound, files }) };
    } catch (error) {
      if (error instanceof Refused) return tell(error.refusal);
      throw error;
    }
  };

  const take = (inbound: Inbound): Promise<true | null> =>
    inbox.take(inbound, async () => {
      const { by, text, room, replyTo, files, id } = inbound;
      const given = await desk.say(by, { text, room, replyTo, files, echo: id });
      await answered(inbound, by, given);
      return true as const;
    });

  return {
    async said(message) {
      const done = heard.begin(message.id);
      try {
        const spoken = spokenIn(message, parts.ears());
        if (spoken === "unread") {
          const { tier } = await callerOf(message);
          const room = parts.ears().roomAt(message.channelId);
          if (tier !== "none" && room !== null && heard.explain(room)) await parts.explain(room);
          return false;
        }
        if (spoken === null) return false;
        const { taking } = await turn(message.channelId, async () => {
          const by = await callerOf(message);
          if (message.guildId === null && by.tier !== "none") heard.addDirect(message.channelId);
          return record(message, spoken, by);
        });
        return (await taking) !== null;
      } finally {
        done();
      }
    },
    async order(message) {
      const spoken = spokenIn(message, parts.ears());
      if (spoken === null || spoken === "unread") return null;
      const inbound = inboundOf(message, spoken, await callerOf(message));
      return inbound.by.tier === "none" || inbox.has(inbound.id) ? null : inbound;
    },
    async edited(message) {
      if (message.partial || message.editedTimestamp === null) return; // a link got its preview
      const id = idOf(message.channelId, [message.id]);
      if (!inbox.has(id) || (await callerOf(message)).tier === "none" || !inbox.edited(id)) return;
      const room = parts.ears().roomAt(message.channelId) ?? "commands";
      await answer({ id, room }, editIsNoOrder, { key: `edited:discord:${id}` });
    },
  };
}

/** Who replies later than this replies to something that had its time to become known. */
const sameMoment: Millis = 60_000;

const editIsNoOrder =
  "Edited after it was said: that is no new order, what was said first counts. Say it anew to change it.";

const unknownQuestion: Refusal = {
  code: "chat.unknown-message",
  say: "I don't know any more what this replies to, so nothing was done.",
  hint: "Say it again without replying.",
};
