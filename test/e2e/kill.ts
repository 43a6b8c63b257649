// What the tests of `kill -9` share: work under way, the death and the return, and what must be true afterwards.
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type Chat, isCard } from "./chat.ts";
import type { Team } from "./team.ts";

export interface Busy {
  /** The architect goes on. */
  release(): Promise<void>;
}

/** One message is being acted out by the architect and another waits behind it. */
export async function keepBusy(t: Team): Promise<Busy> {
  const file = join(t.place.folder, "busy");
  await writeFile(file, "");
  const first = await t.order(
    "architect",
    `run while [ -e ${file} ]; do sleep 0.03; done`,
    t.mark("first"),
  );
  await t.journal.until("message_taken", (l) => l["id"] === first);
  await t.order("architect", t.mark("second"));
  return { release: () => rm(file) };
}

/** ms that `start` may take after a kill. */
const backWithin = 10_000;

export interface Return {
  readonly chat: Chat;
}

/** Kills the bot, lets `mend` undo what held it, starts it anew: the same agents must be there. */
export async function killAndStart(t: Team, mend: () => Promise<unknown>): Promise<Return> {
  const before = await t.seats();
  expect([...before.keys()].sort()).toEqual(["architect", "engineer"]);
  await t.kill();
  await mend();
  const began = performance.now();
  const started = await t.batty("start");
  expect([started.code, started.stderr]).toEqual([0, ""]);
  expect(performance.now() - began).toBeLessThan(backWithin);
  expect(await t.seats()).toEqual(before);
  expect(t.journal.of("agent_spawned")).toHaveLength(2);
  const chat = t.openChat();
  await chat.next("the chat", (line) => line.event === "ready");
  return { chat };
}

/** Both messages of the architect, once and in order. */
export async function expectActedOnce(t: Team, busy: Busy, more: readonly string[] = []) {
  await busy.release();
  const [second] = t.journal.of("message_sent", (l) => l["mail"].body.includes("echo second"));
  await t.journal.until("message_answered", (l) => l["id"] === second?.["id"]);
  expect(t.marks().filter((word) => word === "first" || word === "second")).toEqual([
    "first",
    "second",
  ]);
  for (const word of more) expect(t.marks().filter((w) => w === word)).toEqual([word]);
}

interface Stored {
  readonly kind: string;
  readonly message?: { readonly key: string; readonly card: { readonly state: string } | null };
}

/** The merge cards of a task as the chat's history keeps them: how often posted, and how they stand. */
export function cardsOf(t: Team, task: number): { posted: number; states: string[] } {
  const file = join(t.root, ".batty", "chat", "local", "merges.jsonl");
  const lines = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((l) => JSON.parse(l) as Stored);
  const mine = lines.filter((l) => l.message?.key.startsWith(`merge:${task}:`) === true);
  return {
    posted: mine.filter((l) => l.kind === "message").length,
    states: mine.map((l) => l.message?.card?.state ?? ""),
  };
}

/** The task landed exactly once: in git, in the journal, on the board and on its one card. */
export async function expectLandedOnce(t: Team, task: number, chat: Chat): Promise<void> {
  const landed = await t.journal.until("task_manual_merged", (l) => l["task"] === task);
  await chat.ask({ history: { room: "merges", limit: 50 } });
  await t.journal.until("board_written", (l) => l["seq"] > landed.seq && l["task"] === task);
  expect(t.journal.of("task_manual_merged", (l) => l["task"] === task)).toHaveLength(1);
  expect(t.journal.of("approval_recorded", (l) => l["task"] === task)).toHaveLength(1);
  const merges = await t.git("log", "--first-parent", "--merges", "--format=%H %s", "main");
  expect(merges).toBe(`${landed["commit"]} Merge #${task}: Add one`);
  const board = await t.batty("board", "list", "--json");
  expect(board.json).toMatchObject([{ id: task, status: "done" }]);
  expect(cardsOf(t, task).posted).toBe(1);
  expect(cardsOf(t, task).states.at(-1)).toBe("done");
}

/** ✅ on the open card. */
export async function approve(chat: Chat, task: number): Promise<void> {
  const { messages } = await chat.ask({ history: { room: "merges", limit: 50 } });
  const isOpen = isCard("merge", "open", task);
  const there = (messages as { event: string; id: string }[]).find((m) => isOpen(m));
  const card = there ?? (await chat.next("the card", isOpen));
  await chat.react("✅", card["id"] as string);
}
