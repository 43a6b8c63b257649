// What was said on Discord while the line was not there: lately, it is acted on once, what is older is only listed.
// Without a record of where it stopped, or with one from long ago, all of it is only counted.
import { type Client, DiscordAPIError, type Message } from "discord.js";
import type { Post } from "../../core/card.ts";
import type { Instant, Millis } from "../../core/words.ts";
import { fewAtATime } from "../../lib/few.ts";
import type { Inbound, Inbox } from "../inbox.ts";
import { listStale } from "../left-over.ts";
import { failureOf } from "./failures.ts";
import { type Heard, isYounger } from "./heard.ts";
import type { Messages } from "./messages.ts";

export interface BacklogParts {
  readonly inbox: Inbox;
  readonly heard: Heard;
  readonly messages: Messages;
  /** Channels and threads that stand for rooms. */
  readonly channels: readonly string[];
  /** It is being heard anyway. */
  isWaiting(message: string): boolean;
  /** Nobody was there for so long that none of it is acted on. */
  readonly isLongAgo: boolean;
  /** When the line was there again: what is said after that is none of this. */
  readonly upAt: Instant;
  post(post: Post): Promise<void>;
  now(): Instant;
  log(line: string): void;
}

export interface Found {
  /** Acted on now. */
  readonly handled: number;
  /** Shown as too old to be acted on. */
  readonly listed: number;
  /** Not even that: how old they are is not known, or too many of them may be. */
  readonly counted: number;
}

/** An order older than this was given to a world that is no more. */
const staleAfter: Millis = 5 * 60_000;
/** Messages of different channels may come in another order than their ids. */
const overlap: Millis = 60_000;
/** Channels: what is acted on now waits for the last of them. */
const readAtOnce = 4;
const page = 100;
/** Of one channel; a bot that was away for longer than this many messages lists those. */
const pagesAtMost = 10;

export async function catchUp(parts: BacklogParts, client: Client<true>): Promise<Found> {
  const { heard } = parts;
  const from = heard.last();
  const isCounted = from === null || parts.isLongAgo;
  const channels = [...new Set([...parts.channels, ...heard.direct()])];
  const missed = await fewAtATime(readAtOnce, channels, (channel) =>
    since(parts, client, channel, from),
  );
  const isMissed = ({ id, createdTimestamp: at }: Message): boolean =>
    !parts.isWaiting(id) && (!isCounted || at <= parts.upAt);
  const all = missed
    .flat()
    .filter(isMissed)
    .sort((a, b) => (isYounger(a.id, b.id) ? 1 : -1));
  const found = isCounted ? await onlyCount(parts, all) : await actOrList(parts, all);
  const newest = all.at(-1);
  if (newest !== undefined) heard.mark(newest.id);
  return found;
}

async function onlyCount(parts: BacklogParts, missed: readonly Message[]): Promise<Found> {
  let counted = 0;
  for (const message of missed) {
    const inbound = await parts.messages.order(message);
    if (inbound === null) continue;
    counted += 1;
    await parts.inbox.settle(inbound); // the next absence looks a little further back than it began
  }
  return { handled: 0, listed: 0, counted };
}

async function actOrList(parts: BacklogParts, missed: readonly Message[]): Promise<Found> {
  const stale: Inbound[] = [];
  let handled = 0;
  for (const message of missed) {
    const inbound = await parts.messages.order(message);
    if (inbound === null) continue;
    if (parts.now() - inbound.at > staleAfter) stale.push(inbound);
    else if (await parts.messages.said(message)) handled += 1;
  }
  await listStale(stale, { inbox: parts.inbox, keep: parts.post });
  return { handled, listed: stale.length, counted: 0 };
}

/** Oldest first; without a beginning the last page. */
async function since(
  { log }: BacklogParts,
  client: Client<true>,
  id: string,
  from: string | null,
): Promise<readonly Message[]> {
  const after = from === null ? null : earlier(from);
  try {
    const channel = await client.channels.fetch(id);
    if (channel === null || !channel.isTextBased() || !("messages" in channel)) return [];
    const { lastMessageId } = channel;
    if (after !== null && lastMessageId != null && !isYounger(lastMessageId, after)) return [];
    const all: Message[] = [];
    let last = after;
    for (let n = 0; n < pagesAtMost; n += 1) {
      const got = await channel.messages.fetch({
        limit: page,
        cache: false, // what is remembered is not told of when it comes over the line
        ...(last === null ? {} : { after: last }),
      });
      const sorted = [...got.values()].sort((a, b) => (isYounger(a.id, b.id) ? 1 : -1));
      all.push(...sorted);
      last = sorted.at(-1)?.id ?? last;
      if (got.size < page || after === null) break;
    }
    return all;
  } catch (error) {
    // A room that is gone or closed to us has nothing to be heard; the others have.
    if (!(error instanceof DiscordAPIError) || error.status >= 500 || error.status === 401)
      throw failureOf(error, "reading what was said meanwhile");
    log(`discord: what was said in ${id} meanwhile: ${error.code}`);
    return [];
  }
}

const millisIn = 22n;

/** Ids begin with their time. */
function earlier(id: string): string {
  const before = BigInt(id) - (BigInt(overlap) << millisIn);
  return String(before > 0n ? before : 0n);
}
