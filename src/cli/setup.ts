// `init`, `validate`, `config`, `prompt`: what works before a bot runs.
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { loadTeam } from "../config/load.ts";
import { loadPrompt } from "../config/prompt-file.ts";
import { nearest } from "../core/suggest.ts";
import { configJson } from "../core/team.ts";
import { init as setUp, type Terminal } from "../setup/init.ts";
import { validate as check, sayChecks } from "../setup/validate.ts";
import { initBoard } from "../world/board/board.ts";
import { pathsOf } from "../world/paths.ts";
import { flag, noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { mustBePersonAt } from "./caller.ts";
import { templates } from "./package-root.ts";

const osUser = (): string => userInfo().username;
const deadline = (): AbortSignal => AbortSignal.timeout(30_000);

export const init: OwnVerb = async (call, root) => {
  const odd = unknownWord(call.argv, ["template", "agent", "from"], ["force"]);
  if (odd !== null)
    return refused(
      2,
      "usage",
      `init knows no "${odd}".`,
      "Usage: batty init [--template NAME] [--agent NAME] [--from NAME] [--force]",
    );
  const here = call.root ?? process.cwd();
  // Not by a member: of the team that is here, nor of the one whose pane this is.
  for (const team of new Set([here, root ?? here])) await mustBePersonAt(team, "init");
  const result = await setUp(
    {
      root: here,
      templates,
      template: flag(call.argv, "template"),
      agent: flag(call.argv, "agent"),
      path: process.env["PATH"] ?? "",
      from: flag(call.argv, "from"),
      force: call.argv.includes("--force"),
      osUser: osUser(),
      terminal: process.stdin.isTTY === true && !call.json ? terminal() : null,
      initBoard,
    },
    deadline(),
  );
  if (!result.ok) return { ok: false, exit: result.exit, refusal: result.refusal };
  const { say, ...json } = result;
  return { ok: true, json, text: say.join("\n") };
};

/** Asks on stderr: stdout is for the result. */
function terminal(): Terminal {
  return {
    async choose(question, choices, fallback) {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const answer = await lines.question(`${question}\n(${choices.join(", ")}) [${fallback}] `);
        return answer.trim() === "" ? fallback : answer.trim();
      } finally {
        lines.close();
      }
    },
  };
}

export const validate: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, [], ["show-checks"]);
  if (odd !== null)
    return refused(
      2,
      "usage",
      `validate knows no "${odd}".`,
      "Usage: batty validate [--show-checks]",
    );
  const result = await check(
    { root, templates, osUser: osUser(), path: process.env["PATH"] ?? "" },
    deadline(),
  );
  const text = sayChecks(result, call.argv.includes("--show-checks"));
  if (result.ok) return { ok: true, json: { ok: true, checks: result.checks }, text };
  return refused(2, "config.invalid", text);
};

export const config: OwnVerb = async (_call, root) => {
  if (root === null) return noTeam(process.cwd());
  const json = configJson(
    await loadTeam(pathsOf(root).teamYaml, { root, osUser: osUser() }, deadline()),
  );
  return { ok: true, json, text: JSON.stringify(json, null, 2) };
};

export const prompt: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const paths = pathsOf(root);
  const team = await loadTeam(paths.teamYaml, { root, osUser: osUser() }, deadline());
  const name = call.argv.find((w) => !w.startsWith("--"));
  const member = team.members.find((m) => m.name === name);
  if (name === undefined)
    return refused(2, "usage", "Name a member.", "Usage: batty prompt MEMBER");
  if (member === undefined) {
    const near = nearest(
      name,
      team.members.map((m) => m.name),
    );
    return refused(
      1,
      "member.unknown",
      `No member is called "${name}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
      `Members: ${team.members.map((m) => m.name).join(", ")}.`,
    );
  }
  const text = await loadPrompt(
    member,
    team,
    { teamConfig: paths.teamConfig, templates },
    deadline(),
  );
  const note = await later(name, text, join(paths.prompts, `${name}.md`));
  return { ok: true, json: { member: name, prompt: text, ...note }, text };
};

/** What an edit does not do yet: an agent reads its prompt when it is launched. */
async function later(name: string, text: string, launched: string): Promise<{ note?: string }> {
  const last = await readFile(launched, "utf8").catch(() => null); // it was never launched: nothing to compare
  if (last === null || last === text) return {};
  return {
    note: `${name} was launched with another text; this one takes effect at its next launch (\`batty restart ${name}\`).`,
  };
}
