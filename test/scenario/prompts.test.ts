// Every command that a prompt shows its reader is one that the bot takes from exactly this reader: the prompts of all
// templates, composed for their teams, their command lines read by a shell and given to the rules.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import { authorize } from "../../src/chat/authorize.ts";
import { loadTeam } from "../../src/config/load.ts";
import { loadPrompt } from "../../src/config/prompt-file.ts";
import { split } from "../../src/core/arguments.ts";
import type { Command } from "../../src/core/command.ts";
import { policyOf } from "../../src/core/policy-of.ts";
import type { Team } from "../../src/core/team.ts";
import type { Member } from "../../src/core/words.ts";
import { init } from "../../src/setup/init.ts";
import { templateNames } from "../../src/setup/template.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";

const templates = resolve(import.meta.dirname, "../../templates");
const names = await templateNames(templates);
const signal = AbortSignal.timeout(120_000);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "batty-prompts-"));
});
afterEach(() => rm(root, { recursive: true }));

async function teamOf(template: string): Promise<Team> {
  await writeFile(join(root, "package.json"), '{"scripts":{"test":"node --test"}}');
  const order = { root, templates, template, agent: "script", from: null, force: false };
  const made = await init(
    { ...order, osUser: "ada", terminal: null, path: "", initBoard: async () => {} },
    signal,
  );
  if (!made.ok) throw new Error(made.refusal.say);
  return loadTeam(join(root, ".batty/team_config/team.yaml"), { root, osUser: "ada" }, signal);
}

const composed = (member: Member, team: Team): Promise<string> =>
  loadPrompt(member, team, { teamConfig: join(root, ".batty/team_config"), templates }, signal);

/** The first member of each role: the others' prompts differ by names only. */
const oneOfEach = (team: Team): readonly Member[] =>
  team.members.filter((one, i) => team.members.findIndex((m) => m.role === one.role) === i);

const blocks = (prompt: string): string =>
  [...prompt.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code).join("\n");

/** What the shell makes of the lines, quotes and all: the words of each call of batty. */
async function callsIn(code: string): Promise<readonly (readonly string[])[]> {
  const script = `batty() { printf '%s\\0' "$@"; printf '\\1\\0'; }\nset -eu\n${code}`;
  const { stdout, stderr } = await promisify(execFile)("/bin/sh", ["-c", script], {
    cwd: root,
    env: { PATH: "" },
    signal,
  });
  expect(stderr).toBe("");
  const calls: string[][] = [];
  let call: string[] = [];
  for (const word of stdout.split("\0").slice(0, -1))
    if (word === "\u0001") {
      calls.push(call);
      call = [];
    } else call.push(word);
  return calls;
}

const commandOf = (words: readonly string[]): Command | undefined =>
  commands.find((c) => c.name === words.slice(0, 2).join(" ")) ??
  commands.find((c) => c.name === words[0]);

/** Code in running text; a verb alone is a mention of it, more is a call. */
const inlineIn = (prompt: string): readonly (readonly string[])[] =>
  [...prompt.replace(/^```.*?^```$/gms, "").matchAll(/`batty ([^`]+)`/g)].map(([, text = ""]) =>
    split(text).map((w) => w.text),
  );

const isMention = (words: readonly string[]): boolean => words.join(" ") === commandOf(words)?.name;

/** What a bot may well answer on a day when nobody has begun anything. */
const fine = ["task.busy", "done.no-commits", "task.unknown"];

/** As many tasks as the prompts speak of, all of them waiting. */
async function dayWithTasks(team: Team): Promise<Day> {
  const day = await startDay({ team: { ...policyOf(team), autoDispatch: false } });
  for (let n = 1; n <= 14; n += 1) await newTask(day, `Task ${n}`);
  return day;
}

async function takes(day: Day, member: Member, words: readonly string[]): Promise<string> {
  const [verb = "", ...argv] = words;
  const reply = await day.as(member.name, verb, ...argv);
  if (reply.ok || fine.includes(reply.refusal.code)) return "taken";
  return `${reply.refusal.code}: ${reply.refusal.say}`;
}

function mayUse(member: Member, words: readonly string[]): string {
  const command = commandOf(words);
  if (command === undefined) return "no such command";
  const refusal = authorize({ name: member.name, via: "agent", tier: "team" }, command);
  const others = ["done", "task next"].includes(command.name) && member.roleType !== "engineer";
  return (
    refusal?.say ?? (others ? `not for ${member.roleType}s` : explained(command, words.slice(1)))
  );
}

/** `batty help VERB` is a call whose argument is a verb, too. */
const explained = (command: Command, rest: readonly string[]): string =>
  command.name !== "help" || rest.length === 0 || commandOf(rest) !== undefined
    ? "fine"
    : `help knows no ${rest.join(" ")}`;

describe("the prompts of each template", () => {
  it.each(names)("%s: every command line is taken from its reader", async (template) => {
    const team = await teamOf(template);
    const lines: { readonly member: Member; readonly words: readonly string[] }[] = [];
    for (const member of oneOfEach(team)) {
      const prompt = await composed(member, team);
      const code = blocks(prompt);
      const calls = await callsIn(code);
      expect(calls.length, member.name).toBe(code.match(/^batty /gm)?.length ?? 0);
      expect(calls.length, member.name).toBeGreaterThan(5);
      for (const words of [...calls, ...inlineIn(prompt)]) lines.push({ member, words });
    }
    const day = await dayWithTasks(team);
    const said: string[] = [];
    for (const { member, words } of lines) {
      const may = mayUse(member, words);
      const word = may !== "fine" || isMention(words) ? may : await takes(day, member, words);
      if (word !== "fine" && word !== "taken")
        said.push(`${member.name}: batty ${words.join(" ")} → ${word}`);
    }
    expect(said).toEqual([]);
  });

  it.each(names)("%s: nothing is left to fill in, and all of it is short", async (template) => {
    const team = await teamOf(template);
    for (const member of team.members) {
      const prompt = await composed(member, team);
      expect(prompt, member.name).not.toMatch(/\{\{|\}\}|undefined|\bnull\b/);
      expect(prompt.split(/\s+/).length, member.name).toBeLessThanOrEqual(1_200);
      expect(prompt.match(/^## Nudge$/gm), member.name).toHaveLength(1);
      expect(prompt, member.name).toContain(`\`${team.policy.testCommand}\``);
    }
  });

  it.each(names)("%s: each member learns whom it may address", async (template) => {
    const team = await teamOf(template);
    for (const member of team.members) {
      const prompt = await composed(member, team);
      const line = prompt.split("\n").find((one) => /\bmay address: /.test(one)) ?? "";
      for (const name of member.talksTo) expect(line, member.name).toContain(`\`${name}\``);
    }
  });
});
