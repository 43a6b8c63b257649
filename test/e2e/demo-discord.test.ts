// The played day through Discord alone: the real bot, discord.js, tmux, git and scripted agents, on a Discord of this
// machine. What is asserted is what a person reads there in the end, room by room.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clone, makePlace } from "./place.ts";

interface Line {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a line holds differs by its event
  readonly [field: string]: any;
}

interface Told {
  readonly author: string;
  readonly text: string;
  readonly buttons: readonly string[];
  /** By people and the bot: `ada ✅`. */
  readonly reactions: readonly string[];
}

/** As the rooms stand at the end. */
function roomsOf(lines: readonly Line[]): ReadonlyMap<string, readonly Told[]> {
  const messages = new Map<string, Line>();
  const reactions = new Map<string, Set<string>>();
  for (const line of lines) {
    if (line.event === "message" || line.event === "edit") messages.set(line["id"], line);
    if (line.event === "delete") messages.delete(line["id"]);
    if (line.event !== "reaction") continue;
    const on = reactions.get(line["message"]) ?? new Set();
    reactions.set(line["message"], on);
    const one = `${line["by"]} ${line["emoji"]}`;
    if (line["added"]) on.add(one);
    else on.delete(one);
  }
  const rooms = new Map<string, Told[]>();
  for (const [id, { room, author, text, buttons }] of messages)
    rooms.set(room, [
      ...(rooms.get(room) ?? []),
      { author, text: plain(text), buttons, reactions: [...(reactions.get(id) ?? [])].sort() },
    ]);
  return rooms;
}

/** Without what no two days share. */
const plain = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{8,40}\b/g, "OID")
    .replace(/\d\d:\d\d UTC/g, "HH:MM UTC")
    .replace(/in \d+\.\d s/g, "in N s");

const card = (task: number, title: string, by: string, said: string, change: string): string =>
  [
    `🔀 #${task} ${title}`,
    `by ${by}: ${said}`,
    `**branch** \`${by}/${task}\` · **commits** ${change}`,
    "**confidence** 1.00 · **risk** none seen",
    "**landed** `OID`",
    "Done · Landed as OID, approved by ada (discord) at HH:MM UTC",
  ].join("\n");

test("a working day through Discord alone, as one person reads it in the end", async () => {
  const place = await makePlace();
  onTestFinished(async () => {
    expect(await place.clear()).toEqual([]);
  });
  const ran = await place.run(
    join(clone, "bin", "batty"),
    ["demo", "--discord", "--json", "--speed", "4"],
    { cwd: place.folder },
  );
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const lines = ran.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  expect(lines.at(-1)).toMatchObject({
    event: "demo",
    ok: true,
    tasks: 3,
    merges: 3,
    approvals: 3,
  });

  const rooms = roomsOf(lines);
  const room = (name: string): readonly Told[] => rooms.get(name) ?? [];
  const said = (name: string): string[] =>
    room(name).map(({ author, text }) => `${author}: ${text}`);

  // Three cards, each in one message from its first to its last state; the commits' numbers follow from the playbooks.
  const cards = room("batty-merges").filter(({ text }) => text.startsWith("🔀"));
  expect(cards.map(({ text }) => text.split("\n")[0]).sort()).toEqual([
    ...["🔀 #1 Add subtract", "🔀 #2 Add multiply", "🔀 #3 Add divide"],
  ]);
  const divide = cards.find(({ text }) => text.startsWith("🔀 #3"));
  const change = "2 (`OID`)\n**files** 2 (+8 −0) · **gate** green, 3 passed";
  expect(divide?.text).toBe(
    card(
      3,
      "Add divide",
      divide?.text.match(/by (\S+):/)?.[1] ?? "",
      "divide refuses zero now",
      change,
    ),
  );
  expect(cards.map(({ buttons }) => buttons)).toEqual([["Diff"], ["Diff"], ["Diff"]]);
  // The bot's own ✅ and ❌ are gone with the decision; ada's two stay, the third came by a command.
  expect(cards.flatMap(({ reactions }) => reactions)).toEqual(["ada ✅", "ada ✅"]);

  // The directive with the last of its receipts, the architect's own answer to it, a command, the standup.
  const commands = room("batty-commands").slice(-4);
  expect(commands.map(({ text }) => text.split("\n")[0])).toEqual([
    "→ architect: Build a small calculator: subtract, multiply and divide, each with a test.",
    "**architect**:",
    "#3 is approved; the landing follows.",
    "🌅 Standup of calculator",
  ]);
  expect(commands[0]?.reactions).toEqual(["Batty 💬"]);
  expect(commands[1]?.text).toContain("Three operations, each with a test of its own");
  expect(commands[3]?.text).toMatch(/landed #\d Add/);
  for (const member of ["architect", "manager", "eng-1-1", "eng-1-2"])
    expect(said("batty-commands").join("\n")).toContain(`**${member} (`);

  // The question in its engineer's own thread, answered by one tap; the engineer speaks there with a voice of its own.
  const asker = [...rooms.keys()].find((name) => said(name).some((text) => text.includes("asks")));
  expect(asker).toMatch(/^eng-1-[12]$/);
  expect(said(asker ?? "")).toEqual([
    `Batty: ❓ ${asker} asks (#2)\nShall multiply round its result to whole numbers?\nDone · Answered by ada: keep exact`,
    `${asker}: thanks`,
  ]);

  // A task has a thread when there is something to discuss, and no sooner.
  const threads = [...rooms.keys()].filter((name) => name.startsWith("#"));
  expect(threads).toEqual(["#3 Add divide"]);
  expect(said("#3 Add divide")[0]).toBe("Batty: Gate red for #3: 2 passed, 1 failed, in N s.");

  // One card a task, one board.
  const events = said("batty-events").filter((text) => text.includes("🔧"));
  expect(events.map((text) => text.split("\n")[1]?.replace(/eng-1-\d/, "ENGINEER"))).toEqual(
    [1, 2, 3].map(() => "**state** landed as `OID` · **owner** ENGINEER"),
  );
  expect(said("batty-board").filter((text) => text.includes("📋 Board of"))).toHaveLength(1);

  // Nothing anybody wrote called anybody, and nothing but the one who asked was shown to one alone.
  expect(lines.filter((line) => /@(everyone|here)/.test(String(line["text"])))).toEqual([]);
});
