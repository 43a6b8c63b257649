// One interaction: acknowledged at once, answered by its token while that lives, and as a post after that. Knows neither
// commands nor cards' meanings.
import {
  AttachmentBuilder,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  type StringSelectMenuInteraction,
} from "discord.js";
import type { Card, Post, PostFile, RoomName } from "../../core/card.ts";
import type { Instant, Millis, Refusal } from "../../core/words.ts";
import { type Part, renderAnswer } from "./render/message.ts";

export interface TicketTimes {
  /** Discord gives 3 s; what is not acknowledged by then is answered without it. */
  readonly acknowledged: Millis;
  /** Discord forgets an interaction after 15 minutes. */
  readonly token: Millis;
}

export const usualTicketTimes: TicketTimes = { acknowledged: 2_500, token: 14.5 * 60_000 };

export interface TicketParts {
  readonly times: TicketTimes;
  /** Resolves when the post is shown or safe on the disk. */
  post(post: Post): Promise<void>;
  idOf(key: string): string | null;
  now(): Instant;
  log(line: string): void;
}

export interface Shown {
  readonly text: string;
  readonly card: Card | null;
  /** Absent: what was there stays. */
  readonly files?: readonly PostFile[];
}

export type Asking =
  | ChatInputCommandInteraction
  | ButtonInteraction
  | StringSelectMenuInteraction
  | ModalSubmitInteraction
  | MessageContextMenuCommandInteraction;

export interface Ticket {
  /** Our id of the message that stands for what was asked: receipts go there. */
  echo(): Promise<string>;
  /** Says what was asked, where nobody else sees it otherwise. */
  say(text: string): Promise<void>;
  show(shown: Shown): Promise<void>;
  /** In the place of the message that was pressed. */
  turn(shown: Shown): Promise<void>;
  /** Takes the buttons off the message that was pressed. */
  close(): Promise<void>;
  refuse(refusal: Refusal): Promise<void>;
}

export interface Wish {
  readonly room: RoomName;
  readonly by: string;
  /** What it says for people, should Discord not show it. */
  readonly words: string;
  /** Seen by the asker alone. */
  readonly isPrivate: boolean;
  /** A press changes nothing to be seen by itself; all else gets a message that its answer fills. */
  readonly isPress: boolean;
}

/** @returns once the acknowledgement is on its way */
export function openTicket(asking: Asking, wish: Wish, parts: TicketParts): Ticket {
  const at = parts.now();
  const key = `discord:${asking.id}`;
  const isPress = wish.isPress && "deferUpdate" in asking;
  const acknowledged = acknowledge();
  const filled: string[] = [];
  let echo: Promise<string> | null = null;

  async function acknowledge(): Promise<{ readonly message: string | null } | null> {
    const taking =
      isPress && "deferUpdate" in asking
        ? asking.deferUpdate().then(() => null)
        : asking
            .deferReply({
              ...(wish.isPrivate ? { flags: MessageFlags.Ephemeral } : {}),
              withResponse: true,
            })
            .then(({ resource }) => resource?.message?.id ?? null);
    const late = Symbol("late");
    let timer: NodeJS.Timeout | undefined;
    const waiting = new Promise<typeof late>((resolve) => {
      timer = setTimeout(resolve, parts.times.acknowledged, late);
    });
    const first = await Promise.race([
      taking.then(
        (message) => ({ message }),
        (error: unknown) => {
          parts.log(`discord: ${key} was not acknowledged: ${String(error)}`);
          return null;
        },
      ),
      waiting,
    ]).finally(() => clearTimeout(timer));
    if (first !== late) return first;
    parts.log(`discord: ${key} was not acknowledged in time`);
    // The answer goes another way by now: an empty one must not stand there as well.
    if (!isPress) taking.then(() => asking.deleteReply()).catch(() => undefined); // gone is what it should be
    return null;
  }

  /** The token still does. */
  const isAlive = async (): Promise<boolean> =>
    (await acknowledged) !== null && parts.now() - at < parts.times.token;

  /** By its token, else as a post: a result is never lost for the way it should have gone. */
  const either = async (byToken: () => Promise<unknown>, other: () => Promise<void>) => {
    if (await isAlive())
      try {
        await byToken();
        return;
      } catch (error) {
        parts.log(`discord: ${key} is answered as a post: ${String(error)}`);
      }
    await other();
  };

  const place = (message: string): string => `${asking.channelId}/${message}`;

  const pressed = (): string | null =>
    isPress && "message" in asking ? (asking.message?.id ?? null) : null;

  const replyTo = async (): Promise<string | null> => {
    const own = wish.isPrivate ? null : ((await acknowledged)?.message ?? null);
    const on = own ?? pressed();
    return on === null ? null : place(on);
  };

  const asPost = async (
    { text, card, files }: Shown,
    name: "answer" | "said" = "answer",
  ): Promise<void> => {
    const { room, by } = wish;
    await parts.post({
      ...{ key: `${name}:${key}`, room, thread: room.startsWith("task:") ? room : null },
      ...{ from: "batty", text, card, loud: false, mentions: name === "answer" ? [by] : [] },
      ...{ replyTo: await replyTo(), replyVia: "discord" },
      ...(files === undefined ? {} : { files }),
    });
  };

  /** The first message of an answer fills what was deferred; the others follow it. */
  const put = async (part: Part, n: number): Promise<void> => {
    const payload = payloadOf(part);
    const there = filled[n];
    if (there !== undefined) {
      await asking.webhook.editMessage(there, payload);
      return;
    }
    const flags = isPress || wish.isPrivate ? MessageFlags.Ephemeral : undefined;
    const message =
      n === 0 && !isPress
        ? await asking.editReply(payload)
        : await asking.followUp({ ...payload, ...(flags === undefined ? {} : { flags }) });
    filled[n] = message.id;
  };

  const byToken = async (shown: Shown): Promise<void> => {
    const { parts: messages } = renderAnswer(shown);
    for (const [n, part] of messages.entries()) await put(part, n);
    for (const surplus of filled.splice(messages.length))
      await asking.webhook.deleteMessage(surplus);
  };

  /** What stands in for a message of the person's where Discord shows none. */
  const standIn = async (): Promise<string> => {
    await asPost({ text: `${wish.by}: ${wish.words}`, card: null }, "said");
    return parts.idOf(`said:${key}`) ?? place(asking.id);
  };

  return {
    echo() {
      echo ??= acknowledged.then((own) => {
        const on = own?.message ?? pressed();
        return own !== null && on !== null ? place(on) : standIn();
      });
      return echo;
    },
    async say(text) {
      if (!(await isAlive())) return; // the stand-in says it
      const [{ content }] = renderAnswer({ text, card: null }).parts;
      filled[0] = (await asking.editReply({ content, allowedMentions: { parse: [] } })).id;
    },
    show: (shown) =>
      either(
        () => byToken(shown),
        () => asPost(shown),
      ),
    turn: (shown) =>
      either(
        () => asking.editReply(payloadOf(renderAnswer(shown).parts[0], shown.files === undefined)),
        () => asPost(shown),
      ),
    close: () =>
      either(
        () => asking.editReply({ components: [] }),
        async () => undefined,
      ),
    refuse({ say, hint }) {
      const shown = { text: [say, hint ?? ""].join(" ").trim(), card: null };
      const toThemAlone = async (): Promise<void> => {
        if (isPress || wish.isPrivate) return byToken(shown);
        await asking.deleteReply();
        await asking.followUp({
          ...payloadOf(renderAnswer(shown).parts[0]),
          flags: MessageFlags.Ephemeral,
        });
      };
      return either(toThemAlone, () => asPost(shown));
    },
  };
}

/** @param keepFiles what is attached there already stays */
function payloadOf(part: Part, keepFiles = false) {
  const files = [
    ...part.files.map(({ name, path }) => new AttachmentBuilder(path, { name })),
    ...part.made.map(({ name, text }) => new AttachmentBuilder(Buffer.from(text), { name })),
  ];
  return {
    content: part.content,
    embeds: [...part.embeds],
    components: [...part.components],
    allowedMentions: { parse: [] },
    ...(keepFiles ? {} : { files, attachments: [] }),
  };
}
