// `start`: makes sure that a bot runs, then starts the team. `restart` without a member: the bot starts anew.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { ShellReply } from "../chat/desk.ts";
import { connectShell } from "../chat/local/client.ts";
import { loadTeam } from "../config/load.ts";
import { Failure, type FailureCode } from "../core/words.ts";
import { stateOnFiles } from "../main/checkpoint.ts";
import { excludeRuntime } from "../setup/exclude.ts";
import { findGitFolder } from "../setup/git-folder.ts";
import { copySchema } from "../setup/schema-file.ts";
import { initBoard } from "../world/board/board.ts";
import { type Paths, pathsOf } from "../world/paths.ts";
import { type Call, noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { mustBePerson } from "./caller.ts";
import { botProgram, templates } from "./package-root.ts";
import { watched } from "./progress.ts";
import { readingOf } from "./reading.ts";
import { untriedAgents } from "./seated-agents.ts";
import { checkTools } from "./tools.ts";

/** From launch, or from the last sign of a journal being read, to the first answer, ms. */
const upWithin = 30_000;

export const start: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, [], ["attach", "resume", "fresh"]);
  if (odd !== null)
    return refused(
      2,
      "usage",
      `start knows no "${odd}".`,
      "Usage: batty start [--attach] [--resume] [--fresh]",
    );
  const paths = pathsOf(root);
  const deadline = AbortSignal.timeout(10_000);
  const team = await loadTeam(paths.teamYaml, { root, osUser: userInfo().username }, deadline);
  await checkTools(root);
  if (!(await answers(paths))) await mustBePerson(paths, team, "start");
  // A fresh clone has neither: git keeps no empty folder, and the exclude file is each clone's own.
  const git = await findGitFolder(root, deadline);
  if (git !== null) await excludeRuntime(git, deadline);
  await initBoard(paths.board, { name: team.name });
  await copySchema(templates, root, deadline);
  const ours = await ensureBot(call, paths);
  const words = call.argv.filter((w) => w !== "--attach");
  const untried = untriedAgents(team, root);
  const answer = await watched(call, paths.chatSocket, () =>
    connectShell(paths.chatSocket, "start", words),
  );
  const runs = !answer.ok && answer.refusal.code === "team.running";
  const started =
    ours && runs && (await ranBefore(paths)) ? await adopted(paths) : await naming(paths, answer);
  const reply = noting(started, await untried);
  if (!reply.ok || !call.argv.includes("--attach")) return reply;
  const { attach } = await import("./attach.ts");
  return attach({ ...call, argv: [] }, root);
};

const noting = (reply: ShellReply, more: string): ShellReply =>
  reply.ok && more !== "" ? { ...reply, text: `${reply.text}\n${more}` } : reply;

/** Who holds the team that runs already. */
async function naming(paths: Paths, reply: ShellReply): Promise<ShellReply> {
  if (reply.ok || reply.refusal.code !== "team.running") return reply;
  const pid = await pidOf(paths);
  return {
    ...reply,
    refusal: {
      ...reply.refusal,
      say: `The team is already running: its bot has pid ${pid ?? "unknown"}.`,
    },
  };
}

/** Whether the bot found the team running; else another start was quicker. */
async function ranBefore(paths: Paths): Promise<boolean> {
  const { startedAt, teamAt } = await stateOnFiles(paths);
  return startedAt > teamAt;
}

/** The bot we started found the team of a killed one: its agents go on. */
async function adopted(paths: Paths): Promise<ShellReply> {
  const until = Date.now() + upWithin;
  for (;;) {
    const status = await connectShell(paths.chatSocket, "status", []);
    const members = status.ok
      ? (status.json as { members: { name: string; state: string }[] }).members
      : [];
    const waiting = members.filter((m) => m.state === "starting" || m.state === "unknown");
    if (status.ok && (waiting.length === 0 || Date.now() > until)) {
      const up = members
        .filter((m) => !waiting.includes(m) && m.state !== "parked")
        .map((m) => m.name);
      return {
        ok: true,
        json: { ok: true, up, down: waiting.map((m) => m.name) },
        text: `The bot runs again; the team goes on: ${up.join(", ")}.`,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function pidOf(paths: Paths): Promise<number | null> {
  try {
    return Number(await readFile(paths.pidFile, "utf8"));
  } catch {
    return null; // no file: no bot that we know of
  }
}

async function answers(paths: Paths): Promise<boolean> {
  try {
    await connectShell(paths.chatSocket, "help", ["status"]);
    return true;
  } catch (error) {
    if (error instanceof Failure && (error.code === "bot.down" || error.code === "bot.gone"))
      return false;
    throw error;
  }
}

/** @returns whether the bot that answers is one that this call started */
async function ensureBot(call: Call, paths: Paths): Promise<boolean> {
  if (await answers(paths)) return false;
  await mkdir(paths.batty, { recursive: true, mode: 0o700 });
  const errors = join(paths.batty, `start.${process.pid}.err`);
  const fd = openSync(errors, "w", 0o600);
  const bot = spawn(process.execPath, [botProgram, "--project-root", paths.root], {
    detached: true,
    stdio: ["ignore", "ignore", fd],
    cwd: paths.root,
  });
  closeSync(fd);
  bot.unref();
  const look = async () => [await readingOf(errors)].filter((each) => each !== null);
  try {
    return await watched(call, look, () => firstAnswer(bot, paths, errors));
  } finally {
    await rm(errors, { force: true });
  }
}

/** @returns whether it is this bot's; waits for as long as it gets on with its journal */
async function firstAnswer(bot: ChildProcess, paths: Paths, errors: string): Promise<boolean> {
  let ended: number | null = null;
  bot.once("exit", (code) => {
    ended = code ?? 70;
  });
  let until = Date.now() + upWithin;
  let read = 0;
  for (;;) {
    if (await answers(paths)) {
      if ((await pidOf(paths)) === bot.pid) return true;
      if (ended !== null) return false;
    }
    // Another start was quicker: its bot has the lock and will answer.
    if (ended !== null && !(await isHeld(errors))) throw await failureOf(errors);
    const { done } = (await readingOf(errors)) ?? { done: 0 };
    if (done > read) until = Date.now() + upWithin;
    read = done;
    if (Date.now() > until)
      throw new Failure(
        "timeout",
        `The bot did not answer within ${upWithin / 1000} s. Its log is ${paths.log}.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isHeld = async (errors: string): Promise<boolean> =>
  (await told(errors))?.code === "lock.held";

async function told(errors: string): Promise<{ code: string; say: string; hint?: string } | null> {
  try {
    const line = (await readFile(errors, "utf8")).split("\n").find((l) => l.startsWith('{"error"'));
    return line === undefined
      ? null
      : (JSON.parse(line) as { error: { code: string; say: string; hint?: string } }).error;
  } catch {
    return null; // nothing readable: told below as a plain failure
  }
}

async function failureOf(errors: string): Promise<Failure> {
  const error = await told(errors);
  const rest = await readFile(errors, "utf8").catch(() => "");
  if (error === null)
    return new Failure(
      "io.failed",
      `The bot ended at once: ${rest.trim().split("\n").slice(-3).join(" ")}`,
    );
  return new Failure(
    error.code as FailureCode,
    error.say,
    error.hint === undefined ? {} : { hint: error.hint },
  );
}

export const restart: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const paths = pathsOf(root);
  const reply = await connectShell(paths.chatSocket, "restart", call.argv);
  if (!reply.ok || call.argv.some((w) => !w.startsWith("--"))) return reply;
  const before = (reply.json as { pid: number | null }).pid;
  const until = Date.now() + upWithin;
  while (
    (await pidOf(paths)) === before ||
    (await pidOf(paths)) === null ||
    !(await answers(paths))
  ) {
    if (Date.now() > until)
      throw new Failure(
        "timeout",
        `The bot did not come back within ${upWithin / 1000} s. Its log is ${paths.log}.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    ...reply,
    json: { ok: true, pid: await pidOf(paths) },
    text: "The bot runs anew; the agents went on meanwhile.",
  };
};
