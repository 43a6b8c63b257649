// Discord fails in the middle of a team's day, with the real bot, discord.js, tmux and git: work goes on, and when it is
// over every post stands once, in its room's order, every decision counts once, and at most one line tells of it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { tokenFile, writeToken } from "../../src/world/token.ts";
import { isUp, onDiscord } from "./on-discord.ts";
import type { Team } from "./team.ts";
import {
  adds,
  backLines,
  cardIn,
  discordIn,
  expectAllThereOnce,
  expectLandedOnce,
  newTask,
  said,
} from "./trouble.ts";
import { until } from "./waiting.ts";

test("a line that is cut while a command, a card and a decision are under way is resumed: nothing is lost or doubled, and nobody is told", async () => {
  const on = await onDiscord({ playbooks: adds("one") });
  const { discord, ada } = on;
  await isUp(on);
  discord.faults.dropGateway();
  const asked = await newTask(ada, "one");
  expect((await asked.answer()).text).toMatch(/^#1 Add one is on the board/);
  const card = await cardIn(on, 1, "Open");
  discord.faults.dropGateway();
  await ada.react(card, "✅");
  await discord.until("the line", () => discord.connected() > 0 || undefined);
  discord.faults.reconnect();
  await cardIn(on, 1, "Done");
  await expectLandedOnce(on, 1);
  await expectAllThereOnce(on);
  expect(said(discord, 2)).toBe(1);
  expect(discord.sessions()).toHaveLength(1);
  expect(backLines(on)).toEqual([]);
});

test("a session that is gone is begun anew: what was said and decided meanwhile counts once, and one line says so", async () => {
  const on = await onDiscord({ playbooks: adds("one") });
  const { t, discord, ada } = on;
  await isUp(on);
  await newTask(ada, "one");
  const card = await cardIn(on, 1, "Open");
  discord.faults.closeWith(4009);
  await ada.react(card, "✅");
  await ada.say("engineer", "well done");
  await cardIn(on, 1, "Done");
  await expectLandedOnce(on, 1);
  await discord.room("alerts").until(({ text }) => text.startsWith("Back on Discord"));
  await expectAllThereOnce(on);
  expect(t.journal.of("message_sent", (l) => l["mail"].body === "well done")).toHaveLength(1);
  expect(backLines(on)).toEqual([
    expect.stringMatching(/^Back on Discord after .*: 2 handled now\.$/),
  ]);
});

test("nobody listens at Discord any more: the team lands its work by the built-in chat, and when Discord is back all of it stands there in order", async () => {
  const on = await onDiscord({ playbooks: adds("one", "two") });
  const { t, discord, ada } = on;
  await isUp(on);
  const hold = await t.holds.gate();
  await newTask(ada, "one");
  await hold.held;
  discord.faults.closeWith(4009); // an outage outlives sessions
  await discord.faults.refuse();
  await hold.release();
  expect((await t.chat.say('/batty task new "Add two" --assignee engineer'))["text"]).toMatch(
    /^#2 Add two/,
  );
  const card = await t.chat.next(
    "the card",
    (l) => l["card"]?.kind === "merge" && l["card"].state === "open",
  );
  await t.chat.react("✅", card["id"]);
  await t.journal.until("task_manual_merged", (l) => l["task"] === 1);
  expect((await discordIn(t))?.away?.why).toMatch(/can't be reached|is broken/);
  await ada.say("engineer", "are you there?");
  await discord.faults.restore();
  await ada.react(await cardIn(on, 2, "Open"), "✅");
  await cardIn(on, 2, "Done");
  await discord.room("alerts").until(({ text }) => text.startsWith("Back on Discord"));
  await expectLandedOnce(on, 1, 2);
  await expectAllThereOnce(on);
  expect(backLines(on)).toEqual([
    expect.stringMatching(/^Back on Discord after .*: [12] handled now\.$/), // her ✅ was quick, or not
  ]);
  expect((await discordIn(t))?.away).toBeNull();
});

test("a bot that is killed while its card is on the way: the next one shows it once, and counts the ✅ that came meanwhile", async () => {
  const on = await onDiscord({ playbooks: adds("one") });
  const { t, discord, ada } = on;
  await isUp(on);
  await newTask(ada, "one");
  discord.faults.rest.each({
    match: `POST /channels/${discord.room("merges").id}/messages`,
    afterStoring: true,
    delayMs: 60_000,
  });
  const card = await cardIn(on, 1, "Open");
  await t.kill();
  discord.faults.rest.clear();
  await ada.react(card, "✅");
  await ada.say("engineer", "well done");
  expect((await t.batty("start")).code).toBe(0);
  await cardIn(on, 1, "Done");
  await discord.room("alerts").until(({ text }) => text.startsWith("Back on Discord"));
  await expectLandedOnce(on, 1);
  await expectAllThereOnce(on);
  expect(t.journal.of("message_sent", (l) => l["mail"].body === "well done")).toHaveLength(1);
  expect(backLines(on)).toEqual([expect.stringMatching(/: [12] handled now\.$/)]);
});

/** What stands in the built-in chat's room for alerts, as soon as something does. */
const alertsOf = (t: Team) =>
  until("an alert", async () => {
    const { messages } = await t.chat.ask({ history: { room: "alerts", limit: 10 } });
    const alerts = messages as { readonly id: string; readonly text: string }[];
    return alerts.length > 0 && alerts;
  });

test("a token that is refused: nobody knocks twice, the built-in chat and status say what to do, and the team goes on", async () => {
  const on = await onDiscord({
    token: "MTAwMDAwMDAwMDAwMDAwMDAw.Wrong.token-of-another-day-0000000000000",
  });
  const { t, discord } = on;
  expect(await alertsOf(t)).toEqual([
    expect.objectContaining({
      text: expect.stringMatching(/^Discord is not connected: .* `batty discord setup`\.$/),
    }),
  ]);
  expect((await discordIn(t))?.away?.why).toMatch(/does not take the bot's token/);
  const task = await t.task("engineer", "one");
  const card = await t.chat.next(
    "the card",
    (l) => l["card"]?.kind === "merge" && l["card"].state === "open",
  );
  await t.chat.react("✅", card["id"]);
  await t.journal.until("task_manual_merged", (l) => l["task"] === task);
  expect(discord.log.filter((one) => one.kind === "rest").length).toBe(1);
  expect(said(discord, 2)).toBe(0);
});

test("a token that comes later is taken up by the bot that runs: the built-in chat says both", async () => {
  const on = await onDiscord({ env: { BATTY_DISCORD_BOT_TOKEN: "" } });
  const { t, discord } = on;
  const [alert] = await alertsOf(t);
  expect(alert?.text).toMatch(/^Discord is not connected: there is no Discord token/);
  const { name } = parse(await readFile(join(t.root, ".batty/team_config/team.yaml"), "utf8"));
  await writeToken(tokenFile("discord", name, t.place.env), discord.token);
  await isUp(on);
  const again = "Discord was not connected for a while, and is again.";
  const back = await t.chat.next("the end of it", (l) => l["text"] === again);
  expect([back["event"], back["id"]]).toEqual(["edit", alert?.id]);
  expect((await discordIn(t))?.away).toBeNull();
});
