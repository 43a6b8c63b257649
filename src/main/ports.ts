// The ports of a running bot, opened in the order in which they need each other.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPrompt } from "../config/prompt-file.ts";
import type { AgentDriver, PermissionRequest } from "../core/agent.ts";
import type { Repair } from "../core/ports.ts";
import type { Epoch, MemberName, Oid } from "../core/words.ts";
import type { Ports } from "../daemon/acts/context.ts";
import type { TellDeath } from "../daemon/deaths.ts";
import { type DoorParts, type HookDoor, openHookDoor } from "../world/agents/door.ts";
import { driverOf, logins } from "../world/agents/drivers.ts";
import { followed, fromOurs } from "../world/agents/followed.ts";
import { openBoard } from "../world/board/board.ts";
import { openDisk } from "../world/disk.ts";
import { childEnvironment, without } from "../world/environment.ts";
import { openGate } from "../world/gate/gate.ts";
import { openRepo } from "../world/git/repo.ts";
import { makeHome, write } from "../world/home.ts";
import { openMailbox } from "../world/maildir.ts";
import type { Processes } from "../world/processes.ts";
import { createSeats } from "../world/seats.ts";
import { openSignals } from "../world/signals.ts";
import { mailKey, signalKey, verifying } from "../world/signature.ts";
import { startSpawner } from "../world/spawner/client.ts";
import { openTerminal } from "../world/tmux/terminal.ts";
import type { AskPeople } from "./permissions.ts";
import type { Place } from "./place.ts";

/** Bundled: everything lies in dist/. */
const dist = dirname(fileURLToPath(import.meta.url));
const packageRoot = dirname(dist);

export interface OpenPorts extends Ports {
  /** An event of this member's agent that came by no file of the bot's. */
  heard(member: MemberName, epoch: Epoch, event: unknown): void;
  close(): Promise<void>;
}

export interface Hints {
  /** An agent's hook told something. */
  onSignal(): void;
  /** An agent's hook asks for permission and waits. */
  readonly onRequest: AskPeople;
  /** What an agent is about to do without asking never goes. */
  isForbidden(member: MemberName, request: PermissionRequest): boolean;
  /** A member's program ended. */
  readonly onDeath: TellDeath;
  /** Somebody else wrote evidence of this tree. */
  onForgedEvidence(tree: Oid): void;
  /** A worktree was put right. */
  onRepair(repair: Repair): void;
}

export async function openPorts(place: Place, hints: Hints): Promise<OpenPorts> {
  const { paths, team, members, tmux, log } = place;
  const forAgents = (): Readonly<Record<string, string>> =>
    childEnvironment(process.env, team.policy.envPass);
  // Tests run what agents wrote: no login is theirs.
  const env = (): Readonly<Record<string, string>> => without(forAgents(), logins);
  const launcher = join(packageRoot, "bin", "batty");
  const { worktrees } = await makeHome(paths, members, launcher, process.env);
  const spawner = await startSpawner({
    script: join(dist, "spawner.js"),
    pidFile: paths.spawnerPid,
    env: env(),
  });
  const terminal = await openTerminal({
    ...tmux,
    seatsDir: paths.seats,
    log,
    onDeath: (_, pane) => hints.onDeath(pane),
  });
  const key = await mailKey(process.env["HOME"] ?? homedir(), team.name);
  const keyOf = (member: MemberName, epoch: Epoch): string => signalKey(key, member, epoch);
  const git = { root: paths.root, worktreesDir: worktrees, processes: spawner, env, told: log };
  const driver = (agent: string): AgentDriver =>
    driverOf(agent, { script: join(dist, "script-agent.js") });
  const agentOf = (name: MemberName): string =>
    team.members.find((m) => m.name === name)?.agent ?? "";
  const signals = openSignals({
    ...{ dir: paths.signals, members, keyOf },
    hear: (member, event) => driver(agentOf(member)).hear(event),
  });
  const door = await openDoor(place, {
    keyOf,
    onEvent(member, epoch, event) {
      signals.heard(member, epoch, event, Date.now());
      hints.onSignal();
    },
    async forbids(member, epoch, event, gone) {
      const request = driver(agentOf(member)).plans(event);
      if (request === null) return null;
      const settled = await fromOurs(await followed(request), worktrees);
      if (!hints.isForbidden(member, settled)) return null;
      const verdict = await hints.onRequest(member, epoch, settled, gone);
      return verdict.effect === "deny" ? verdict.reason : null;
    },
    async onRequest(member, epoch, event, gone) {
      const agent = driver(agentOf(member));
      const request = agent.asks(event);
      if (request === null) return "";
      const settled = await fromOurs(await followed(request), worktrees);
      return agent.answer(await hints.onRequest(member, epoch, settled, gone));
    },
  });
  const repo = openRepo({
    ...git,
    members,
    repaired: hints.onRepair,
    mergeLock: paths.mergeLock,
    trunkBranch: team.trunkBranch,
    now: Date.now,
  });
  return {
    terminal,
    mailbox: verifying(openMailbox({ dir: paths.inboxes, members }), key),
    signals,
    board: openBoard({ dir: paths.board, processes: spawner as Processes }),
    repo,
    disk: openDisk({
      ...{ repository: paths.root, state: paths.batty, worktrees },
      ...{ gateLogs: paths.gate, now: Date.now },
    }),
    gate: openGate({
      ...{ ...git, evidenceDir: paths.gate, now: Date.now, key },
      onForged: hints.onForgedEvidence,
    }),
    seats: createSeats({
      paths,
      members: () => team.members,
      driver,
      door: () => `http://127.0.0.1:${door.port}`,
      asker: join(dist, "hook.js"),
      permissions: () => team.policy.permissions,
      model: (member) => team.seats[member]?.model ?? null,
      prompt: (member, signal) => {
        const places = { teamConfig: paths.teamConfig, templates: join(packageRoot, "templates") };
        return loadPrompt(member, team, places, signal);
      },
      env: forAgents,
      identity: (member, signal) => repo.identityFor(member, signal),
      signalKey: keyOf,
      places: () => given("BATTY_STATE_DIR", "TMUX_TMPDIR"),
    }),
    heard: (member, epoch, event) => signals.heard(member, epoch, event, Date.now()),
    async close() {
      await door.close();
      await terminal.close();
      await spawner.close();
    },
  };
}

/** On the port of before: the hooks of agents that live on lead there. */
async function openDoor(
  { paths, members, log }: Place,
  parts: Pick<DoorParts, "keyOf" | "onEvent" | "forbids" | "onRequest">,
): Promise<HookDoor> {
  const before = Number(await readFile(paths.door, "utf8").catch(() => "")); // the first start
  const port = Number.isInteger(before) && before > 0 && before < 65_536 ? before : 0;
  const door = await openHookDoor({ ...parts, port, members: () => members, log });
  if (door.port !== port) await write(paths.door, `${door.port}\n`);
  return door;
}

/** Those of these variables that are set. */
function given(...names: readonly string[]): Readonly<Record<string, string>> {
  const set = names.flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(set);
}
