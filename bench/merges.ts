// p9: an approval is on record and its tree has evidence, trunk moves. The floor is merge-tree, commit-tree and a
// fast-forward in the checkout, by hand, in a repository like the product's.
import { spawn } from "node:child_process";
import { readFileSync, watch } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compare, now, pause, type Round, type Row } from "./measure.ts";
import type { Place } from "./place.ts";
import { idle, makeRepository, type Team } from "./team.ts";

const rounds = 5;
const perRound = 4;
const rest = 100;
const patience = 20_000;

/** Resolves with the moment at which main was seen to have moved. */
function mainMoves(root: string): Promise<number> {
  const folder = join(root, ".git", "refs", "heads");
  const read = (): string => readFileSync(join(folder, "main"), "utf8");
  const before = read();
  return new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      clearTimeout(late);
      clearInterval(timer);
      watcher.close();
      act();
    };
    const look = (): void => {
      if (read() !== before) end(() => resolve(now()));
    };
    const watcher = watch(folder, look);
    const timer = setInterval(look, 100);
    const late = setTimeout(() => end(() => reject(new Error("main never moved"))), patience);
  });
}

/** A person in the chat, who is there before anything is measured. */
function openChat(place: Place, root: string) {
  const child = spawn(place.installed, ["chat", "--json"], { cwd: root, env: place.env });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).once("line", () => resolve());
  });
  return {
    ready,
    say: (text: string) => child.stdin.write(`${JSON.stringify({ say: text, room: "merges" })}\n`),
    close: () => child.stdin.end(),
  };
}

async function byTheBot(team: Team, say: (text: string) => void, n: number): Promise<number> {
  const { journal, root } = team;
  const [member = ""] = team.members;
  const lines = journal.lines.length;
  const script = [`write src/new-${n}.txt it is there\\n`, `commit Add ${n}`, "batty done"];
  const body = `Scope: src/new-${n}.txt\n\n\`\`\`batty-script\n${script.join("\n")}\n\`\`\``;
  await team.batty("task", "new", `Add part ${n}`, "--body", body, "--assignee", member);
  const card = await journal.next(
    `the merge card of task ${n}`,
    (line) => line["event"] === "approval_requested",
    lines,
  );
  await idle(journal, member, journal.lines.indexOf(card) - 20);
  await pause(rest);
  const moved = mainMoves(root);
  say(`/batty approve ${card["task"]} --head ${card["head"]}`);
  const approved = await journal.next(
    `the approval of task ${n}`,
    (line) => line["event"] === "approval_recorded" && line["task"] === card["task"],
    lines,
  );
  const at = await moved;
  await journal.next(
    `the landing of task ${n}`,
    (line) => line["event"] === "task_manual_merged" && line["task"] === card["task"],
    lines,
  );
  return at - approved.seen;
}

async function byHand(place: Place, root: string, n: number): Promise<number> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await place.run("git", args, root)).trim();
  const work = join(root, "..", "floor-work");
  const base = await git("rev-parse", "main");
  await git("-C", work, "checkout", "-q", "-B", "work", base);
  await writeFile(join(work, "src", `new-${n}.txt`), "it is there\n");
  await git("-C", work, "add", "-A");
  await git("-C", work, "commit", "-q", "-m", `Add ${n}`);
  const head = await git("rev-parse", "work");
  await pause(rest);
  const moved = mainMoves(root);
  const at = now();
  const tree = await git("merge-tree", "--write-tree", base, head);
  const commit = await git("commit-tree", tree, "-p", base, "-p", head, "-m", `Merge ${n}`);
  await git("merge", "--ff-only", "-q", commit);
  return (await moved) - at;
}

export async function measureMerges(place: Place, team: Team): Promise<Row[]> {
  const floor = join(place.folder, "floor-repository");
  await makeRepository(place, floor);
  await place.run("git", ["worktree", "add", "-q", "--detach", "../floor-work"], floor);
  const chat = openChat(place, team.root);
  await chat.ready;
  await byTheBot(team, chat.say, 0);
  await byHand(place, floor, 0);
  const all: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const round: Round = { product: [], floor: [] };
    for (let k = 1; k <= perRound; k += 1) {
      round.product.push(await byTheBot(team, chat.say, n * perRound + k));
      round.floor.push(await byHand(place, floor, n * perRound + k));
    }
    all.push(round);
  }
  chat.close();
  return [
    compare("p9", "approval on record -> main moved, tree tested before, p50", all, {
      ratio: [4, 2],
      value: [80, 40],
    }),
  ];
}
