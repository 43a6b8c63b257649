// How threads sleep and wake: archived after their time without a message, woken by one, unless
// locked. Knows no network.
import { GatewayDispatchEvents } from "discord-api-types/v10";
import { guildOf, isThread, threadFor } from "./build.ts";
import { refuse } from "./errors.ts";
import type { Channel, Thread, World } from "./world.ts";

const EPOCH = 1_420_070_400_000;
const timeOf = (id: string): number => Number(BigInt(id) >> 22n) + EPOCH;

export function told(world: World, thread: Thread): void {
  const event = { t: GatewayDispatchEvents.ThreadUpdate, d: threadFor(world, thread) } as const;
  world.emit(event, guildOf(thread));
}

export function setArchived(world: World, thread: Thread, archived: boolean): void {
  const metadata = thread.thread_metadata;
  if (!metadata || metadata.archived === archived) return;
  metadata.archived = archived;
  metadata.archive_timestamp = world.stamp();
  told(world, thread);
}

/** Nothing runs in the background: whoever looks at a thread finds it archived if its time is over. */
export function settle(world: World, channel: Channel): Channel {
  if (!isThread(channel)) return channel;
  const metadata = channel.thread_metadata;
  if (!metadata || metadata.archived) return channel;
  const last = Math.max(
    timeOf(channel.last_message_id ?? channel.id),
    Date.parse(metadata.archive_timestamp),
  );
  if (world.now() - last >= metadata.auto_archive_duration * 60_000)
    setArchived(world, channel, true);
  return channel;
}

/** A message is about to be sent: an archived thread wakes, a locked one does not. */
export function touch(world: World, channel: Channel): void {
  settle(world, channel);
  if (isThread(channel)) setArchived(world, channel, false);
}

/** Editing, reacting, pinning need a thread that is awake. */
export function awake(world: World, channel: Channel): void {
  settle(world, channel);
  if (isThread(channel) && channel.thread_metadata?.archived === true) refuse("archived");
}
