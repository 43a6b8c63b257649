import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import { expect, test } from "vitest";
import type { ThreadAct } from "../../fakes/discord/rules/threads.ts";
import { counted, fallsAsleepAt, full, inThread } from "../../fakes/discord/rules/threads.ts";
import { said } from "./said.ts";

const OPEN = { archived: false, locked: false };
const ARCHIVED = { archived: true, locked: false };
const LOCKED = { archived: false, locked: true };
const BOTH = { archived: true, locked: true };

const SLEEPS = `400 ${Code.InvalidActionOnArchivedThread}`;
const CLOSED = `400 ${Code.ThreadLocked}`;

test.each<[ThreadAct, string[]]>([
  // in an archived one, a locked one, and one that is both
  ["send", ["wakes", CLOSED, CLOSED]],
  ["unarchive", ["wakes", CLOSED, CLOSED]],
  ["edit", [SLEEPS, CLOSED, SLEEPS]],
  ["react", [SLEEPS, "ok", SLEEPS]],
  ["unreact", [SLEEPS, "ok", SLEEPS]],
  ["delete", ["ok", "ok", SLEEPS]],
  ["pin", [SLEEPS, CLOSED, SLEEPS]],
  ["command", [SLEEPS, "ok", SLEEPS]],
  ["join", [SLEEPS, "ok", SLEEPS]],
  ["rename", [SLEEPS, CLOSED, SLEEPS]],
])("%s, by one who does not moderate", (act, expected) => {
  const outcomes = [ARCHIVED, LOCKED, BOTH].map((thread) => {
    const { refused, wakes } = inThread(thread, act, { moderates: false });
    return said(refused)[0] ?? (wakes ? "wakes" : "ok");
  });
  expect(outcomes).toEqual(expected);
  expect(inThread(OPEN, act, { moderates: false })).toEqual({ refused: null, wakes: false });
});

test("a moderator is not held up by a lock, but must wake what sleeps", () => {
  const outcome = (thread: typeof OPEN, act: ThreadAct) =>
    inThread(thread, act, { moderates: true });
  expect(outcome(LOCKED, "edit").refused).toBeNull();
  expect(outcome(BOTH, "send")).toEqual({ refused: null, wakes: true });
  expect(outcome(BOTH, "delete").refused).toBeNull();
  expect(said(outcome(BOTH, "edit").refused)).toEqual([SLEEPS]);
});

test("a thread falls asleep its duration after the last that happened in it", () => {
  expect(fallsAsleepAt({ auto_archive_duration: 60 }, 5_000)).toBe(3_605_000);
});

test("250 pins, 20 reactions, 1,000 participants and active threads, and not one more", () => {
  const last = { pins: 249, reactions: 19, participants: 999, "active threads": 999 } as const;
  const codes = {
    pins: Code.MaximumNumberOfPinsReachedForTheChannel,
    reactions: Code.MaximumNumberOfReactionsReached,
    participants: Code.MaximumThreadParticipantsReached,
    "active threads": Code.MaximumActiveThreads,
  };
  for (const kind of ["pins", "reactions", "participants", "active threads"] as const) {
    expect(full(kind, last[kind])).toBeNull();
    expect(said(full(kind, last[kind] + 1))).toEqual([`400 ${codes[kind]}`]);
  }
});

test("a deleted message leaves one of the two counters as it was", () => {
  const two = counted(counted({ message_count: 0, total_message_sent: 0 }, 1), 1);
  expect(counted(two, -1)).toEqual({ message_count: 1, total_message_sent: 2 });
});
