// What a launch needs: prompt file, driver's command, environment. Panes are tmux's business.
import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentDriver, Hooks } from "../core/agent.ts";
import type { Permissions } from "../core/permissions.ts";
import type { Launch, Seats } from "../core/ports.ts";
import { type Epoch, Failure, type Member, type MemberName } from "../core/words.ts";
import { doorPath } from "./agents/door.ts";
import { logins } from "./agents/drivers.ts";
import { without } from "./environment.ts";
import { findCommand } from "./find-command.ts";
import { hookCommand } from "./home.ts";
import type { Paths } from "./paths.ts";
import { shellWord } from "./shell-word.ts";

export interface SeatParts {
  readonly paths: Paths;
  readonly members: () => readonly Member[];
  readonly driver: (agent: string) => AgentDriver;
  readonly prompt: (member: Member, signal: AbortSignal) => Promise<string>;
  /** The allow-listed environment of children, with the logins of agents. */
  readonly env: () => Readonly<Record<string, string>>;
  /** Where the bot finds things when they are not where they usually are: the panes' `batty` must agree. */
  readonly places: () => Readonly<Record<string, string>>;
  readonly signalKey: (member: MemberName, epoch: Epoch) => string;
  /** `http://127.0.0.1:<port>` of the agents' hooks. */
  readonly door: () => string;
  /** The program that asks there for permission. */
  readonly asker: string;
  readonly model: (member: MemberName) => string | null;
  readonly permissions: () => Pick<Permissions, "ask" | "timeout">;
  /** Git's author variables, only where git finds no identity of its own. */
  readonly identity: (
    member: MemberName,
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, string>>>;
}

/** s */
const hookMargin = 30;

const columns = { architect: 0, manager: 1, engineer: 2 } as const;

export function createSeats(parts: SeatParts): Seats {
  const { paths } = parts;
  const memberOf = (name: MemberName): Member => {
    const member = parts.members().find((m) => m.name === name);
    if (member === undefined) throw new Failure("agent.missing", `no member is called "${name}"`);
    return member;
  };
  return {
    driverOf: (name) => parts.driver(memberOf(name).agent),
    async launchOf({ member: name, epoch, worktree, resume }, signal): Promise<Launch> {
      const member = memberOf(name);
      const driver = parts.driver(member.agent);
      const promptFile = await store(
        paths.prompts,
        `${name}.md`,
        await parts.prompt(member, signal),
      );
      const folder = join(paths.agents, name);
      const { argv, program, env, files } = driver.launch({
        ...{ member: name, epoch, worktree, repository: paths.root, promptFile, folder, resume },
        ...{ fresh: randomUUID(), model: parts.model(name) },
        permissions: parts.permissions().ask === "allow-everything" ? "trusted" : "ask",
        ...{ bodies: paths.bodies, hooks: hooksOf(parts, name, epoch) },
      });
      for (const [file, text] of Object.entries(files)) await store(folder, file, text);
      const signals = join(paths.signals, name);
      for (const folder of ["tmp", "new", "cur"])
        await mkdir(join(signals, folder), { recursive: true, mode: 0o700 });
      const others = logins.filter((name) => !driver.logins.includes(name));
      const base = without(parts.env(), others);
      const path = `${paths.bin}:${base["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`;
      await mustBeThere(name, program ?? argv[0] ?? "", path, worktree);
      return {
        member: name,
        epoch,
        column: columns[member.roleType],
        cwd: worktree,
        argv,
        env: {
          ...base,
          ...(await parts.identity(name, signal)),
          ...env,
          PATH: path,
          BATTY_PROJECT_ROOT: paths.root,
          BATTY_MEMBER: name,
          BATTY_EPOCH: String(epoch),
          BATTY_SIGNALS: signals,
          BATTY_SIGNAL_KEY: parts.signalKey(name, epoch),
          BATTY_DOOR: parts.door(),
          ...parts.places(),
        },
      };
    },
    body: (id, text) => store(paths.bodies, `${id}.md`, text),
  };
}

function hooksOf(parts: SeatParts, member: MemberName, epoch: Epoch): Hooks {
  // The bot's own deadline comes first: it says that the pane asks now.
  const permissionSeconds = Math.ceil(parts.permissions().timeout / 1000) + hookMargin;
  const secret = parts.signalKey(member, epoch);
  return {
    eventUrl: `${parts.door()}${doorPath(member, epoch, secret, "event")}`,
    fileCommand: `sh ${shellWord(hookCommand(parts.paths))}`,
    permissionCommand: `${shellWord(process.execPath)} ${shellWord(parts.asker)} ${permissionSeconds}`,
    permissionSeconds,
  };
}

/** Said here, once and whole: in a pane it would be one line of a shell that nobody reads. */
async function mustBeThere(
  member: MemberName,
  command: string,
  path: string,
  cwd: string,
): Promise<void> {
  if ((await findCommand(command, path, cwd)) !== null) return;
  throw new Failure(
    "agent.missing",
    `${member} cannot be started: there is no program ${command}. PATH: ${path}`,
    { hint: `Install it, or set another agent in team.yaml; then \`batty resume ${member}\`.` },
  );
}

async function store(dir: string, name: string, text: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, name);
  await writeFile(`${path}.tmp`, text, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
  return path;
}
