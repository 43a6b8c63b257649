// How threads sleep and wake, by the rules: archived after their time without a message, woken by one.
import { GatewayDispatchEvents } from "discord-api-types/v10";
import { guildOf, isThread, threadFor } from "./build.ts";
import { hold } from "./errors.ts";
import { may } from "./permissions.ts";
import { fallsAsleepAt, inThread, type ThreadAct } from "./rules/threads.ts";
import { timeOf } from "./rules/time.ts";
import type { Channel, Thread, World } from "./world.ts";

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
  if (world.now() >= fallsAsleepAt(metadata, last)) setArchived(world, channel, true);
  return channel;
}

/** Somebody does something in the channel: refused where the thread is locked or asleep for it. */
export function enter(world: World, channel: Channel, act: ThreadAct, user: string): void {
  settle(world, channel);
  if (!isThread(channel) || !channel.thread_metadata) return;
  const moderates = may(world, channel, user, "ManageThreads");
  hold(inThread(channel.thread_metadata, act, { moderates }).refused);
}

/** A message is about to be stored: an archived thread wakes. */
export function touch(world: World, channel: Channel): void {
  settle(world, channel);
  if (isThread(channel)) setArchived(world, channel, false);
}
