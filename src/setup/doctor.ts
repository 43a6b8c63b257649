// `doctor`: what is wrong on this machine and in `.batty`, one line and one fix each. Mends only what nobody could miss.
import { chmod, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../core/words.ts";
import type { Paths } from "../world/paths.ts";
import { bad, type Check, type Finding, ok, warn } from "./check.ts";
import { agentCheck, type SeatedAgent } from "./doctor-agents.ts";
import { type Remains, remains } from "./doctor-remains.ts";

export interface Patient extends Remains {
  readonly paths: Paths;
  /** @throws what says what is missing */
  readonly tools: () => Promise<void>;
  readonly hasPerl: () => Promise<boolean>;
  /** @throws what says what is wrong with team.yaml */
  readonly team: () => Promise<unknown>;
  /** Agents of the team that have a version; none while the team file is not good. */
  readonly agents: () => Promise<readonly SeatedAgent[]>;
  /** What keeps the team from its platforms; nothing of one that it is not on. */
  readonly platforms: () => Promise<readonly Check[]>;
  /** The bot's pid; null: none runs. */
  readonly bot: () => Promise<number | null>;
  /** Why the checkpoint would be passed over; null: it would not. */
  readonly checkpoint: () => Promise<string | null>;
  /** Why telemetry.db must be made again; null: it must not. @throws what says that there is none */
  readonly telemetry: () => Promise<string | null>;
  readonly remakeTelemetry: () => Promise<void>;
  /** Free space in bytes, and below what the bot acts. */
  readonly disk: () => Promise<{ readonly free: number; readonly low: number }>;
}

export async function examine(patient: Patient): Promise<readonly Finding[]> {
  return [
    await tried("tools", "git, tmux and flock are here", patient.tools),
    (await patient.hasPerl())
      ? ok("perl", "perl is here")
      : warn("perl", "perl is missing: who left its session can't be told", "Install perl."),
    await tried("team.yaml", "the team file is good", patient.team),
    ...(await patient.agents()).map(agentCheck),
    ...(await patient.platforms()),
    await pidFile(patient),
    await checkpoint(patient),
    await telemetry(patient),
    await disk(patient),
    ...(await remains(patient)),
    ...(await permissions(patient.paths)),
  ];
}

async function tried(name: string, good: string, run: () => Promise<unknown>): Promise<Finding> {
  try {
    await run();
    return ok(name, good);
  } catch (error) {
    const hint = error instanceof Failure ? error.hint : undefined;
    const say = error instanceof Error ? error.message : String(error);
    return bad(name, say, hint ?? "Mend what the line names.");
  }
}

async function pidFile({ paths, bot }: Patient): Promise<Finding> {
  const pid = await bot();
  if (pid !== null) return ok("bot", `the bot runs with pid ${pid}`);
  const left = (await modeOf(paths.pidFile)) !== null;
  if (!left) return ok("bot", "no bot runs");
  return {
    ...warn("bot", "no bot runs, but daemon.pid was left by one that was killed", fixes),
    mend: () => rm(paths.pidFile, { force: true }),
  };
}

/** The next start reads the whole journal and writes a new one: nothing is lost. */
async function checkpoint({ paths, ...patient }: Patient): Promise<Finding> {
  const why = await patient.checkpoint();
  if (why === null) return ok("checkpoint", "state.json is good, or not needed yet");
  const found = warn("checkpoint", why, fixes);
  const mend = (): Promise<void> => rm(paths.checkpoint, { force: true });
  return (await patient.bot()) === null ? { ...found, mend } : found;
}

/** A copy of the journal: it is deleted and comes back, by a running bot's hand or by ours. */
async function telemetry(patient: Patient): Promise<Finding> {
  let why: string | null;
  try {
    why = await patient.telemetry();
  } catch (error) {
    const say = error instanceof Error ? error.message : String(error);
    return warn("telemetry", say, "`npm rebuild better-sqlite3` where a compiler is, or leave it.");
  }
  if (why === null) return ok("telemetry", "telemetry.db is good, or not needed yet");
  return { ...warn("telemetry", why, fixes), mend: patient.remakeTelemetry };
}

async function disk(patient: Patient): Promise<Finding> {
  const { free, low } = await patient.disk();
  const mib = Math.round(free / (1024 * 1024));
  return free < low
    ? bad("disk", `only ${mib} MB are free at ${patient.paths.batty}`, "Free some space.")
    : ok("disk", `${mib} MB are free`);
}

const fixes = "`batty doctor --fix`";

/** Files are 0600 and folders 0700: nobody else on this machine reads them. */
async function permissions(paths: Paths): Promise<Finding[]> {
  const list: Finding[] = [];
  for (const name of [...(await namesIn(paths.batty)), "team_config/events.jsonl"]) {
    if (["team_config", "worktrees", "bin"].includes(name)) continue;
    const path = join(paths.batty, name);
    const mode = await modeOf(path);
    if (mode === null || (mode & 0o077) === 0) continue;
    list.push({
      ...warn(
        "permissions",
        `${path} can be read by others (${(mode & 0o777).toString(8)})`,
        fixes,
      ),
      on: path,
      mend: () => chmod(path, mode & 0o700),
    });
  }
  return list.length > 0 ? list : [ok("permissions", "what is in .batty is ours alone")];
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => []); // no team: said by another line
}

/** Null: not there, or no file and no folder (sockets have the folder's protection). */
async function modeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null); // gone meanwhile: nothing to mend
  return found !== null && (found.isFile() || found.isDirectory()) ? found.mode : null;
}
