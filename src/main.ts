// The bot: reads the team, opens the ports, starts the loop, and stops all of it in reverse order. Imports everything, imported by nothing.
import { spawn } from "node:child_process";
import { appendFile, readFile, rm } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commands } from "../commands/index.ts";
import { openLocalChat } from "./chat/local/adapter.ts";
import { createRouter } from "./chat/router.ts";
import { loadTeam } from "./config/load.ts";
import { loadPrompt } from "./config/prompt-file.ts";
import type { Recorded } from "./core/event.ts";
import { evolve } from "./core/evolve.ts";
import type { Intent } from "./core/input.ts";
import { paneOf } from "./core/rules/panes.ts";
import { empty, type State } from "./core/state.ts";
import { policyOf, tierOf } from "./core/team.ts";
import { Failure, type MemberName } from "./core/words.ts";
import { createAct } from "./daemon/acts/act.ts";
import { openJournal, replay } from "./daemon/journal.ts";
import { createLoop, type Loop } from "./daemon/loop.ts";
import { createObserve, parts as worldParts } from "./daemon/observe.ts";
import { createPerform, type Perform } from "./daemon/perform.ts";
import { createPump, type Pump } from "./daemon/pump.ts";
import { startWake, type Wake } from "./daemon/wake.ts";
import { rfc3339 } from "./lib/time.ts";
import { driverOf } from "./world/agents/drivers.ts";
import { openBoard } from "./world/board/board.ts";
import { childEnvironment } from "./world/environment.ts";
import { openGate } from "./world/gate/gate.ts";
import { openRepo } from "./world/git/repo.ts";
import { makeHome, write } from "./world/home.ts";
import { identify } from "./world/identify.ts";
import { takeWishes } from "./world/later.ts";
import { takeLock } from "./world/lock.ts";
import { createLooks } from "./world/looks.ts";
import { openMailbox } from "./world/maildir.ts";
import { pathsOf, tmuxSocketName } from "./world/paths.ts";
import { createSeats } from "./world/seats.ts";
import { openSignals } from "./world/signals.ts";
import { mailKey, verifying } from "./world/signature.ts";
import { startSpawner } from "./world/spawner/client.ts";
import { openTerminal } from "./world/tmux/terminal.ts";
import { version } from "./world/version.ts";
import { watchFolders } from "./world/watch.ts";

const dist = dirname(fileURLToPath(import.meta.url));
const packageRoot = dirname(dist);

interface Order {
  readonly root: string;
  /** A `start` follows by itself: service managers and containers. */
  readonly startTeam: boolean;
  /** Another bot is on its way out: wait for its lock, ms. */
  readonly lockWait: number;
}

async function run(order: Order): Promise<void> {
  const paths = pathsOf(order.root);
  const log = (line: string): void =>
    void appendFile(paths.log, `${rfc3339(Date.now())} ${line}\n`, { mode: 0o600 }).catch(
      () => undefined,
    ); // a full disk must not end the bot
  const load = () =>
    loadTeam(
      paths.teamYaml,
      { root: paths.root, osUser: userInfo().username },
      AbortSignal.timeout(10_000),
    );
  const team = await load();
  const policy = policyOf(team);
  const members = team.members.map((m) => m.name);

  const lock = await lockWithin(
    paths.instanceLock,
    `batty ${version} for ${team.name} at ${paths.root}`,
    order.lockWait,
  );
  const { worktrees } = await makeHome(
    paths,
    members,
    join(packageRoot, "bin", "batty"),
    process.env,
  );
  await write(paths.pidFile, `${process.pid}\n`);
  const since = Date.now();

  // ---------------------------------------------------------------- ports
  const env = (): Readonly<Record<string, string>> =>
    childEnvironment(process.env, team.policy.envPass);
  const spawner = await startSpawner({
    script: join(dist, "spawner.js"),
    pidFile: join(paths.batty, "spawner.pid"),
    env: env(),
  });
  const wakes: { current: Wake | null } = { current: null };
  const socket = tmuxSocketName(team.name, paths.root);
  const session = `batty-${team.name}`;
  const terminal = await openTerminal({
    socket,
    session,
    seatsDir: paths.seats,
    log,
    onDeath: () => wakes.current?.nudge("panes"),
  });
  const key = await mailKey(process.env["HOME"] ?? homedir(), team.name);
  const mailbox = verifying(openMailbox({ dir: paths.inboxes, members }), key);
  const signals = openSignals({ dir: paths.signals, members });
  const board = openBoard({ dir: paths.board, processes: spawner });
  const repo = openRepo({
    root: paths.root,
    worktreesDir: worktrees,
    processes: spawner,
    mergeLock: paths.mergeLock,
    trunkBranch: team.trunkBranch,
    env,
    told: log,
    now: Date.now,
  });
  const gate = openGate({
    root: paths.root,
    worktreesDir: worktrees,
    evidenceDir: paths.gate,
    processes: spawner,
    env,
    now: Date.now,
    told: log,
  });
  const programs = { script: join(dist, "script-agent.js") };
  const templates = join(packageRoot, "templates");
  const seats = createSeats({
    paths,
    members: () => team.members,
    driver: (agent) => driverOf(agent, programs),
    prompt: (member, signal) =>
      loadPrompt(member, team, { teamConfig: paths.teamConfig, templates }, signal),
    env,
    identity: (member, signal) => repo.identityFor(member, signal),
    places: () =>
      Object.fromEntries(
        ["BATTY_STATE_DIR", "TMUX_TMPDIR"].flatMap((name) =>
          process.env[name] ? [[name, process.env[name]]] : [],
        ),
      ),
  });

  // ---------------------------------------------------------------- memory
  const unshown: { recorded: Recorded; after: State }[] = [];
  const shownUpTo = await readCursor(join(paths.chat, "local", "cursor.json"));
  let state: State = empty;
  const replayed = await replay(paths.journal, (recorded) => {
    state = evolve(state, recorded);
    if (recorded.seq > shownUpTo) unshown.push({ recorded, after: state });
  });
  for (const line of replayed.broken)
    log(`events.jsonl line ${line} can't be read and was passed over`);
  if (replayed.torn > 0)
    log(`events.jsonl ended in a torn line of ${replayed.torn} bytes; it was cut off`);
  const journal = openJournal(paths.journal);
  const started: Recorded = {
    seq: state.seq + 1,
    at: Date.now(),
    event: { event: "daemon_started", pid: process.pid, version },
  };
  journal.append([started]);
  state = evolve(state, started);

  // ---------------------------------------------------------------- loop
  let loop: Loop;
  const perform: Perform = createPerform({
    act: createAct({
      terminal,
      mailbox,
      signals,
      board,
      repo,
      gate,
      seats,
      setUp: () => policy.setUp,
      now: Date.now,
    }),
    settle: (effect, outcome) => {
      if (!outcome.ok) log(`${effect.type} on ${effect.lane}: ${outcome.code}: ${outcome.say}`);
      loop.settle(effect, outcome);
      if (effect.type === "ensure.landing") wakes.current?.nudge("trunk");
      if (effect.type === "ensure.patch" || effect.type === "ensure.create")
        wakes.current?.nudge("board");
    },
    sync: () => journal.sync(),
    now: Date.now,
    onBug: (error, effect) =>
      log(`bug in ${effect.type}: ${String((error as Error).stack ?? error)}`),
  });
  loop = createLoop({
    initial: state,
    journal,
    policy: () => policy,
    now: Date.now,
    perform,
    defer: (go) => void setImmediate(go),
    onBug: (error, input, seq, deadly) => {
      log(
        `bug at seq ${seq} in ${input.type}: ${String((error as Error).stack ?? error)} input ${JSON.stringify(input).slice(0, 2_000)}`,
      );
      if (deadly) process.exit(70);
    },
  });

  // ---------------------------------------------------------------- people
  let leaving: Promise<void> | null = null;
  const leave = (why: string, exit: number, keepTeam: boolean): Promise<void> => {
    leaving ??= shutDown(why, keepTeam).then(() => process.exit(exit));
    return leaving;
  };
  const life = {
    shutdown: () => void setTimeout(() => void leave("stopped", 0, false), 50),
    restart: () =>
      void setTimeout(() => void (successor(order.root), leave("restart", 0, true)), 50),
  };
  const looks = createLooks({ state: loop.state, terminal, repo, mailbox });
  let keys = 0;
  const desk = createRouter({
    commands,
    policy: () => policy,
    state: loop.state,
    counter: () => ({
      ...{
        policy,
        looks,
        life,
        tmux: { socket, session },
        bot: { pid: process.pid, since, version },
      },
      ...{ state: loop.state, world: loop.world, now: Date.now, until: loop.until },
      key: () => `${since}.${++keys}`,
    }),
    intend: (by, intent) => loop.intend(by, intent),
  });
  const chat = await openLocalChat({
    dir: join(paths.chat, "local"),
    socketPath: paths.chatSocket,
    fallbackSocketDir: join(
      process.env["XDG_RUNTIME_DIR"] ?? "/tmp",
      `batty-${process.getuid?.() ?? 0}`,
    ),
    callersDir: paths.callers,
    desk,
    identify: async (claim) =>
      identify(claim, {
        panes: () => members.flatMap((m: MemberName) => paneOf(loop.state(), m) ?? []),
        owner: () => ({ name: team.owner, tier: tierOf(team, team.owner) ?? "admin" }),
      }),
    now: Date.now,
    log,
    shown: () => pump.idle(),
  });
  const pump: Pump = createPump({
    chat: {
      show: async (shown) =>
        "post" in shown ? void (await chat.post(shown.post)) : chat.mark(shown.mark),
    },
    save: (seq) => write(join(paths.chat, "local", "cursor.json"), `${JSON.stringify({ seq })}\n`),
    onTrouble: (error) => log(`chat: ${String(error)}`),
  });
  for (const { recorded, after } of unshown) pump.take(recorded, after);
  loop.onRecorded((recorded, before) => {
    let after = before;
    for (const line of recorded) {
      after = evolve(after, line);
      pump.take(line, after);
    }
  });

  // ---------------------------------------------------------------- wake
  const observe = createObserve(
    { terminal, mailbox, signals, board, repo },
    Date.now,
    loop.observe,
  );
  const wake = startWake(observe, loop.tick);
  wakes.current = wake;
  const watchers = [
    watchFolders(
      members.map((m) => join(paths.inboxes, m, "new")),
      () => wake.nudge("mail"),
    ),
    watchFolders(
      members.map((m) => join(paths.signals, m, "new")),
      () => wake.nudge("signals"),
    ),
    watchFolders([join(paths.board, "tasks")], () => wake.nudge("board")),
  ];
  await observe.look(worldParts);
  await takeWishes(paths.later, async ({ member, intent }) => {
    const by = { name: member, via: "agent", tier: "team" } as const;
    const verdict = await loop.intend(by, intent as unknown as Intent);
    if (!verdict.ok) log(`a wish of ${member} was refused: ${verdict.refusal.say}`);
  });
  loop.onRecorded((recorded) => {
    for (const { event } of recorded) {
      if (event.event === "team_stopped")
        void write(paths.resume, `${JSON.stringify({ at: rfc3339(Date.now()) })}\n`);
      if (event.event === "team_started") void rm(paths.resume, { force: true });
    }
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => void leave(signal, 0, false));
  void lock.lost
    .then(() => lock.retake())
    .catch(() => void leave("the instance lock was lost", 70, true));
  log(`bot ${version} up for team ${team.name}, pid ${process.pid}`);
  if (order.startTeam && loop.state().team === "stopped")
    await loop.intend(
      { name: team.owner, via: "bot", tier: "admin" },
      { type: "start-team", resume: true },
    );

  /** In reverse order of start, within one deadline: 10 s is what service managers grant. */
  async function shutDown(why: string, keepTeam: boolean): Promise<void> {
    const hard = setTimeout(() => process.exit(70), 9_000);
    if (!keepTeam && loop.state().team === "running")
      await loop.intend({ name: "batty", via: "bot", tier: "admin" }, { type: "stop-team" });
    if (!keepTeam) {
      await loop.until(
        (s) => ([...s.seats.values()].every((seat) => seat.live === null) ? true : undefined),
        6_000,
      );
      await terminal
        .end(AbortSignal.timeout(2_000))
        .catch((error: unknown) => log(`tmux: ${String(error)}`));
    }
    loop.stop();
    wake.stop();
    for (const watcher of watchers) watcher.close();
    await perform.stop();
    await Promise.race([pump.idle(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    journal.append([
      {
        seq: loop.state().seq + 1,
        at: Date.now(),
        event: { event: "daemon_stopped", reason: why },
      },
    ]);
    await chat.close();
    await terminal.close();
    await spawner.close();
    await journal.close();
    await rm(paths.pidFile, { force: true });
    await lock.release();
    log(`bot down: ${why}`);
    clearTimeout(hard);
  }
}

/** @throws Failure `lock.held` naming the owner when it is still held after `ms` */
async function lockWithin(
  file: string,
  text: string,
  ms: number,
): Promise<Awaited<ReturnType<typeof takeLock>>> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      return await takeLock(file, text);
    } catch (error) {
      const held = error instanceof Failure && error.code === "lock.held";
      if (!held || Date.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function readCursor(path: string): Promise<number> {
  try {
    const { seq } = JSON.parse(await readFile(path, "utf8")) as { seq?: unknown };
    return typeof seq === "number" ? seq : 0;
  } catch {
    return 0; // no cursor: everything is offered again, and the store knows what it has
  }
}

/** The next bot, waiting for our lock. */
function successor(root: string): void {
  spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), "--project-root", root, "--lock-wait", "10000"],
    {
      detached: true,
      stdio: "ignore",
      cwd: root,
    },
  ).unref();
}

function readOrder(argv: readonly string[]): Order {
  const value = (name: string): string | undefined => {
    const at = argv.indexOf(name);
    return at < 0 ? undefined : argv[at + 1];
  };
  return {
    root: value("--project-root") ?? process.cwd(),
    startTeam: argv.includes("--start-team"),
    lockWait: Number(value("--lock-wait") ?? 0),
  };
}

run(readOrder(process.argv.slice(2))).catch((error: unknown) => {
  // The starter reads this line: one JSON object on stderr.
  const failure = error as { code?: unknown; message?: unknown; hint?: unknown };
  const known =
    error instanceof Error &&
    typeof failure.code === "string" &&
    /^[a-z]+\.[a-z-]+$/.test(failure.code);
  const told = {
    code: known ? failure.code : "bug",
    say: String(failure.message ?? error),
    hint: failure.hint,
  };
  process.stderr.write(`${JSON.stringify({ error: told })}\n`);
  if (!known) process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exit(known ? 3 : 70);
});
