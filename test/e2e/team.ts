// A real team for a test: the built bot, tmux, git and script agents, in a place of their own. At the test's end the
// bot is stopped, and whatever is left over (processes, panes, sockets, worktrees, temporary files) fails the test.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { isAlive, type ProcessId, processTree, startTimeOf } from "../../src/world/proc.ts";
import { type Chat, openChat } from "./chat.ts";
import { gatePause, type Holds, openHolds, standInForTmux } from "./holds.ts";
import { followJournal, type Journal, short } from "./journal.ts";
import { clone, commandOf, makePlace, type Place, type Ran, type RunOptions } from "./place.ts";
import { until } from "./waiting.ts";

export interface TeamOrder {
  /** [pair] */
  readonly template?: string;
  /** As `init --agent` takes it. [script] */
  readonly agents?: string;
  /** More of an environment, for all that is started. */
  readonly env?: Readonly<Record<string, string>>;
  /** What else must lie in the place before the team starts. */
  readonly prepare?: (place: Place) => Promise<void>;
  /** By member: rules as in a playbook file. */
  readonly playbooks?: Readonly<Record<string, readonly object[]>>;
  /** Besides the project's own (below), or instead of them. Null: not there. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Of team.yaml, as `init` wrote it. */
  readonly edit?: (yaml: string) => string;
  /** [main] */
  readonly trunk?: string;
  /** tmux can be held. */
  readonly holdsTmux?: boolean;
  /** [true] Whether the team runs and a person is in its chat. */
  readonly started?: boolean;
}

export interface Shell extends Ran {
  // biome-ignore lint/suspicious/noExplicitAny: each verb prints its own
  readonly json: any;
}

export interface Seat {
  readonly pane: string;
  /** tmux's child. */
  readonly wrapper: ProcessId;
  /** The script agent itself. */
  readonly agent: ProcessId;
}

export interface Team {
  readonly place: Place;
  readonly root: string;
  readonly journal: Journal;
  readonly holds: Holds;
  /** Of the person who is there from the start. */
  readonly chat: Chat;
  openChat(args?: readonly string[]): Chat;
  batty(...args: readonly string[]): Promise<Shell>;
  battyWith(options: RunOptions, ...args: readonly string[]): Promise<Shell>;
  /** @throws Error unless it ends with 0 */
  git(...args: readonly string[]): Promise<string>;
  tmux(...args: readonly string[]): Promise<Ran>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** By tmux and /proc, not by our own word. */
  seats(): Promise<ReadonlyMap<string, Seat>>;
  /** The bot's pid file and /proc. */
  bot(): ProcessId | null;
  /** `kill -9` of the bot; resolves when it is dead. */
  kill(): Promise<ProcessId>;
  /** A step that leaves a word outside the repository. */
  mark(word: string): string;
  /** The words left so far, in order. */
  marks(): readonly string[];
  /** Sends a script; resolves with the message's id. */
  order(member: string, ...steps: readonly string[]): Promise<string>;
  /** A task for this engineer that adds one test and is declared done; resolves with its number. */
  task(member: string, name: string, ...steps: readonly string[]): Promise<number>;
}

/** `make test` runs each script in test/. */
const project = (place: Place): Readonly<Record<string, string>> => ({
  Makefile: ".PHONY: test\ntest:\n\t@sh gate.sh\n",
  "gate.sh": `${gatePause(place)}
pass=0; fail=0
for t in test/*.sh; do
  if sh "$t"; then pass=$((pass + 1)); else echo "not ok $t"; fail=$((fail + 1)); fi
done
echo "# pass $pass"; echo "# fail $fail"
[ "$fail" = 0 ]
`,
  "test/base.sh": "exit 0\n",
});

const batty = join(clone, "bin", "batty");
/** ms */
const agentWithin = 5_000;

export async function team(order: TeamOrder = {}): Promise<Team> {
  const place = await makePlace(order.env);
  const chats: Chat[] = [];
  const cleanUp = { journal: null as Journal | null };
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") await tellOf(place, cleanUp.journal);
    await close(place, chats, cleanUp.journal);
  });
  await makeRepository(place, order);
  if (order.holdsTmux === true) await standInForTmux(place);
  await order.prepare?.(place);
  const holds = await openHolds(place);
  const { root } = place;
  const battyWith = async (options: RunOptions, ...args: readonly string[]): Promise<Shell> =>
    withJson(await place.run(batty, args, options));
  must(
    await place.run(batty, [
      ...["init", "--template", order.template ?? "pair"],
      ...["--agent", order.agents ?? "script"],
    ]),
  );
  await configure(root, order);
  const journal = followJournal(join(root, ".batty", "team_config", "events.jsonl"));
  cleanUp.journal = journal;
  const open = (args: readonly string[] = []): Chat => {
    const chat = openChat(place, batty, args);
    chats.push(chat);
    return chat;
  };
  if (order.started !== false) {
    must(await place.run(batty, ["start"]));
    await open().next("the chat", (line) => line.event === "ready");
  }
  return {
    ...tools(place),
    root,
    journal,
    holds,
    openChat: open,
    battyWith,
    batty: (...args) => battyWith({}, ...args),
    get chat() {
      return chats[0] as Chat;
    },
  };
}

async function makeRepository(place: Place, order: TeamOrder): Promise<void> {
  const files = { ...project(place), ...order.files };
  for (const [path, text] of Object.entries(files)) {
    if (text === null) continue;
    await mkdir(dirname(join(place.root, path)), { recursive: true });
    await writeFile(join(place.root, path), text);
  }
  const git = async (...args: readonly string[]): Promise<Ran> =>
    must(await place.run("git", args));
  await git("init", "-q", "-b", order.trunk ?? "main");
  await git("config", "user.name", "Ada");
  await git("config", "user.email", "ada@example.invalid");
  await git("add", "-A");
  await git("commit", "-q", "--allow-empty", "-m", "A project with one test");
}

async function configure(root: string, { edit, playbooks = {} }: TeamOrder): Promise<void> {
  const folder = join(root, ".batty", "team_config");
  const yaml = join(folder, "team.yaml");
  if (edit !== undefined) await writeFile(yaml, edit(await readFile(yaml, "utf8")));
  await mkdir(join(folder, "playbooks"), { recursive: true });
  for (const [member, rules] of Object.entries(playbooks))
    await writeFile(join(folder, "playbooks", `${member}.yaml`), JSON.stringify(rules));
}

function must(ran: Ran): Ran {
  if (ran.code === 0) return ran;
  throw new Error(`ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
}

function withJson(ran: Ran): Shell {
  return {
    ...ran,
    get json() {
      return JSON.parse(ran.stdout);
    },
  };
}

type Tools = Omit<Team, "root" | "journal" | "holds" | "openChat" | "battyWith" | "batty" | "chat">;

function tools(place: Place): Tools {
  const { root } = place;
  const marks = join(place.folder, "marks");
  const path = (name: string): string => join(root, name);
  const bot = (): ProcessId | null => botOf(root);
  const send = async (args: readonly string[]): Promise<Shell> =>
    withJson(must(await place.run(batty, args)));
  const mark = (word: string): string => `run echo ${word} >>${marks}`;
  return {
    place,
    git: async (...args) => must(await place.run("git", args)).stdout.trimEnd(),
    tmux: async (...args) => place.run("tmux", ["-L", socketOf(place), ...args]),
    read: (name) => readFile(path(name), "utf8"),
    write: (name, text) => writeFile(path(name), text),
    seats: () => seatsOf(place),
    bot,
    async kill() {
      const victim = bot();
      if (victim === null) throw new Error("no bot to kill");
      process.kill(victim.pid, "SIGKILL");
      await until("the bot's death", () => !isAlive(victim.pid, victim.startTime));
      return victim;
    },
    mark,
    marks: () => (existsSync(marks) ? readFileSync(marks, "utf8").trimEnd().split("\n") : []),
    order: async (member, ...steps) =>
      (await send(["send", "--json", member, fenced(steps)])).json.id as string,
    async task(member, name, ...steps) {
      const script = [
        `write test/${name}.sh exit 0\\n`,
        `commit Add ${name}`,
        ...steps,
        "batty done",
      ];
      const body = `Scope: test/${name}.sh\n\n${fenced(script)}`;
      const words = ["task", "new", `Add ${name}`, "--body", body, "--assignee", member, "--json"];
      return (await send(words)).json.id as number;
    },
  };
}

export const fenced = (steps: readonly string[]): string =>
  `Please:\n\`\`\`batty-script\n${steps.join("\n")}\n\`\`\``;

function botOf(root: string): ProcessId | null {
  const file = join(root, ".batty", "daemon.pid");
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, "utf8"));
  const startTime = startTimeOf(pid);
  return startTime === null || !isAlive(pid, startTime) ? null : { pid, startTime };
}

/** The one server in this place. */
function socketOf(place: Place): string {
  const folder = join(place.folder, "tmux", `tmux-${process.getuid?.() ?? 0}`);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names[0] ?? "none";
}

/** A pane's wrapper is there a moment before its agent: that moment is waited for. */
const seatsOf = (place: Place): Promise<ReadonlyMap<string, Seat>> =>
  until("an agent in every live pane", () => lookAtSeats(place), agentWithin);

async function lookAtSeats(place: Place): Promise<ReadonlyMap<string, Seat> | undefined> {
  const format = "#{@batty_role} #{pane_id} #{pane_pid} #{pane_dead}";
  const words = ["-L", socketOf(place), "list-panes", "-a", "-F", format];
  const { stdout } = await place.run("tmux", words);
  const seats = new Map<string, Seat>();
  for (const line of stdout.split("\n")) {
    const [member = "", pane = "", pid, dead] = line.split(" ");
    if (member === "" || dead !== "0") continue;
    const wrapper = { pid: Number(pid), startTime: startTimeOf(Number(pid)) ?? "" };
    const agent = processTree(wrapper.pid).find((p) => isAgent(commandOf(p.pid)));
    if (agent === undefined) return undefined;
    seats.set(member, { pane, wrapper, agent: { pid: agent.pid, startTime: agent.startTime } });
  }
  return seats;
}

const isAgent = (command: string): boolean => /^\S*node \S*script-agent\.js$/.test(command);

async function close(place: Place, chats: readonly Chat[], journal: Journal | null): Promise<void> {
  await Promise.all(chats.map((chat) => chat.end()));
  await rm(join(place.folder, "holds"), { recursive: true, force: true });
  const stopped = await place.run(batty, ["stop", "--bot"]);
  // A killed bot leaves its socket; the next one takes its place.
  const fell = journal?.lines().at(-1)?.event !== "daemon_stopped";
  journal?.close();
  const odd = await oddWorktrees(place);
  const left = [...(await place.clear()), ...odd].filter((l) => !(fell && l.endsWith(".sock")));
  if (stopped.code !== 0 && stopped.code !== 69)
    left.push(`stop --bot ended with ${stopped.code}: ${stopped.stderr}`);
  if (left.length > 0) throw new Error(`left over after the test:\n${left.join("\n")}`);
}

/** Worktrees of this repository that are not in the state folder, or that git has lost. */
async function oddWorktrees(place: Place): Promise<string[]> {
  const { stdout } = await place.run("git", ["worktree", "list", "--porcelain"]);
  const blocks = stdout
    .split("\n\n")
    .slice(1)
    .filter((block) => block.trim() !== "");
  return blocks.filter(
    (b) => !b.startsWith(`worktree ${place.folder}/`) || b.includes("\nprunable"),
  );
}

async function tellOf(place: Place, journal: Journal | null): Promise<void> {
  const log = await readFile(join(place.root, ".batty", "daemon.log"), "utf8").catch(
    () => "no log",
  );
  const lines = (journal?.lines() ?? []).slice(-25).map(short);
  process.stderr.write(
    `journal:\n${lines.join("\n")}\ndaemon.log:\n${log.split("\n").slice(-25).join("\n")}\n`,
  );
}
