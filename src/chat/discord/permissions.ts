// What the bot asks a server for, bit by bit, and what each is for. Less than all of it works, with less.
import { PermissionFlagsBits } from "discord.js";

interface Wanted {
  readonly bit: bigint;
  /** As Discord's own settings call it. */
  readonly name: string;
  readonly why: string;
  /** Without it the bot is of no use there. */
  readonly needed: boolean;
}

const Flags = PermissionFlagsBits;

const one = (bit: bigint, name: string, why: string, needed = true): Wanted => ({
  ...{ bit, name, why, needed },
});

export const wanted: readonly Wanted[] = [
  one(Flags.ViewChannel, "View Channels", "see its channels and the reactions in them"),
  one(Flags.SendMessages, "Send Messages", "post cards and answers"),
  one(
    Flags.SendMessagesInThreads,
    "Send Messages in Threads",
    "speak in members' and tasks' threads",
  ),
  one(Flags.CreatePublicThreads, "Create Public Threads", "make a thread per member and task"),
  one(Flags.EmbedLinks, "Embed Links", "show cards"),
  one(Flags.AttachFiles, "Attach Files", "send patches, logs and long answers"),
  one(
    Flags.ReadMessageHistory,
    "Read Message History",
    "find its own posts and missed orders again",
  ),
  one(Flags.AddReactions, "Add Reactions", "show receipts, and ✅ ❌ on merge cards"),
  one(
    Flags.ManageChannels,
    "Manage Channels",
    "make its six channels; not needed once they are there",
    false,
  ),
  one(Flags.ManageThreads, "Manage Threads", "wake and name threads that were archived", false),
  one(Flags.PinMessages, "Pin Messages", "pin the board", false),
  one(
    Flags.ManageWebhooks,
    "Manage Webhooks",
    "let each member speak with a name and a picture",
    false,
  ),
];

export const allWanted: bigint = wanted.reduce((bits, { bit }) => bits | bit, 0n);

export const missingIn = (granted: bigint): readonly Wanted[] =>
  (granted & Flags.Administrator) !== 0n ? [] : wanted.filter(({ bit }) => (granted & bit) === 0n);
