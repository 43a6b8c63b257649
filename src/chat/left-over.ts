// What people said to a bot that died before it acted: acted on now when it is young, listed when it is old. Never twice.
import type { Post } from "../core/card.ts";
import { chatOf } from "../core/chat-port.ts";
import type { State } from "../core/state.ts";
import { post } from "../core/views/post.ts";
import type { Instant } from "../core/words.ts";
import type { Desk, DeskAnswer } from "./desk.ts";
import type { Inbound, Inbox } from "./inbox.ts";

export interface LeftOverParts {
  readonly inbox: Inbox;
  readonly desk: Desk;
  /** Resolves when the post is shown or safe on the disk. */
  readonly keep: (post: Post) => Promise<void>;
  /** The chat's id of what shows the person's own words or press; null: nothing does, so nobody counts on it. */
  readonly echoOf: (inbound: Inbound) => string | null | Promise<string | null>;
  /** Something followed from it already. */
  readonly isActedOn: (echo: string) => boolean;
  readonly now: () => Instant;
}

/** Of each listed message. */
const shownAtMost = 120;

export async function actOnLeftOver(parts: LeftOverParts): Promise<void> {
  const { inbox, desk, keep, echoOf } = parts;
  const { due, stale } = await inbox.left(parts.now());
  for (const inbound of due) {
    const echo = await echoOf(inbound);
    // A press is on a message of ours, of whose words something may have come.
    if (echo !== null && (inbound.press !== undefined || !parts.isActedOn(echo))) {
      const answer = await heard(desk, inbound, echo);
      for (const said of await answersIn(answer, inbound, echo))
        if (!isStrangers(inbound)) await keep(said);
    }
    await inbox.settle(inbound);
  }
  await listStale(stale, parts);
}

/** A press that was heard already is refused by what came of it. */
function heard(desk: Desk, inbound: Inbound, echo: string): Promise<DeskAnswer> {
  const { by, text, room, replyTo, files, press } = inbound;
  if (press !== undefined) return desk.press(by, press);
  return desk.say(by, { text, room, replyTo, echo, files });
}

/** They get no word, and theirs are shown to nobody. */
const isStrangers = ({ by }: Inbound): boolean => by.tier === "none";

/** Says what was not acted on for its age, and makes sure that it never is. */
export async function listStale(
  stale: readonly Inbound[],
  { inbox, keep }: Pick<LeftOverParts, "inbox" | "keep">,
): Promise<void> {
  for (const inbound of stale.filter(isStrangers)) await inbox.settle(inbound);
  for (const [room, list] of byRoom(stale.filter((one) => !isStrangers(one)))) {
    const lines = list.map(({ by, text }) => `${by.name}: ${text.slice(0, shownAtMost)}`);
    const words = `Said before the bot came back and not acted on; say it again if it still counts:`;
    const said = post(`stale:${list[0]?.id}`, room, [words, ...lines].join("\n"));
    if ("post" in said) await keep(said.post);
    for (const inbound of list) await inbox.settle(inbound);
  }
}

async function answersIn(
  answer: DeskAnswer,
  { id, room, by }: Inbound,
  echo: string,
): Promise<Post[]> {
  const chat = chatOf(by.via);
  const where = { replyTo: echo, ...(chat === "local" ? {} : { replyVia: chat }) };
  const made = (text: string, more: Partial<Post> = {}): Post[] => {
    const said = post(`answer:${id}`, room, text, { ...where, ...more });
    return "post" in said ? [said.post] : [];
  };
  if (answer.kind === "refused") return made(answer.refusal.say);
  if (answer.kind !== "message") return [];
  const { text, card, files = [] } = answer.edit === undefined ? answer : await answer.edit;
  return made(text, { card, files });
}

function byRoom(list: readonly Inbound[]): ReadonlyMap<string, readonly Inbound[]> {
  const rooms = new Map<string, Inbound[]>();
  for (const inbound of list)
    rooms.set(inbound.room, [...(rooms.get(inbound.room) ?? []), inbound]);
  return rooms;
}

/** A message to a member, or a task, came of what was said there. */
export const isActedOn = (state: State, chat: string, echo: string): boolean =>
  [...state.messages.values()].some((d) => chatOf(d.mail.via) === chat && d.mail.echo === echo) ||
  [...state.requests.keys()].some((key) => key.startsWith(keyOf(chat, echo)));

/** How what is made by one message is named. */
export const keyOf = (chat: string, echo: string): string => `${chatOf(chat)}:${echo}.`;
