// Real agents on Discord: what a person reads and presses there, and git. The model's scripts stand in the playbook, as
// people do not write any.
import { describe, expect, test } from "vitest";
import type { Seen } from "../fakes/discord/transcript.ts";
import { patience } from "./lab.ts";
import type { Page } from "./model/ask.ts";
import { hasButton, labOnDiscord, type OnDiscord } from "./on-discord.ts";
import { sightsOf } from "./told.ts";

const scope = "Scope: test/greet.sh\\nAcceptance: it greets\\nTest: make test";

const playbook: readonly Page[] = [
  // What the bot says of the task comes with its title, so that its page is the last.
  { when: /landed on main as/, script: "say Good." },
  { when: "How did it go?", script: "say Red once, then green." },
  {
    when: "We want greetings",
    script: `run batty task new "Greet people" --body "${scope}" --assignee engineer\nsay It is a task now.`,
  },
  {
    when: /not ok test\/greet\.sh/,
    script:
      "run echo exit 0 > test/greet.sh && git commit -qam 'Greet as it should be'\nrun batty done\nsay Repaired.",
  },
  {
    when: "Greet people",
    script:
      "ask echo greeted | tee -a ../greeted.txt\nrun echo exit 1 > test/greet.sh && git add -A && git commit -qm 'Greet'\nrun batty done\nsay Declared.",
  },
];

describe.runIf(process.env["BATTY_E2E_AGENTS"] === "1")("a pair on Discord", () => {
  test("an architect of one kind and an engineer of the other bring ada's wish to the trunk", async () => {
    const lab = await labOnDiscord("architect=claude,engineer=codex", playbook);
    const { team: t, discord, ada } = lab;
    const commands = discord.room("commands");
    const merges = discord.room("merges");
    const engineer = discord.room("engineer");
    const begun = await t.git("rev-parse", "main");

    const sent = await ada.slash("batty send", { name: "architect", text: "We want greetings." });
    const answer = await commands.until(({ text }) => text.includes("It is a task now."), patience);
    expect(answer.replyTo).toBe(sent.reply()?.id);

    const asks = await engineer.until((m) => hasButton(m, "Allow once"), patience);
    expect(asks.text).toContain("echo greeted | tee -a ../greeted.txt");
    await ada.press(asks, "Allow once");

    const card = await merges.until((m) => hasButton(m, "Approve"), patience);
    expect(await t.git("rev-parse", "main")).toBe(begun);
    await ada.react(card, "✅");
    const isLanded = ({ text }: Seen) => text.includes("Landed") && text.includes("by ada");
    await merges.until((m) => m.id === card.id && isLanded(m), patience);
    expect(await t.git("show", "main:test/greet.sh")).toBe("exit 0");
    expect(merges.messages().filter(isLanded)).toHaveLength(1);
    const thread = discord.room("#1 Greet people").text();
    expect(thread).toMatch(/Gate red for #1[\s\S]*Gate green for #1[\s\S]*landed as/);

    await ada.say("engineer", "How did it go?");
    await engineer.until(({ text }) => text.includes("Red once, then green."), patience);
    await expectNoToken(lab);
  });
});

/** The bot's own, in no agent and nothing that it started. */
async function expectNoToken({ team, discord }: OnDiscord): Promise<void> {
  const { json } = await team.batty("status", "--json");
  for (const { name, pid } of json.members as { name: string; pid: number }[]) {
    const seen = sightsOf(pid);
    expect(seen.length, name).toBeGreaterThan(0);
    expect(JSON.stringify(seen.map(({ env }) => env))).not.toContain(discord.token);
  }
}
