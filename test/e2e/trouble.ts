// What the tests of a failing Discord share: a task that goes from a person's command to a landed commit, and what must be
// true of every room afterwards.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Actor } from "../fakes/discord/actors.ts";
import type { Handle } from "../fakes/discord/handle.ts";
import type { Discord } from "../fakes/discord/server.ts";
import type { Seen } from "../fakes/discord/transcript.ts";
import { mergeCard, type OnDiscord } from "./on-discord.ts";
import type { Team, TeamOrder } from "./team.ts";
import { until } from "./waiting.ts";

/** The engineer adds one test for each of these when a task says so. */
export const adds = (...names: readonly string[]): NonNullable<TeamOrder["playbooks"]> => ({
  engineer: names.map((name) => ({
    on: "message",
    match: `Add ${name}\\b`,
    times: 1,
    do: [`write test/${name}.sh exit 0\\n`, `commit Add ${name}`, "batty done"],
  })),
});

export const newTask = (by: Actor, name: string, nowait = false): Promise<Handle> =>
  by.slash(
    "batty task new",
    { title: `Add ${name}`, assignee: "engineer" },
    { room: "commands", nowait },
  );

/** Discord may keep a post back for as long as it asks to be left alone. */
const shownWithin = 45_000;

export const cardIn = ({ discord }: OnDiscord, task: number, footer: string): Promise<Seen> =>
  discord.room("merges").until(mergeCard(task, footer), shownWithin);

/** One decision, one landing, one commit on main. */
export async function expectLandedOnce({ t }: OnDiscord, ...tasks: readonly number[]) {
  for (const task of tasks) {
    await t.journal.until("task_manual_merged", (l) => l["task"] === task);
    expect(t.journal.of("approval_recorded", (l) => l["task"] === task)).toHaveLength(1);
    expect(t.journal.of("task_manual_merged", (l) => l["task"] === task)).toHaveLength(1);
  }
  const merges = await t.git("log", "--first-parent", "--merges", "--format=%s", "main");
  const numbers = merges.split("\n").map((line) => Number(/#(\d+)/.exec(line)?.[1]));
  expect(numbers.sort()).toEqual([...tasks].sort());
}

/** Posts of each room; the built-in chat, which nothing ever kept from anything, says which there are and in what order. */
const rooms = ["events", "alerts", "merges", "engineer", "architect"];

/** Every post stands on Discord exactly once, each room in its order, and nothing waits or was given up. */
export async function expectAllThereOnce(on: OnDiscord): Promise<void> {
  const wanted = () => rooms.map((name) => ({ name, keys: inOrder(keysOfHome(on.t, name)) }));
  const shown = () => rooms.map((name) => ({ name, keys: inOrder(keysOnDiscord(on, name)) }));
  const isThere = () => JSON.stringify(wanted()) === JSON.stringify(shown());
  await until("every post on Discord", isThere, shownWithin).catch(() => undefined);
  expect(shown()).toEqual(wanted());
  for (const name of rooms) {
    const keys = keysOnDiscord(on, name);
    expect(keys, `each post of ${name} once`).toEqual([...new Set(keys)]);
  }
  expect(on.t.journal.of("post_given_up")).toEqual([]);
}

interface Stored {
  readonly kind: string;
  readonly message?: { readonly key: string | null };
}

function keysOfHome({ root }: Team, room: string): readonly string[] {
  const file = join(root, ".batty", "chat", "local", `${room}.jsonl`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines
    .map((line) => JSON.parse(line) as Stored)
    .flatMap(({ kind, message }) => (kind === "message" ? (message?.key ?? []) : []));
}

/** By what the bot noted of its posts. A message that it has not noted is a second one, or a lost one's. */
function keysOnDiscord({ t, discord }: OnDiscord, room: string): readonly string[] {
  const noted = new Map<string, string>();
  const ledger = readFileSync(join(t.root, ".batty", "outbox", "posts.discord.jsonl"), "utf8");
  for (const line of ledger.trimEnd().split("\n")) {
    const { key, id } = JSON.parse(line) as { key: string; id: string };
    for (const message of (id.split("/")[1] ?? "").split("+")) noted.set(message, key);
  }
  return discord
    .room(room)
    .messages()
    .filter((one) => one.webhook || one.author === "Batty")
    .filter((one) => one.used === null && !isOpening(one))
    .map(({ id, text }) => noted.get(id) ?? `unknown: ${text}`);
}

/** A thread's first message. */
const isOpening = ({ text }: Seen): boolean =>
  text.endsWith("what is written in this thread goes to it.");

/** A task's card takes its place when it is shown first, which may be late; what is told of a chat itself is told there. */
const inOrder = (keys: readonly string[]): readonly string[] =>
  keys.filter((key) => !/^(?:task:\d+$|(?:back|told):discord:|discord-|answer:|stale:)/.test(key));

/** What the alerts say of an absence. */
export const backLines = ({ discord }: OnDiscord): readonly string[] =>
  discord
    .room("alerts")
    .messages()
    .map(({ text }) => text)
    .filter((text) => text.startsWith("Back on Discord"));

/** Of the bot's gateway: identify is 2, resume is 6. */
export const said = ({ log }: Discord, op: 2 | 6): number =>
  log.filter((one) => one.kind === "gateway" && one.from === "bot" && one.op === op).length;

/** `status` as the shell has it, of the chat that fails. */
export async function discordIn(t: Team) {
  const { json } = await t.batty("status", "--json");
  return (json.chats as { chat: string; away: { why: string } | null }[]).find(
    ({ chat }) => chat === "discord",
  );
}
