// Where everything lies: under `.batty/` of the project, and the state folder outside it (interface §5).
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export interface Paths {
  readonly root: string;
  readonly batty: string;
  readonly teamConfig: string;
  readonly teamYaml: string;
  /** Copy of the last team.yaml that was valid. */
  readonly lastGood: string;
  readonly board: string;
  readonly journal: string;
  /** Checkpoint and heartbeat. */
  readonly checkpoint: string;
  readonly playbooks: string;
  readonly inboxes: string;
  readonly signals: string;
  readonly outbox: string;
  /** Files that people sent along, and those that go out with posts. */
  readonly attachments: string;
  readonly gate: string;
  readonly chat: string;
  readonly chatSocket: string;
  readonly pidFile: string;
  readonly log: string;
  readonly instanceLock: string;
  readonly mergeLock: string;
  readonly resume: string;
  readonly projectId: string;
  /** Text file that holds the path of the worktrees folder. */
  readonly worktreesFile: string;
  /** Bodies too long to be typed. */
  readonly bodies: string;
  /** Composed role prompts, one file a member and launch. */
  readonly prompts: string;
  /** Folders of what agents' launches are set up with, one a member. */
  readonly agents: string;
  /** The port of the agents' hooks. */
  readonly door: string;
  /** Pid and exit files of the panes' wrappers. */
  readonly seats: string;
  /** Short-lived files by which a caller proves who it is. */
  readonly callers: string;
  /** Members' wishes from while no bot ran. */
  readonly later: string;
  readonly standups: string;
  /** What people and members decided, from the journal. */
  readonly audit: string;
  /** The journal for questions in SQL. */
  readonly telemetry: string;
  /** Who starts programs for the bot. */
  readonly spawnerPid: string;
  /** Launcher folder that begins the panes' PATH. */
  readonly bin: string;
  /** Room set aside for the journal. */
  readonly reserve: string;
}

export function pathsOf(projectRoot: string): Paths {
  const root = resolve(projectRoot);
  const batty = join(root, ".batty");
  const teamConfig = join(batty, "team_config");
  const under = (name: string): string => join(batty, name);
  return {
    root,
    batty,
    teamConfig,
    teamYaml: join(teamConfig, "team.yaml"),
    lastGood: under("last-good.yaml"),
    board: join(teamConfig, "board"),
    journal: join(teamConfig, "events.jsonl"),
    checkpoint: under("state.json"),
    playbooks: join(teamConfig, "playbooks"),
    inboxes: under("inboxes"),
    signals: under("signals"),
    outbox: under("outbox"),
    attachments: under("attachments"),
    gate: under("gate"),
    chat: under("chat"),
    chatSocket: under("chat.sock"),
    pidFile: under("daemon.pid"),
    log: under("daemon.log"),
    instanceLock: under("daemon.lock"),
    mergeLock: under("merge.lock"),
    resume: under("resume"),
    projectId: under("project-id"),
    worktreesFile: under("worktrees"),
    bodies: under("bodies"),
    prompts: under("prompts"),
    agents: under("agents"),
    door: under("door.port"),
    seats: under("seats"),
    callers: under("callers"),
    later: under("later"),
    standups: under("standups"),
    audit: under("audit.jsonl"),
    telemetry: under("telemetry.db"),
    spawnerPid: under("spawner.pid"),
    bin: under("bin"),
    reserve: under("reserve"),
  };
}

/** `tmux -L` socket name: `batty-<team>-<8 hex of the root's path>`. */
export function tmuxSocketName(team: string, root: string): string {
  return `batty-${team}-${createHash("sha256").update(resolve(root)).digest("hex").slice(0, 8)}`;
}

/** The state folder that holds worktrees: `${BATTY_STATE_DIR:-${XDG_STATE_HOME:-~/.local/state}/batty}`. */
export function stateDir(env: Readonly<Record<string, string | undefined>>): string {
  if (env["BATTY_STATE_DIR"]) return resolve(env["BATTY_STATE_DIR"]);
  const home = env["HOME"] || homedir();
  return join(env["XDG_STATE_HOME"] || join(home, ".local", "state"), "batty");
}
