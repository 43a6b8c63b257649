// The loop with its effects and what wakes it.
import { join } from "node:path";
import { limits } from "../core/policy.ts";
import type { LoopStall } from "../core/ports.ts";
import { expected, homesOf, isAnyStarting } from "../core/rules/panes.ts";
import { Failure, known } from "../core/words.ts";
import { createAct } from "../daemon/acts/act.ts";
import { createCalendar } from "../daemon/calendar.ts";
import { createLoop, type Loop } from "../daemon/loop.ts";
import { createObserve, parts as worldParts } from "../daemon/observe.ts";
import { createPerform, type Perform } from "../daemon/perform.ts";
import { lookAfter, startWake, type Wake, wakeTimes } from "../daemon/wake.ts";
import { createWatchdog, loopClock } from "../daemon/watchdog.ts";
import { createVitals } from "../world/vitals.ts";
import { watchFolders } from "../world/watch.ts";
import type { Memory } from "./memory.ts";
import type { Place } from "./place.ts";
import type { OpenPorts } from "./ports.ts";

export interface Engine {
  readonly loop: Loop;
  /** Begins to look; resolves after the first look at everything. */
  start(): Promise<Wake>;
  /** Members came or went: their folders are watched from now on. */
  watchAnew(): void;
  stop(): Promise<void>;
}

const stackOf = (error: unknown): string => String((error as Error).stack ?? error);

/** Longest piece of an input that a bug's line shows. */
const inputShown = 2_000;
/** Between two lines about what the world does not let us write, ms. */
const troubleEach = 60_000;

export function createEngine(place: Place, ports: OpenPorts, memory: Memory): Engine {
  const { state, journal } = memory;
  const { policy, log } = place;
  let wake: Wake | null = null;
  let closely: { stop(): void } | null = null;
  let watchers: readonly { close(): void }[] = [];
  const perform: Perform = createPerform({
    act: createAct({ ...ports, setUp: () => policy.setUp, now: Date.now }),
    settle(effect, outcome) {
      if (!outcome.ok) log(`${effect.type} on ${effect.lane}: ${outcome.code}: ${outcome.say}`);
      loop.settle(effect, outcome);
      for (const part of lookAfter(effect, outcome)) wake?.nudge(part);
    },
    sync: () => journal.sync(),
    now: Date.now,
    onBug: (error, effect) => log(`bug in ${effect.type}: ${stackOf(error)}`),
  });
  const complain = onceEach(troubleEach, (error: Failure) =>
    log(`${error.code}: ${error.message}`),
  );
  const loop: Loop = createLoop({
    initial: state,
    journal,
    policy: () => policy,
    now: Date.now,
    onTick: memory.ticked,
    perform,
    defer: (go) => void setImmediate(go),
    onBug(error, input, seq, deadly) {
      if (error instanceof Failure) return complain(error);
      const shown = JSON.stringify(input).slice(0, inputShown);
      log(`bug at seq ${seq} in ${input.type}: ${stackOf(error)} input ${shown}`);
      if (deadly) process.exit(70);
    },
  });
  loop.onRecorded((recorded, _before, after) => memory.grown(after, recorded));
  const vitals = createVitals({
    terminal: ports.terminal,
    read: (member, screen) => ports.seats.driverOf(member).read(screen),
    panes: () => expected(loop.state(), loop.world()),
    homes: () => homesOf(loop.state()),
    ...{ now: Date.now, running: () => performance.now() },
  });
  const observe = createObserve({ ...ports, vitals }, Date.now, loop.observe);
  const guard = watchOver(loop, perform, log);
  const calendar = createCalendar(
    () => policy,
    (due) => loop.observe({ standup: { at: Date.now(), probe: known(due) } }),
  );
  keepReserve(loop, memory);
  return {
    loop,
    async start() {
      const started = startWake(observe, () => {
        guard.look();
        loop.tick();
        calendar(Date.now());
        // It takes longer than most, or was starting when the bot came back.
        if (isAnyStarting(loop.state())) started.nudge("vitals");
      });
      closely = lookClosely(loop, () => started.nudge("vitals"));
      wake = started;
      watchers = watch(place, started);
      lookAtLaunches(loop, started);
      await observe.look(worldParts);
      return started;
    },
    watchAnew() {
      if (wake === null) return;
      for (const watcher of watchers) watcher.close();
      watchers = watch(place, wake);
    },
    async stop() {
      loop.stop();
      wake?.stop();
      closely?.stop();
      guard.stop();
      for (const watcher of watchers) watcher.close();
      await perform.stop();
    },
  };
}

/** The same trouble each second (a full disk) must not fill what is left. */
function onceEach<T>(ms: number, say: (it: T) => void): (it: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (it) => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    say(it);
  };
}

/** A wrapper has written its agent's pid by then: status shows it without waiting for the next look. ms */
const pidWritten = 100;

function lookAtLaunches(loop: Loop, wake: Wake): void {
  loop.onRecorded((recorded) => {
    for (const { event } of recorded) {
      if (event.event === "agent_spawned") setTimeout(() => wake.nudge("panes"), pidWritten);
      if (event.event === "member_signalled" && event.kind === "started") wake.nudge("panes");
    }
  });
}

/** Between looks at a screen that is about to tell something, and how long it is worth that, ms. */
const closeLook = 200;
const closelyFor = 10_000;

/** Somebody's agent starts or was just interrupted: of some only the screen tells when that is done. */
function lookClosely(loop: Loop, look: () => void): { stop(): void } {
  let until = 0;
  let timer: NodeJS.Timeout | null = null;
  const next = (): void => {
    look();
    const inDoubt = [...loop.state().seats.values()].some(
      (seat) => seat.live !== null && (seat.activity === "starting" || seat.stopping),
    );
    timer = inDoubt && Date.now() < until ? setTimeout(next, closeLook) : null;
  };
  loop.onRecorded((recorded) => {
    for (const { event } of recorded) {
      if (event.event !== "member_interrupted" && event.event !== "agent_spawned") continue;
      until = Date.now() + closelyFor;
      timer ??= setTimeout(next, closeLook);
    }
  });
  return { stop: () => clearTimeout(timer ?? undefined) };
}

/** Says when the event loop stood still: in the log, in the journal, in `status`. Asked by each tick. */
function watchOver(loop: Loop, perform: Perform, log: Place["log"]) {
  const clock = loopClock(wakeTimes.tick);
  const parts = {
    ...{ longest: loop.longest, acting: perform.acting, now: Date.now, quietFor: limits.stallTold },
    tell(stall: LoopStall) {
      log(`the event loop stood still for ${stall.ms} ms: ${stall.what}`);
      loop.observe({ stall: { at: Date.now(), probe: known(stall) } });
    },
  };
  return { look: createWatchdog(parts, clock), stop: clock.stop };
}

/** There is space again: the next time it runs out must not find the reserve spent. */
function keepReserve(loop: Loop, { reserve }: Memory): void {
  loop.onRecorded((recorded) => {
    for (const { event } of recorded)
      if (event.event === "disk_level_changed" && event.level === "ok") reserve.take();
  });
}

function watch({ paths, members }: Place, wake: Wake): readonly { close(): void }[] {
  const boxes = (dir: string): string[] => members.map((m) => join(dir, m, "new"));
  return [
    watchFolders(boxes(paths.inboxes), () => wake.nudge("mail")),
    watchFolders(boxes(paths.signals), () => wake.nudge("signals")),
    watchFolders([join(paths.board, "tasks")], () => wake.nudge("board")),
  ];
}
