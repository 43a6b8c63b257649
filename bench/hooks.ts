// hook-decision, door-decision: an agent's CLI runs the hook of its turn's end, and the bot decides to type the message
// that waited. The floor is the same hook, and a program that hears it and writes a line.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tellScript } from "../src/world/agents/tell.ts";
import { shellWord } from "../src/world/shell-word.ts";
import { type Follow, follow } from "./follow.ts";
import { compare, now, pause, quantile, type Round, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import type { Team } from "./team.ts";

const rounds = 5;
const perRound = 12;
const rest = 25;

type Env = Readonly<Record<string, string>>;

/** A hook as the CLI runs it: a shell's command line. */
interface Hook {
  readonly command: string;
  readonly env: Env;
}

interface Hooks {
  readonly file: Hook;
  readonly door: Hook;
}

/** Resolves when the hook has ended. */
const runHook = ({ command, env }: Hook, event: object): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = execFile("sh", ["-c", command], { env }, (error) =>
      error === null ? resolve() : reject(error),
    );
    child.stdin?.end(JSON.stringify(event));
  });

const stop = {
  ...{ hook_event_name: "Stop", session_id: "bench", stop_hook_active: false },
  last_assistant_message: "All done; the tests are green.",
};

/** What the driver told the agent: the file's command for Stop, the door's for the use of a tool. */
async function hooksOf(team: Team, member: string): Promise<Hooks> {
  const { hooks, env } = await team
    .stamps(member)
    .next("the agent's start", (line) => line["env"] !== undefined);
  const hook = (event: string): Hook => ({ command: hooks[event][0].hooks[0].command, env });
  return { file: hook("Stop"), door: hook("PostToolUse") };
}

/** A turn that begins with the message being typed, and ends by the hook while another one waits. */
async function turn(team: Team, { file }: Hooks, end: Hook): Promise<number> {
  const { journal } = team;
  const [member = ""] = team.members;
  const typed = await journal.next("a message being typed", isOpen(journal));
  const { id } = typed;
  await runHook(file, {
    hook_event_name: "UserPromptSubmit",
    prompt: `[batty ${id} from ada]\nGo`,
  });
  await journal.next("its receipt", (l) => l["event"] === "message_taken" && l["id"] === id);
  const next = await team.post(member, "And then this, please.");
  await journal.next(
    "the next message in the queue",
    (l) => l["event"] === "message_sent" && l["id"] === next.id,
  );
  await pause(rest);
  const at = now();
  const ended = runHook(end, stop);
  const decided = await journal.next(
    "the decision to type the next message",
    (l) => l["event"] === "message_typing" && l["id"] === next.id,
  );
  await ended;
  return decided.seen - at;
}

/** Typed, and not taken yet. */
const isOpen =
  ({ lines }: Follow) =>
  (line: { readonly [field: string]: unknown }): boolean =>
    line["event"] === "message_typed" &&
    !lines.some((l) => l["event"] === "message_taken" && l["id"] === line["id"]);

async function byHand(journal: Follow, hook: Hook): Promise<number> {
  const lines = journal.lines.length;
  const at = now();
  const ended = runHook(hook, stop);
  const heard = await journal.next("the floor's line", (l) => l["heard"] === "Stop", lines);
  await ended;
  return heard.seen - at;
}

/** The bot's variables: a `claude` that is ours stands first on its path. */
export function fakeClaude(place: Place): Env {
  const folder = join(place.folder, "fakes");
  mkdirSync(folder);
  const words = [process.execPath, place.program("hook-agent"), place.stamps].map(shellWord);
  const script = `#!/bin/sh\n[ "$1" = --version ] && exec echo "2.1.329 (Claude Code)"\n`;
  writeFileSync(join(folder, "claude"), `${script}exec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
  return { PATH: `${folder}:${place.env["PATH"]}` };
}

interface Floor {
  readonly hooks: Hooks;
  readonly journal: Follow;
  close(): void;
}

async function openFloor(place: Place, { file }: Hooks): Promise<Floor> {
  const folder = join(place.folder, "floor-hooks");
  for (const part of ["tmp", "new"]) mkdirSync(join(folder, part), { recursive: true });
  const lines = join(place.folder, "floor-hook-lines");
  writeFileSync(lines, "");
  const program = await place.keep([
    ...[process.execPath, place.program("floor-hook")],
    ...[join(folder, "new"), lines],
  ] as [string, ...string[]]);
  const journal = follow(lines);
  const { port } = await journal.next("the floor's port", (line) => line["port"] !== undefined);
  const tell = join(folder, "tell");
  writeFileSync(tell, tellScript({ eventUrl: `http://127.0.0.1:${port}/event` }));
  return {
    hooks: {
      file: { ...file, env: { ...file.env, BATTY_SIGNALS: folder } },
      door: { command: `bash ${shellWord(tell)} 2>/dev/null || :`, env: file.env },
    },
    journal,
    close() {
      program.stdin.end();
      journal.close();
    },
  };
}

export async function measureHooks(place: Place, team: Team): Promise<Row[]> {
  const hooks = await hooksOf(team, team.members[0] ?? "");
  const floor = await openFloor(place, hooks);
  await team.post(team.members[0] ?? "", "All well?");
  const rows: Row[] = [];
  for (const way of ["file", "door"] as const) {
    const all: Round[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const round: Round = { product: [], floor: [] };
      for (let k = 0; k < perRound; k += 1) {
        round.product.push(await turn(team, hooks, hooks[way]));
        await pause(rest);
        round.floor.push(await byHand(floor.journal, floor.hooks[way]));
      }
      all.push(round);
    }
    rows.push(...rowsOf(way, all));
  }
  floor.close();
  return rows;
}

const names = { file: ["hook", "batty-hook"], door: ["door", "HTTP"] } as const;

function rowsOf(way: "file" | "door", all: readonly Round[]): Row[] {
  const [id, by] = names[way];
  const last = (side: keyof Round): number =>
    quantile(
      all.flatMap((round) => round[side]),
      0.99,
    );
  const [value, floor] = [last("product"), last("floor")];
  return [
    compare(`${id}-decision`, `an agent's Stop by ${by} -> next message decided, p50`, all, {
      value: [50, 50],
    }),
    rowOf({
      ...{ id: `${id}-decision-p99`, what: "the same, p99", unit: "ms", value, floor },
      ...{ ratio: value / floor, runs: rounds * perRound, target: { value: [250, 100] } },
    }),
  ];
}
