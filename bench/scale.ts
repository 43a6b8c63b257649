// `scale`: tick, `status` and `board summary` of a bot with a long past, measured at the bot itself: its socket, and
// its own loop. The floor is the same bot with the shortest past.
import { join } from "node:path";
import { connectShell } from "../src/chat/local/client.ts";
import { median, now, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import { botOf } from "./processes.ts";
import { delays, monitored } from "./stall.ts";
import { startTeam } from "./team.ts";

const pasts = [
  { tasks: 100, events: 10_000 },
  { tasks: 1_000, events: 100_000 },
  { tasks: 10_000, events: 1_000_000 },
] as const;
const calls = 20;
/** Ten ticks and two looks at the board. ms */
const watched = 10_000;

interface Figures {
  readonly tick: number;
  readonly status: number;
  readonly summary: number;
  readonly start: number;
  /** The same where no checkpoint is of use. */
  readonly replay: number;
}

async function answerTime(socket: string, words: readonly [string, ...string[]]): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    const at = now();
    const reply = await connectShell(socket, words[0], words.slice(1));
    if (!reply.ok) throw new Error(`${words.join(" ")}: ${reply.refusal.say}`);
    took.push(now() - at);
  }
  return median(took);
}

async function figuresOf(place: Place, past: (typeof pasts)[number]): Promise<Figures> {
  const team = await startTeam(place, `bench-past-${past.tasks}`, {
    ...{ engineers: 1, past, botEnv: monitored(place, 0) },
  });
  const { bot } = botOf(team.root);
  const socket = join(team.root, ".batty", "chat.sock");
  await answerTime(socket, ["status"]);
  await delays(place, bot);
  await new Promise((resolve) => setTimeout(resolve, watched));
  const { max } = await delays(place, bot);
  const status = await answerTime(socket, ["status"]);
  const summary = await answerTime(socket, ["board", "summary"]);
  await team.batty("stop", "--bot");
  const stopped = now();
  await team.batty("start");
  const start = now() - stopped;
  await team.stop();
  return { tick: max, status, summary, start, replay: team.startTook };
}

export async function measureScale(place: Place): Promise<Row[]> {
  const all: Figures[] = [];
  for (const past of pasts) all.push(await figuresOf(place, past));
  const [floor, largest] = [all[0] as Figures, all.at(-1) as Figures];
  const row = (of: keyof Figures, what: string, most: number): Row =>
    rowOf({
      ...{ id: `scale-${of}`, what: `${what}, 10,000 tasks, 10⁶ events`, unit: "ms" },
      ...{ value: largest[of], floor: floor[of], ratio: largest[of] / floor[of] },
      ...{ runs: calls, target: { value: [most, most] } },
    });
  return [
    row("tick", "the loop's longest stall in 10 s of ticks and looks", 100),
    row("status", "`status` at the socket, p50", 100),
    row("summary", "`board summary` at the socket, p50", 100),
    row("start", "`start` of bot and team after `stop --bot`", 10_000),
    row("replay", "`start` that reads the whole journal", 15_000),
  ];
}
