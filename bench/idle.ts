// p7, p18, p19: what a team costs while nothing happens. The floors are a process for each pane each 5 s, and node
// with nothing to do.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { botOf, costOf, rssOf } from "./processes.ts";
import type { Team } from "./team.ts";

const run = promisify(execFile);
/** After a start: what is loaded late, the first looks. ms */
const calm = 4_000;
const window = 20_000;
const rounds = 2;
/** How often a supervisor without events looks at each pane, ms. */
const poll = 5_000;

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, calm));

async function socketOf(team: Team): Promise<string> {
  return (JSON.parse(await team.batty("status", "--json")) as { tmux: { socket: string } }).tmux
    .socket;
}

/** Percent of a core that looks at every pane by processes of their own cost. */
async function pollingCost(place: Place, socket: string): Promise<number> {
  const tmux = (...args: readonly string[]) =>
    run("tmux", ["-L", socket, ...args], { env: place.env });
  const { stdout } = await tmux("list-panes", "-a", "-F", "#{pane_id}");
  const panes = stdout.trim().split("\n");
  let polling = true;
  const sweeps = (async () => {
    while (polling) {
      const next = Date.now() + poll;
      for (const pane of panes) await tmux("capture-pane", "-p", "-t", pane);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
    }
  })();
  // Whole sweeps: their number does not depend on where the window begins.
  const { cpu } = await costOf([process.pid], poll * 2);
  polling = false;
  await sweeps;
  return cpu;
}

/** A hundred panes. */
export async function measureWatching(place: Place, team: Team): Promise<Row[]> {
  await settled();
  const socket = await socketOf(team);
  const product: number[] = [];
  const floor: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    product.push((await costOf(botOf(team.root).all, window)).cpu);
    floor.push(await pollingCost(place, socket));
  }
  const value = mean(product);
  return [
    rowOf({
      ...{ id: "p7", what: `watching ${team.members.length} idle panes`, unit: "% of a core" },
      ...{ value, floor: mean(floor), ratio: value / mean(floor), runs: rounds },
      target: { ratio: [0.1, 0.025], value: [1, 0.3] },
    }),
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Ten panes. */
export async function measureIdle(place: Place, team: Team): Promise<Row[]> {
  await settled();
  const { bot, all } = botOf(team.root);
  const costs = [await costOf(all, window), await costOf(all, window), await costOf(all, window)];
  const bare = await place.keep([
    ...[process.execPath, "-e", 'process.stdout.write("ready\\n"); process.stdin.resume()'],
  ] as [string, ...string[]]);
  const [value, floor] = [rssOf(bot), rssOf(bare.pid as number)];
  bare.stdin.end();
  const seconds = (window * costs.length) / 1_000;
  return [
    rowOf({
      ...{
        id: "p18",
        what: `idle, ten panes, ${seconds} s`,
        unit: "% of a core",
        runs: costs.length,
      },
      ...{ value: mean(costs.map((c) => c.cpu)), floor: null, ratio: null },
      target: { value: [1, 0.3] },
    }),
    rowOf({
      ...{
        id: "p18-wakes",
        what: "the same, the bot's loop wakes",
        unit: "/s",
        runs: costs.length,
      },
      ...{ value: mean(costs.map((c) => c.wakes)), floor: null, ratio: null },
      target: { value: [5, 5] },
    }),
    rowOf({
      ...{ id: "p19", what: "the bot's memory / bare node", unit: "MB", runs: 1 },
      ...{ value, floor, ratio: value / floor, target: { ratio: [1.8, 1.4], value: [77, 60] } },
    }),
  ];
}
