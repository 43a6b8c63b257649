// The bot: takes the lock, opens the ports, starts the loop, and stops all of it in reverse order. Its parts are in main/.
import { rm } from "node:fs/promises";
import type { PermissionRequest } from "./core/agent.ts";
import type { Intent } from "./core/input.ts";
import type { Repair } from "./core/ports.ts";
import { isForbidden } from "./core/rules/permissions.ts";
import { known, type MemberName } from "./core/words.ts";
import { createDeaths, type TellDeath } from "./daemon/deaths.ts";
import type { Part } from "./daemon/observe.ts";
import { rfc3339 } from "./lib/time.ts";
import { reportEvidence } from "./main/door.ts";
import { createEngine, type Engine } from "./main/engine.ts";
import { callSuccessor, end, keepLock, type Living } from "./main/life.ts";
import { recall } from "./main/memory.ts";
import { giveUp, type Order, readOrder, tellReading } from "./main/order.ts";
import { chatsOf, openCounter } from "./main/people.ts";
import { type AskPeople, createAskPeople } from "./main/permissions.ts";
import { findPlace, type Place } from "./main/place.ts";
import { openPorts } from "./main/ports.ts";
import { followRecords } from "./main/records.ts";
import { keepInStep, type Reload } from "./main/reload.ts";
import { keepTelemetry } from "./main/telemetry.ts";
import { write } from "./world/home.ts";
import { takeWishes } from "./world/later.ts";
import { lockWithin } from "./world/lock.ts";
import { version } from "./world/version.ts";

/** An answer is out before the bot goes, ms. */
const afterAnswer = 50;

async function run(order: Order): Promise<void> {
  const place = await findPlace(order.root);
  const { paths, team, log } = place;
  const owner = `batty ${version} for ${team.name} at ${paths.root}`;
  const lock = await lockWithin(paths.instanceLock, owner, order.lockWait);
  await write(paths.pidFile, `${process.pid}\n`);

  let nudge = (_: Part): void => undefined;
  let died: TellDeath = () => undefined;
  // A hook that asks before there is a loop has its answer in the pane.
  let ask: AskPeople = async () => ({ effect: "pane" });
  let forbidden = (_: MemberName, __: PermissionRequest): boolean => false;
  let repaired = (_: Repair): void => undefined;
  const ports = await openPorts(place, {
    onDeath: (pane) => died(pane),
    onSignal: () => nudge("signals"),
    onRequest: (...request) => ask(...request),
    isForbidden: (member, request) => forbidden(member, request),
    onRepair: (repair) => repaired(repair),
    // The gate runs when the loop says so: it is there by then.
    onForgedEvidence: (tree) => reportEvidence(engine.loop, tree),
  });
  const memory = await recall(place, chatsOf(place.team), tellReading());
  const engine = createEngine(place, ports, memory);
  ask = createAskPeople(engine.loop);
  forbidden = (...about) => isForbidden(engine.loop.state(), ...about, place.policy);
  repaired = (repair) => engine.loop.observe({ repair: { at: Date.now(), probe: known(repair) } });

  let living: Living | null = null;
  let leaving = false;
  const leave = (why: string, exit: number, keepTeam = false): void => {
    if (leaving) return;
    leaving = true;
    const ended = living === null ? Promise.resolve() : end(living, why, keepTeam);
    void ended.then(() => process.exit(exit));
  };
  const people = await openCounter(place, ports, memory, engine.loop, {
    shutdown: () => void setTimeout(leave, afterAnswer, "stopped", 0),
    restart() {
      callSuccessor(order.root);
      setTimeout(leave, afterAnswer, "restart", 0, true);
    },
    reload: () => reload.now(),
  });
  const reload: Reload = keepInStep(place, engine);
  const telemetry = keepTelemetry({ ...paths, log, seq: engine.loop.state().seq });
  engine.loop.onRecorded(telemetry.take);
  living = { place, lock, ports, memory, engine, people, reload, telemetry };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => leave(signal, 0));
  keepLock(lock).catch(() => leave("the instance lock was lost", 70, true));

  const wake = await engine.start();
  nudge = wake.nudge;
  died = createDeaths(engine.loop, nudge);
  markStops(place, engine);
  const { seats, heard } = ports;
  const onHeard = (): void => nudge("signals");
  followRecords({ loop: engine.loop, driverOf: seats.driverOf, heard, onHeard, log });
  await takeUpWishes(place, engine);
  log(`bot ${version} up for team ${team.name}, pid ${process.pid}`);
  if (order.startTeam && engine.loop.state().team === "stopped")
    await engine.loop.intend(
      { name: "batty", via: "bot", tier: "admin" },
      { type: "start-team", resume: true },
    );
}

/** `.batty/resume` stands while a team that was stopped may be continued. */
function markStops({ paths }: Place, { loop }: Engine): void {
  loop.onRecorded((recorded) => {
    for (const { event, at } of recorded) {
      if (event.event === "team_stopped")
        void write(paths.resume, `${JSON.stringify({ at: rfc3339(at) })}\n`);
      if (event.event === "team_started") void rm(paths.resume, { force: true });
    }
  });
}

/** What members asked for while no bot ran. */
async function takeUpWishes({ paths, log }: Place, { loop }: Engine): Promise<void> {
  await takeWishes(paths.later, async ({ member, intent }) => {
    const by = { name: member, via: "agent", tier: "team" } as const;
    const asked = { verb: intent.type, args: "", message: null };
    const verdict = await loop.intend(by, intent as unknown as Intent, asked);
    if (!verdict.ok) log(`a wish of ${member} was refused: ${verdict.refusal.say}`);
  });
}

run(readOrder(process.argv.slice(2))).catch(giveUp);
