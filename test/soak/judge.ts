// The counts at the end, from git, tmux, /proc, the marks the agents left and the journal. The first group must be zero.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf } from "../e2e/place.ts";
import type { Team } from "../e2e/team.ts";
import type { Crowd } from "./crowd.ts";

export interface Counts {
  readonly mustBeZero: Readonly<Record<string, number>>;
  readonly others: Readonly<Record<string, number>>;
}

/** @param again words that a person had sent again, not knowing whether they had arrived */
export function messages(t: Team, crowd: Crowd, again: ReadonlySet<string>): Counts {
  const acted = new Map<string, number>();
  for (const word of t.marks()) acted.set(word, (acted.get(word) ?? 0) + 1);
  const order = new Map([...acted.keys()].map((word, n) => [word, n]));
  let disordered = 0;
  for (const words of crowd.sent.values()) {
    const places = words.filter((w) => !again.has(w)).flatMap((w) => order.get(w) ?? []);
    disordered += places.filter((place, n) => n > 0 && place < (places[n - 1] ?? 0)).length;
  }
  const sent = [...crowd.sent.values()].flat();
  const twice = sent.filter((word) => (acted.get(word) ?? 0) > 1);
  const senders = new Map(
    t.journal
      .of("message_sent")
      .map((l) => [/echo (w\d+-\S+)/.exec(l["mail"].body)?.[1], l["from"]]),
  );
  const members = [...crowd.sent.keys()].filter((name) => name !== "ada");
  return {
    mustBeZero: {
      "messages lost": sent.filter((word) => !acted.has(word)).length,
      "messages doubled": twice.filter((word) => !again.has(word)).length,
      "messages typed twice": typedTwice(t),
      "messages out of order": disordered,
      "messages under a false name": members.flatMap((name) =>
        (crowd.sent.get(name) ?? []).filter((word) => senders.get(word) !== name),
      ).length,
    },
    others: {
      "messages of the crowd": sent.length,
      "messages in all": t.journal.of("message_sent").length,
      "sent again by a person": again.size,
      "of these acted out twice": twice.filter((word) => again.has(word)).length,
    },
  };
}

/** A second paste of the same id, the first not having been taken back before it began. */
function typedTwice(t: Team): number {
  const open = new Map<string, boolean>();
  let twice = 0;
  for (const line of t.journal.lines()) {
    const id = line["id"] as string;
    if (line.event === "message_held") open.set(id, false);
    if (line.event !== "message_typing") continue;
    if (open.get(id) === true) twice += 1;
    open.set(id, true);
  }
  return twice;
}

export async function landings(t: Team): Promise<Counts> {
  const log = await t.git("log", "--first-parent", "--reverse", "--format=%H %T %ct %s", "main");
  const commits = log.split("\n").map((line) => {
    const [oid = "", tree = "", at = "0", ...subject] = line.split(" ");
    return { oid, tree, at: Number(at), ours: /^Merge #/.test(subject.join(" ")) };
  });
  let red = 0;
  for (const [n, { tree, at, ours }] of commits.entries()) {
    if (!ours || (await isGreen(t, tree))) continue;
    red += Math.max(1, (commits[n + 1]?.at ?? Date.now() / 1_000) - at);
  }
  const merged =
    t.journal.of("task_manual_merged").length + t.journal.of("task_auto_merged").length;
  const ours = commits.filter((c) => c.ours).length;
  const tests = await t.place.run("sh", ["gate.sh"]);
  return {
    mustBeZero: {
      "seconds of red main by us": red,
      "landings that git and journal tell differently": Math.abs(merged - ours),
      "tests red on main at the end": tests.code === 0 ? 0 : 1,
    },
    others: { landings: ours, "commits of a person": commits.length - ours },
  };
}

async function isGreen(t: Team, tree: string): Promise<boolean> {
  const text = await readFile(join(t.root, ".batty", "gate", `${tree}.json`), "utf8").catch(
    () => "",
  );
  if (text === "") return false;
  const { runs } = JSON.parse(text) as { runs: { result: string }[] };
  return runs.some((run) => run.result === "green");
}

/** While the bot still runs and rests. */
export async function panes(t: Team, members: number): Promise<Counts> {
  const { stdout } = await t.tmux("list-panes", "-a", "-F", "#{pane_id}");
  const count = stdout.split("\n").filter((line) => line !== "").length;
  const { stdout: trees } = await t.place.run("git", ["worktree", "list", "--porcelain"]);
  const worktrees = trees.split("\n").filter((line) => line.startsWith("worktree ")).length;
  const gone = trees.split("\n").filter((line) => line.startsWith("prunable")).length;
  return {
    mustBeZero: {
      "panes leaked": Math.max(0, count - members),
      // The person's, each member's, and the gate's own.
      "worktrees leaked": Math.max(0, worktrees - (members + 2)) + gone,
    },
    others: { panes: count, worktrees },
  };
}

/** After `stop --bot`. */
export function processes(t: Team): Counts {
  const left = t.place.processes().filter(({ pid }) => !commandOf(pid).includes("chat --json"));
  for (const { pid } of left) process.stdout.write(`left: ${pid} ${commandOf(pid)}\n`);
  return { mustBeZero: { "processes leaked": left.length }, others: {} };
}
