// Nothing secret that the person's shell knows reaches whom the bot starts: agents, their servers, tests, git's hooks.
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { processTree } from "../../src/world/proc.ts";
import { isCard } from "./chat.ts";
import { commandOf } from "./place.ts";
import { type Team, team } from "./team.ts";

const mark = "not-for-agents";
const names = [
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET"],
  ...["GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "NPM_TOKEN", "NODE_AUTH_TOKEN", "PYPI_TOKEN"],
  ...["SSH_AUTH_SOCK", "GPG_AGENT_INFO", "DOCKER_AUTH_CONFIG", "KUBECONFIG", "DATABASE_URL"],
  ...[
    "GIT_ASKPASS",
    "GIT_SSH_COMMAND",
    "SLACK_BOT_TOKEN",
    "XDG_SECRET",
    "LC_SECRET_1",
    "HOME_TOKEN",
  ],
  ...["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "BATTY_TELEGRAM_BOT_TOKEN", "BATTY_ANY_TOKEN"],
] as const;
/** As somebody may who wants agents to log in with a key, and errs about the rest. */
const passed = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "BATTY_TELEGRAM_BOT_TOKEN"];

/** Each who is asked leaves its environment here. */
const tell = (folder: string, who: string): string => `env >${join(folder, who)}`;

async function teamWithSecrets(): Promise<{ readonly t: Team; readonly told: string }> {
  let told = "";
  const secrets = Object.fromEntries(names.map((name) => [name, `${mark}-${name}`]));
  const t = await team({
    env: secrets,
    edit: (yaml) =>
      yaml.replace(/^workflow_policy:\n/m, (line) => `${line}  env_pass: [${passed.join(", ")}]\n`),
    async prepare({ root, folder, run }) {
      told = join(folder, "told");
      await mkdir(told);
      const hook = join(root, ".git", "hooks", "post-commit");
      await writeFile(hook, `#!/bin/sh\n${tell(told, "hook")}\n`);
      await chmod(hook, 0o700);
      await writeFile(join(root, "test", "told.sh"), `${tell(told, "gate")}\n`);
      await run("git", ["add", "-A"]);
      await run("git", ["commit", "-qm", "A test that tells", "--no-verify"]);
    },
  });
  return { t, told };
}

test("what only the person's shell knows is in no process that the bot starts, and in no file it writes", async () => {
  const { t, told } = await teamWithSecrets();
  const bot = t.bot()?.pid ?? 0;
  const task = await t.task("engineer", "one", `run ${tell(told, "agent")}`);
  await t.chat.next(`the card of #${task}`, isCard("merge", "open", task));
  for (const who of ["agent", "gate", "hook"]) {
    expect(existsSync(join(told, who)), who).toBe(true);
    expect(readFileSync(join(told, who), "utf8"), who).not.toContain(mark);
  }
  // The bot itself knows them; of all that live by it, servers and holders too, none does.
  const seats = [...(await t.seats()).values()].map(({ agent }) => agent.pid);
  const server = Number((await t.tmux("display-message", "-p", "#{pid}")).stdout);
  const others = [...processTree(bot), ...processTree(server)].filter(({ pid }) => pid !== bot);
  expect(others.map(({ pid }) => pid)).toEqual(expect.arrayContaining([server, ...seats]));
  expect(others.filter(({ pid }) => knows(pid)).map(({ pid }) => commandOf(pid))).toEqual([]);
  const found = await t.place.run("grep", ["-rIl", mark, t.root, join(t.place.folder, "state")]);
  expect(found.stdout).toBe("");
});

function knows(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark);
  } catch {
    return false; // it ended while we looked
  }
}
