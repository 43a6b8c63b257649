// `batty demo`: makes a small repository, starts a real team of scripted agents on it, and plays or lets a person play one working day.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openChat } from "./chat-link.ts";
import { type DiscordStage, openStage } from "./discord-stage.ts";
import { run } from "./git.ts";
import type { Line, Talk } from "./json-lines.ts";
import { writePlaybooks } from "./playbooks.ts";
import { play } from "./player.ts";
import { type Proof, prove } from "./proofs.ts";
import { makeRepository } from "./repository.ts";

export interface DemoOrder {
  /** This version's `bin/batty`. */
  readonly batty: string;
  readonly json: boolean;
  readonly keep: boolean;
  readonly speed: number;
  /** A person drives, in this terminal. */
  readonly terminal: boolean;
  /** For tests: the day without its mend, or without its ✅. */
  readonly withoutFix: boolean;
  readonly withoutApproval: boolean;
  /** A Discord of this machine to play the day on; null: the built-in chat. */
  readonly discord: DiscordStage | null;
  readonly render: (line: Line) => readonly string[];
  readonly print: (text: string) => void;
}

export async function demo(order: DemoOrder): Promise<number> {
  const began = Date.now();
  const folder = await mkdtemp(join(tmpdir(), "batty-demo-"));
  const root = join(folder, "calculator");
  const env = environment(folder);
  const stage = order.discord === null ? null : await openStage(order.discord, env, order.print);
  Object.assign(env, stage?.env);
  const batty = (...args: readonly string[]) =>
    run(process.execPath, [order.batty, ...args, "--project-root", root], folder, env);
  const say = (text: string): void => {
    if (!order.json) order.print(text);
  };
  const interrupted = new Promise<never>((_, reject) =>
    process.once("SIGINT", () => reject(new Error("interrupted"))),
  );
  try {
    say("A small repository, a team of scripted agents in real panes, one working day.");
    await makeRepository(root);
    await must(batty("init", "--template", "simple", "--agent", "script"));
    await twoEngineers(root);
    await stage?.invite(join(root, ".batty", "team_config", "team.yaml"));
    await writePlaybooks(root, { withoutFix: order.withoutFix, speed: order.speed });
    say(`Repository: ${root}`);
    await must(batty("start"));
    say("The team is up.\n");
    const day =
      stage !== null
        ? stage.play()
        : order.terminal
          ? byHand(order, root, env)
          : byItself(order, root, env);
    await Promise.race([day, interrupted]);
    const proof = await prove(root);
    const ok = proof.claims.every((claim) => claim.holds);
    const seconds = Math.round((Date.now() - began) / 100) / 10;
    tell(order, proof, ok, seconds, root);
    return ok ? 0 : 1;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (order.json)
      order.print(
        JSON.stringify({ event: "demo", ok: false, seconds: (Date.now() - began) / 1000, why }),
      );
    else process.stderr.write(`The day broke off: ${why}\n${await tail(root)}`);
    return 1;
  } finally {
    await batty("stop", "--bot");
    await stage?.close();
    if (order.keep) say(`\nKept: ${root}. Its state lies in ${folder}.`);
    else await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Everything of the demo lies in its own folder, its home too. */
function environment(folder: string): NodeJS.ProcessEnv {
  const {
    BATTY_PROJECT_ROOT: _root,
    BATTY_MEMBER: _member,
    NODE_TEST_CONTEXT: _test,
    ...rest
  } = process.env;
  return {
    ...rest,
    HOME: folder,
    BATTY_STATE_DIR: join(folder, "state"),
    TMUX_TMPDIR: folder,
    TMUX: "",
  };
}

async function must(running: ReturnType<typeof run>): Promise<void> {
  const { code, out } = await running;
  if (code !== 0) throw new Error(out.trim());
}

/** The template has three engineers; two at once are easier to follow. */
async function twoEngineers(root: string): Promise<void> {
  const path = join(root, ".batty", "team_config", "team.yaml");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace(/instances: 3/, "instances: 2"));
}

async function byItself(order: DemoOrder, root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const chat: Talk = openChat(order.batty, root, env, (line) => {
    if (order.json) order.print(JSON.stringify(line));
    else for (const text of order.render(line)) order.print(text);
  });
  try {
    await play(chat, order);
  } finally {
    await chat.close();
  }
}

const guide = `You are the person. In the chat that opens now:
  1. type /send architect Build a calculator: subtract, multiply, divide
  2. u goes to what waits for you; where an engineer asks, 1 is the first answer
  3. each task gets a merge card: y approves it where you see it
  4. when three tasks have landed: /standup shows the day, /quit ends it
Keys are confirmed with Enter. Press Enter to begin.`;

async function byHand(order: DemoOrder, root: string, env: NodeJS.ProcessEnv): Promise<void> {
  order.print(guide);
  await new Promise<void>((resolve) => {
    process.stdin.resume();
    process.stdin.once("data", () => resolve());
  });
  process.stdin.pause();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [order.batty, "chat", "--project-root", root], {
      env,
      stdio: "inherit",
    });
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
}

function tell(order: DemoOrder, proof: Proof, ok: boolean, seconds: number, root: string): void {
  const { tasks, merges, redGates, approvals, events } = proof;
  if (order.json) {
    const more = order.keep ? { repository: root } : {};
    order.print(
      JSON.stringify({
        event: "demo",
        ok,
        seconds,
        tasks,
        merges,
        red_gates: redGates,
        approvals,
        events,
        ...more,
      }),
    );
    return;
  }
  const lines = [
    "",
    "What git and the journal say of the day:",
    ...proof.claims.map(({ say, holds }) => `  ${holds ? "✓" : "✗"} ${say}`),
    "",
    "main, newest first:",
    ...proof.log.map((line) => `  ${line}`),
    "",
    `${events} events in the journal, ${seconds} s. ${ok ? "The day holds." : "The day does NOT hold."}`,
  ];
  for (const line of lines) order.print(line);
}

async function tail(root: string): Promise<string> {
  const log = await readFile(join(root, ".batty", "daemon.log"), "utf8").catch(() => "");
  return log.split("\n").slice(-15).join("\n");
}
