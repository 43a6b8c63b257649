// A working day inside one test: the whole bot over fakes, scripted agents, people in a chat, and a clock that only
// moves when the test lets it. The bot may die and come back; everything else stays.
import { onTestFinished } from "vitest";
import type { ShellReply } from "../../src/chat/desk.ts";
import type { SignalKind } from "../../src/core/agent.ts";
import type { EventName, EventOf } from "../../src/core/event.ts";
import type { Policy } from "../../src/core/policy.ts";
import type { BoardTask, SetUp } from "../../src/core/ports.ts";
import type { State } from "../../src/core/state.ts";
import type { MemberName, TaskId } from "../../src/core/words.ts";
import { type Agent, agent, type Script, type Turn } from "./agents.ts";
import { fakeBoard } from "./board.ts";
import { chance } from "./chance.ts";
import { type ChatDesk, chatDesk, type Person, type Room } from "./chat-desk.ts";
import { fakePlatform, type Mood } from "./chat-platform.ts";
import { type Clock, installClock } from "./clock.ts";
import { type FakeGate, type FakeGateOptions, fakeGate } from "./gate.ts";
import { type Life, type Mischief, type Stage, startLife } from "./life.ts";
import { fakeMachine } from "./machine.ts";
import { fakeMailbox } from "./mailbox.ts";
import { memoryJournal } from "./memory-journal.ts";
import { outboxDisk } from "./outbox-disk.ts";
import { fakeRepo } from "./repo.ts";
import { fakeSeats } from "./seats.ts";
import { fakeSignals } from "./signals.ts";
import { simple } from "./team.ts";
import { fakeTerminal } from "./terminal.ts";

export interface DayOptions {
  /** [architect, manager, eng-1-1 … eng-1-3] */
  readonly team?: Policy;
  /** What members do with a message [answer "taken"]. */
  readonly agents?: Readonly<Record<MemberName, Script>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly gate?: Partial<FakeGateOptions>;
  readonly setUp?: SetUp;
  readonly mischief?: Mischief;
  /** When it begins [a Monday, 08:00 UTC]. */
  readonly begin?: number;
  /** A chat beside the one in memory, somewhere else and in this mood. */
  readonly elsewhere?: Mood;
  /** Whether ada starts the team before the test begins [true]. */
  readonly start?: boolean;
}

export interface Day extends Stage {
  readonly clock: Clock;
  readonly ada: Person;
  readonly room: (name: string) => Room;
  /** Everything in the journal of these names, or all of it. */
  events<N extends EventName>(...names: readonly N[]): readonly EventOf<N>[];
  state(): State;
  life(): Life;
  /** Until nothing is under way and nothing changes any more. */
  quiet(): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Until this is so; at most `ms` [120 s]. */
  until(what: () => boolean, ms?: number): Promise<void>;
  /** The bot dies at this instant. */
  kill(): void;
  /** … and comes back `downtime` ms later [0]. */
  crash(downtime?: number): Promise<void>;
  /** A verb on the shell: as the owner, or as a member. */
  shell(verb: string, ...argv: readonly string[]): Promise<ShellReply>;
  as(member: MemberName, verb: string, ...argv: readonly string[]): Promise<ShellReply>;
  /** What became of the fakes' own files: a task, trunk's files. */
  task(id: TaskId): Promise<BoardTask>;
  trunk(): Promise<Readonly<Record<string, string>>>;
  /** Landings that moved trunk, in order. */
  readonly landings: readonly { readonly commit: string; readonly base: string }[];
  /** A person edits a board file by hand. */
  edit(id: TaskId, change: Partial<BoardTask>): void;
  /** Mail files as somebody wrote them. */
  drop(member: MemberName, name: string, text: string): void;
  /** A signal file as an agent's hook wrote it. */
  signal(member: MemberName, text: string): void;
  /** Messages as they were acted out, in order. */
  readonly turns: readonly (Turn & { readonly member: MemberName })[];
  /** This member's next signals of this kind are lost. */
  lose(member: MemberName, kind: SignalKind, times: number): void;
  /** Whether the member's agent is in the middle of a turn, whatever the bot heard of it. */
  isBusy(member: MemberName): boolean;
  /** What was pasted into a member's pane; Enters as `<Enter>`. */
  typed(member: MemberName): readonly string[];
  script(member: MemberName, script: Script): void;
  mischief: Mischief;
  /** A dead bot comes back by itself after so many ms; null: it stays dead [null]. */
  reviveAfter: number | null;
  end(): void;
}

/** Nothing new for so long is quiet: two looks at everything, and a little. */
const quietFor = 11_000;
const begin = Date.UTC(2026, 0, 5, 8);

export async function startDay(options: DayOptions = {}): Promise<Day> {
  const day = makeDay(options);
  onTestFinished(() => day.end());
  if (options.start !== false) {
    await day.ada.says("/start");
    await day.quiet();
  }
  return day;
}

export function makeDay(options: DayOptions = {}): Day {
  const clock = installClock(options.begin ?? begin);
  const policy = options.team ?? simple();
  const members = policy.members.map((m) => m.name);
  const scripts = new Map(Object.entries(options.agents ?? {}));
  const lost = new Map<string, number>();
  const running = new Map<MemberName, Agent>();
  const turns: (Turn & { member: MemberName })[] = [];
  const landings: { commit: string; base: string }[] = [];
  let life: Life | null = null;
  let outside = 0;
  let hooks = 0;

  const repo = fakeRepo({ ...(options.files && { files: options.files }), now: clock.now });
  const land = repo.land;
  repo.land = async (commit, base, signal) => {
    const before = (await repo.trunk(signal)).head;
    const landing = await land(commit, base, signal);
    // Asked again when its answer was lost: others may stand on it by then.
    const isKnown = before === commit || landings.some((one) => one.commit === commit);
    if (landing.kind === "landed" && !isKnown) landings.push({ commit, base });
    return landing;
  };
  const signals = fakeSignals(members);
  const mailbox = fakeMailbox(members);
  const gate: FakeGate = fakeGate({
    files: repo.commitFiles,
    sleep: clock.sleep,
    duration: () => 2_000,
    ...options.gate,
  });
  const world = {
    repo,
    ...{ now: clock.now, sleep: clock.sleep },
    tell(member: MemberName, name: string, text: string) {
      void signals.drop(member, name, text);
      outside += 1;
      life?.nudge("signals");
    },
    async call(member: MemberName, verb: string, argv: readonly string[]) {
      outside += 1;
      return run({ name: member, via: "agent", tier: "team" }, verb, argv);
    },
    loses(member: MemberName, kind: SignalKind) {
      const left = lost.get(`${member} ${kind}`) ?? 0;
      lost.set(`${member} ${kind}`, Math.max(0, left - 1));
      return left > 0;
    },
  };
  const terminal = fakeTerminal({
    sleep: clock.sleep,
    agents: ({ member, epoch }) => {
      const made = agent(member, epoch, world, (turn) => {
        turns.push({ ...turn, member });
        return scripts.get(member) ?? (() => undefined);
      });
      running.set(member, made);
      return made;
    },
    onDeath: (member, pane) => {
      running.get(member)?.end();
      outside += 1;
      life?.tellDeath(pane);
    },
  });

  const run = (
    by: Parameters<Life["desk"]["run"]>[0],
    verb: string,
    argv: readonly string[],
  ): Promise<ShellReply> =>
    life === null || life.isDead()
      ? Promise.resolve({
          ok: false,
          exit: 69,
          refusal: { code: "bot.down", say: "The bot is not running." },
        })
      : life.desk.run(by, verb, argv, new AbortController().signal);

  // ---------------------------------------------------------------- time
  const pulse = (): number => outside + (life?.pulse() ?? 0) + terminal.typed.length;
  /** Lets everything happen that needs no time. */
  const settle = async (): Promise<void> => {
    for (let before = -1; before !== pulse(); ) {
      before = pulse();
      for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const step = async (target: number): Promise<void> => {
    const next = clock.next();
    clock.moveTo(next === null ? target : Math.min(next, target));
    await settle();
  };
  const pass = async (ms: number): Promise<void> => {
    const target = clock.now() + ms;
    await settle();
    while (clock.now() < target) await step(target);
  };
  const sum = (): string =>
    [day.journal.lines.length, chat.all().reduce((n, m) => n + m.shown.length, 0)].join();
  const quiet = async (): Promise<void> => {
    const limit = clock.now() + 30 * 60_000;
    await settle();
    for (let since = clock.now(), before = sum(); clock.now() - since < quietFor; ) {
      if (clock.now() > limit) throw new Error(`no quiet within 30 minutes:\n${lastLines(day)}`);
      await step(clock.now() + 1_000);
      if (sum() === before && life?.acting() === 0) continue;
      before = sum();
      since = clock.now();
    }
  };
  const until = async (what: () => boolean, ms = 120_000): Promise<void> => {
    const limit = clock.now() + ms;
    await settle();
    while (!what()) {
      if (clock.now() >= limit) throw new Error(`it did not come:\n${lastLines(day)}`);
      await step(limit);
    }
  };
  const drive = async <T>(call: Promise<T>): Promise<T> => {
    let ended = false;
    const watched = call.finally(() => {
      ended = true;
    });
    watched.catch(() => undefined); // its own awaiter hears of it
    await until(() => ended, 10 * 60_000);
    return watched;
  };

  const live = (): Life => {
    if (life === null) throw new Error("the bot is not there");
    return life;
  };
  const chat: ChatDesk = chatDesk({ desk: () => live().desk, drive });
  const revive = (): void => {
    life = startLife(day, () => day.mischief);
  };
  const platform = fakePlatform({ now: clock.now, sleep: clock.sleep, chance: chance(7) });
  platform.mood = options.elsewhere ?? {};
  const elsewhere = options.elsewhere === undefined ? null : { platform, disk: outboxDisk() };
  const day: Day = {
    elsewhere,
    ...{ clock, terminal, mailbox, signals, board: fakeBoard(), repo, gate, chat, policy, turns },
    ...{
      seats: fakeSeats(policy),
      journal: memoryJournal(),
      machine: fakeMachine(),
      landings,
      now: clock.now,
    },
    ...{ quiet, pass, until, life: live, room: chat.room, setUp: options.setUp ?? null },
    ada: chat.person("ada", "admin"),
    ...{ mischief: options.mischief ?? {}, reviveAfter: null },
    events: <N extends EventName>(...names: readonly N[]) =>
      day.journal
        .recorded()
        .map((r) => r.event)
        .filter((e): e is EventOf<N> => names.length === 0 || names.includes(e.event as N)),
    state: () => live().loop.state(),
    kill() {
      if (life === null || life.isDead()) return;
      const dead = life;
      dead.kill();
      if (day.reviveAfter === null) return;
      void clock.sleep(day.reviveAfter).then(() => (life === dead ? revive() : undefined));
    },
    async crash(downtime = 0) {
      live().kill();
      await pass(downtime);
      revive();
      await settle();
    },
    shell: (verb, ...argv) => drive(run({ name: "ada", via: "shell", tier: "admin" }, verb, argv)),
    as: (member, verb, ...argv) =>
      drive(run({ name: member, via: "agent", tier: "team" }, verb, argv)),
    async task(id) {
      const found = (await day.board.read(new AbortController().signal)).tasks.get(id);
      if (found === undefined) throw new Error(`the board has no #${id}`);
      return found;
    },
    trunk: async () => Object.fromEntries(repo.commitFiles("main")),
    edit(id, change) {
      day.board.edit(id, change);
      life?.nudge("board");
    },
    drop(member, name, text) {
      void mailbox.drop(member, "new", name, text);
      life?.nudge("mail");
    },
    signal: (member, text) => world.tell(member, `${clock.now()}.999999.${++hooks}`, text),
    isBusy: (member) => running.get(member)?.isBusy() === true,
    lose: (member, kind, times) => void lost.set(`${member} ${kind}`, times),
    typed: (member) => terminal.typed.filter((t) => t.member === member).map((t) => t.text),
    script: (member, script) => void scripts.set(member, script),
    end() {
      life?.kill();
      clock.uninstall();
    },
  };
  revive();
  return day;
}

const lastLines = (day: Day): string => day.journal.lines.slice(-30).join("");
