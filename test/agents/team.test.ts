// Real agents in a real team, seen from chat, journal and git. The scripts of the model stand in what people send and,
// for what the bot sends, in the playbook.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { actionOf, type Line as ChatLine, isCard } from "../e2e/chat.ts";
import type { Line } from "../e2e/journal.ts";
import type { Team } from "../e2e/team.ts";
import { clis } from "./install.ts";
import { allowAll, lab, patience } from "./lab.ts";
import { sightsOf } from "./told.ts";

const script = (...steps: readonly string[]): string => `\`\`\`model\n${steps.join("\n")}\n\`\`\``;
/** Said by the member itself: the person's own words, echoed, hold the script. */
const answerOf =
  (member: string, text: string) =>
  (line: ChatLine): boolean =>
    line.event === "message" && line["from"] === member && String(line["text"]).includes(text);
async function worktreeOf(t: Team, member: string): Promise<string | undefined> {
  const { json } = await t.batty("status", "--json");
  const members = json.members as readonly { name: string; worktree: string }[];
  return members.find(({ name }) => name === member)?.worktree;
}
const by =
  (member: string) =>
  (line: Line): boolean =>
    line["member"] === member;

/** A test that fails, then one that does not: the gate is red, then green. */
const redThenGreen = [
  // Its news names the task, too.
  { when: /landed on main as/, script: "say Good." },
  {
    when: /not ok test\/greet\.sh/,
    script:
      "run echo exit 0 > test/greet.sh && git commit -qam 'Greet as it should be'\nrun batty done\nsay Repaired.",
  },
  {
    when: "Greet people",
    script:
      "say I write the test first.\nrun echo exit 1 > test/greet.sh && git add -A && git commit -qm 'Greet'\nrun batty done\nsay Declared.",
  },
];

const breaks = (step: string) => ({ when: "Break now", script: step });
/** Before the one that breaks: an unanswered prompt is sent along with the next one. */
const atLast = { when: /Your last turn was cut short/, script: "say At last." };

const scope = "Scope: test/greet.sh\nAcceptance: it greets\nTest: make test";

describe.runIf(process.env["BATTY_E2E_AGENTS"] === "1").each(clis)("%s in a team", (cli) => {
  const agents = `architect=script,engineer=${cli}`;

  test("starts without a dialog and answers a message of many lines, quotes and letters", async () => {
    const { team: t } = await lab(agents);
    const text = `It's "quoted", $HOME, \`code\`, ü 世界 🙂\n\nAnd more:\n- one\n- two\n${script("think 300", "say Read, all of it.")}`;
    await t.chat.say(`/send engineer ${text}`);
    await t.journal.until("message_taken", undefined, patience);
    const answer = await t.chat.next(
      "the answer",
      answerOf("engineer", "Read, all of it."),
      patience,
    );
    expect(answer.event).toBe("message");
    expect(t.journal.of("pane_respawned")).toEqual([]);
  });

  test("has a home of the test's own, no login but the scripted one, and no file of the user's open", async () => {
    const { team: t } = await lab(agents);
    const logins = /(_API_KEY|_TOKEN|_SECRET|_PASSWORD|^SCRIPTED_KEY)$/;
    await t.chat.say(`/send engineer ${script("say Here.")}`);
    await t.chat.next("the answer", answerOf("engineer", "Here."), patience);
    const { json } = await t.batty("status", "--json");
    const members = json.members as { name: string; pid: number }[];
    const seen = sightsOf(members.find(({ name }) => name === "engineer")?.pid ?? 0);
    expect(seen.length).toBeGreaterThan(0);
    for (const { env, open } of seen) {
      expect(env["HOME"]).toMatch(new RegExp(`^${t.place.folder}/`));
      const known = Object.keys(env).filter((name) => logins.test(name));
      expect(known.includes("ANTHROPIC_AUTH_TOKEN")).toBe(cli === "claude");
      expect(
        known.filter((name) => env[name] !== "scripted" && !name.startsWith("BATTY_")),
      ).toEqual([]);
      expect(open.filter((path) => path.startsWith(`${homedir()}/`))).toEqual([]);
    }
  });

  test("writes, commits, is done, hears of the red gate, repairs, and its work lands", async () => {
    const { team: t } = await lab(agents, redThenGreen);
    allowAll(t);
    const made = await t.batty(
      "task",
      "new",
      "Greet people",
      "--body",
      scope,
      "--assignee",
      "engineer",
      "--json",
    );
    const task = made.json.id as number;
    const card = await t.chat.next("the card", isCard("merge", "open", task), 2 * patience);
    await t.chat.react("✅", card["id"]);
    await t.chat.next("the landing", isCard("merge", "done", task), patience);
    expect(await t.git("show", "main:test/greet.sh")).toBe("exit 0");
    const gates = t.journal.of("verification_evidence_collected", (l) => l["task"] === task);
    expect(gates.map((l) => l["result"])).toEqual(expect.arrayContaining(["red", "green"]));
  });

  test("runs what a person allows on the card, and not what a person denies", async () => {
    const { team: t } = await lab(agents);
    const mark = (word: string): string => `ask echo ${word} | tee -a ../${word}.txt`;
    for (const [word, verb] of [
      ["yes", "allow-once"],
      ["no", "deny"],
    ] as const) {
      await t.chat.say(`/send engineer ${script(mark(word), `say After ${word}.`)}`);
      const wanted = (line: ChatLine): boolean =>
        isCard("permission", "open")(line) && JSON.stringify(line).includes(`echo ${word}`);
      const card = await t.chat.next("the card", wanted, patience);
      await t.chat.press(actionOf(card, verb), card["id"]);
      await t.chat.next("the answer", answerOf("engineer", `After ${word}.`), patience);
    }
    const folder = dirname((await worktreeOf(t, "engineer")) ?? "");
    expect(existsSync(join(folder, "yes.txt"))).toBe(true);
    expect(existsSync(join(folder, "no.txt"))).toBe(false);
  });

  test("is refused what never goes, also where it would not ask", async () => {
    const { team: t } = await lab(agents);
    await writeFile(join((await worktreeOf(t, "engineer")) ?? "", ".env"), "KEY=do-not-tell\n");
    await t.chat.say(`/send engineer ${script("run cat .env", "say Tried.")}`);
    await t.chat.next("the answer", answerOf("engineer", "Tried."), patience);
    expect(t.journal.of("permission_decided")).toMatchObject([
      { subject: "cat .env", verdict: "deny", by: "policy", why: ".env may hold secrets" },
    ]);
    const records = ["--recursive", "--files-with-matches", "do-not-tell"];
    const home = t.place.env["HOME"] ?? "";
    const folders = [".claude", ".codex"].map((name) => join(home, name));
    expect((await t.place.run("grep", [...records, ...folders])).stdout).toBe("");
  });

  test("asks a person in the middle of its work, and goes on with the answer", async () => {
    const { team: t } = await lab(agents);
    const ask = `batty ask "SQLite or Postgres?" --option SQLite --option Postgres --default SQLite --deadline 30m --wait`;
    await t.chat.say(`/send engineer ${script(`run ${ask}`, "say As you say.")}`);
    const asks = (line: ChatLine): boolean =>
      (line["card"]?.actions ?? []).some(({ label }: { label: string }) => label === "Postgres");
    const card = await t.chat.next("the question", asks, patience);
    const { id } = card["card"].actions.find(
      ({ label }: { label: string }) => label === "Postgres",
    );
    await t.chat.press(id, card["id"]);
    await t.chat.next("the answer", answerOf("engineer", "As you say."), patience);
  });

  test("is interrupted in a turn, and takes the next message", async () => {
    const { team: t, model } = await lab(agents);
    const signal = AbortSignal.timeout(patience);
    await t.chat.say(`/send engineer ${script("think 60000", "say Too late.")}`);
    await model.timeline.until(({ moment, side }) => moment === "asked" && side === null, signal);
    await t.chat.say("/interrupt engineer");
    await model.timeline.until(({ moment }) => moment === "left", signal);
    await t.chat.say(`/send engineer ${script("say Here again.")}`);
    await t.chat.next("the answer", answerOf("engineer", "Here again."), patience);
  });

  test.each([429, 529, 500, 401])(
    "rests after its API ended a turn with %i, and goes on by a person's word",
    async (status) => {
      const { team: t, model } = await lab(agents, [atLast, breaks(`fail ${status}`)]);
      const signal = AbortSignal.timeout(patience);
      await t.chat.say("/send engineer Break now");
      await model.timeline.until(({ moment }) => moment === "failed", signal);
      await t.journal.until("member_rested", by("engineer"), patience);
      await t.chat.say("/resume engineer");
      await t.chat.next("the answer", answerOf("engineer", "At last."), patience);
      await t.chat.say(`/send engineer ${script("say Well again.")}`);
      await t.chat.next("the answer", answerOf("engineer", "Well again."), patience);
    },
  );

  test("rests while its plan is used up, and answers by itself when that is over", async () => {
    // Claude says when only to who has a plan.
    const { team: t } = await lab(agents, [atLast, breaks("limit 20")], {
      login: { CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-scripted" },
    });
    const began = Date.now();
    await t.chat.say("/send engineer Break now");
    // Some say the time to the minute only.
    const isTimed = (l: Line): boolean =>
      by("engineer")(l) && l["kind"] === "limit" && Number(l["until"]) < began + 200_000;
    await t.journal.until("member_rested", isTimed, patience);
    await t.chat.next("the answer", answerOf("engineer", "At last."), 200_000);
    expect(t.journal.of("member_roused").map((l) => l["by"])).toEqual(["batty"]);
  });

  // How much fits is in Codex' record; of Claude it is known when it was too much.
  const fills = cli === "codex" ? "tokens 190000\nsay Half way." : "full 2";
  test("begins a new conversation on the same task when its context is full, with its notes where it could leave them", async () => {
    const { team: t, model } = await lab(agents, [
      { when: /Your context is nearly full/, script: "say Half of it is done." },
      {
        when: /You were started anew, since the context/,
        script:
          "run echo exit 0 > test/greet.sh && git add -A && git commit -qm 'The other half'\nrun batty done\nsay Finished.",
      },
      { when: "Fill it up", script: fills },
    ]);
    allowAll(t);
    await t.batty("task", "new", "Fill it up", "--body", scope);
    await t.journal.until("approval_requested", undefined, 2 * patience);
    const launches = t.journal.of("agent_spawned").filter(by("engineer"));
    expect(launches.map((l) => l["resume"])).toEqual([false, false]);
    const asked = JSON.stringify(model.asked.at(-1)?.body);
    expect(asked).not.toContain("Half way.");
    if (cli === "codex") expect(asked).toContain("Half of it is done.");
  });

  test("ends with its team, and goes on with its conversation at the next start", async () => {
    const { team: t, model } = await lab(agents);
    await t.chat.say(`/send engineer ${script("say Before.")}`);
    await t.chat.next("the answer", answerOf("engineer", "Before."), patience);
    expect((await t.batty("stop")).code).toBe(0);
    expect((await t.batty("start", "--resume")).code).toBe(0);
    const again = (l: Line): boolean => by("engineer")(l) && l["epoch"] === 2;
    expect((await t.journal.until("agent_spawned", again, patience))["resume"]).toBe(true);
    await t.chat.say(`/send engineer ${script("say After.")}`);
    await t.chat.next("the answer", answerOf("engineer", "After."), patience);
    expect(JSON.stringify(model.asked.at(-1)?.body)).toContain("say Before.");
  });

  test("is killed in a turn, comes back with its session, and takes the next message", async () => {
    const { team: t, model } = await lab(agents);
    const signal = AbortSignal.timeout(patience);
    await t.chat.say(`/send engineer ${script("think 60000", "say Too late.")}`);
    await model.timeline.until(({ moment, side }) => moment === "asked" && side === null, signal);
    const { json } = await t.batty("status", "--json");
    const { pid } =
      (json.members as { name: string; pid: number }[]).find(({ name }) => name === "engineer") ??
      {};
    process.kill(pid ?? 0, "SIGKILL");
    const back = await t.journal.until(
      "agent_spawned",
      (l) => by("engineer")(l) && l["epoch"] > 1,
      patience,
    );
    expect(back["resume"]).toBe(true);
    await t.chat.say(`/send engineer ${script("say Back.")}`);
    await t.chat.next("the answer", answerOf("engineer", "Back."), patience);
  });
});

describe.runIf(process.env["BATTY_E2E_AGENTS"] === "1")("a pair", () => {
  test("an architect of one kind and an engineer of the other bring a wish to the trunk", async () => {
    const { team: t } = await lab("architect=claude,engineer=codex", redThenGreen);
    allowAll(t);
    const create = `batty task new "Greet people" --body "${scope.replaceAll("\n", "\\n")}" --assignee engineer`;
    await t.chat.say(
      `/send architect We want greetings.\n${script(`run ${create}`, "say It is a task now.")}`,
    );
    await t.chat.next(
      "the architect's answer",
      answerOf("architect", "It is a task now"),
      patience,
    );
    const card = await t.chat.next("the card", isCard("merge", "open"), 2 * patience);
    await t.chat.react("✅", card["id"]);
    await t.chat.next("the landing", isCard("merge", "done"), patience);
    expect(await t.git("show", "main:test/greet.sh")).toBe("exit 0");
  });
});
