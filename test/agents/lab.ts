// A team with real agents in a test: the built bot, tmux and git as everywhere in e2e, the agents' own programs, and a
// scripted model that each of them takes for its provider's.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { actionOf, isCard } from "../e2e/chat.ts";
import type { Place } from "../e2e/place.ts";
import { type Team, team } from "../e2e/team.ts";
import { clis, install } from "./install.ts";
import type { Page } from "./model/ask.ts";
import { type Model, startModel } from "./model/server.ts";
import { tellOfAgents } from "./told.ts";

export interface Lab {
  readonly team: Team;
  readonly model: Model;
}

/** ms that an agent may take for a turn or a start: two cores are shared with everything else. */
export const patience = 90_000;

interface Wish {
  /** Claude's. */
  readonly login?: Readonly<Record<string, string>>;
  /** More of an environment for the bot, nothing of it for its agents. */
  readonly botEnv?: Readonly<Record<string, string>>;
  /** Of team.yaml. */
  readonly edit?: (yaml: string) => string;
}

/** @param agents as `init --agent` takes it: `architect=script,engineer=codex` */
export async function lab(
  agents: string,
  playbook: readonly Page[] = [],
  wish: Wish = {},
): Promise<Lab> {
  const { login = { ANTHROPIC_AUTH_TOKEN: "scripted" }, edit = (yaml) => yaml } = wish;
  const programs = await Promise.all(clis.map(async (cli) => [cli, await install(cli)] as const));
  const model = await startModel(playbook);
  onTestFinished(() => model.close());
  const env = {
    ANTHROPIC_BASE_URL: model.url,
    ...login,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "2",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    SCRIPTED_KEY: "scripted",
    HTTPS_PROXY: "http://127.0.0.1:9", // a closed port: nothing leaves this machine
    NO_PROXY: "127.0.0.1,localhost",
  };
  const started = await team({
    agents,
    env: { ...env, ...wish.botEnv },
    prepare: async (place) => {
      for (const [cli, program] of programs) await symlink(program, join(place.bin, cli));
      await homeOf(place, model.url);
    },
    edit: (yaml) =>
      edit(yaml).replace(
        /^workflow_policy:\n/m,
        (line) => `${line}  env_pass: [${Object.keys(env).join(", ")}]\n`,
      ),
  });
  // Before the team is closed: what was registered last runs first.
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") await tellOfAgents(started, model);
  });
  return { team: started, model };
}

/** A person at the chat who allows whatever is asked for, as it comes. */
export function allowAll({ chat }: Team): void {
  const decided = new Set<string>();
  const asks = isCard("permission", "open");
  const timer = setInterval(() => {
    for (const line of chat.lines) {
      const id = String(line["id"]);
      if (decided.has(id) || !asks(line)) continue;
      decided.add(id);
      chat.press(actionOf(line, "allow-once"), id).catch(() => {}); // seen by what does not happen then
    }
  }, 50);
  onTestFinished(() => clearInterval(timer));
}

/** What a person who uses both agents has at home: the onboarding behind them, and a provider. */
async function homeOf({ env }: Place, url: string): Promise<void> {
  const home = env["HOME"] ?? "";
  await writeFile(join(home, ".claude.json"), '{"hasCompletedOnboarding":true}\n');
  await mkdir(join(home, ".codex"), { recursive: true });
  const config = `check_for_update_on_startup = false
model = "scripted"
model_provider = "scripted"
model_context_window = 200000

[model_providers.scripted]
name = "Scripted"
base_url = "${url}/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2

[analytics]
enabled = false
`;
  await writeFile(join(home, ".codex", "config.toml"), config);
}
