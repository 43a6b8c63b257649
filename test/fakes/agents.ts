// Scripted agents inside the test: each sits in a pane of the fake terminal, tells signals and acts on the fake
// repository as a member does. They know the bot only through its verbs, and outlive it.
import type { ShellReply } from "../../src/chat/desk.ts";
import type { SignalKind } from "../../src/core/agent.ts";
import type { MemberName } from "../../src/core/words.ts";
import { deferred } from "../../src/lib/deferred.ts";
import type { FakeRepo } from "./repo.ts";
import { seatKey } from "./signals.ts";
import type { FakeSeat, ScriptedAgent } from "./terminal.ts";

/** One message as it arrived in the pane. */
export interface Turn {
  readonly id: string;
  readonly from: string;
  readonly via: string | null;
  readonly task: number | null;
  readonly body: string;
}

/** What a script may do. Everything of a dead agent throws. */
export interface Hands {
  readonly member: MemberName;
  readonly epoch: number;
  write(path: string, text: string): void;
  commit(message: string): string;
  /** A verb of the shell; without a bot: exit 69. */
  batty(verb: string, ...argv: readonly string[]): Promise<ShellReply>;
  /** Asked again each second while there is no bot. */
  insist(verb: string, ...argv: readonly string[]): Promise<ShellReply>;
  sleep(ms: number): Promise<void>;
  crash(exit?: number): never;
}

/** The turn's answer, if any. */
export type Script = (
  me: Hands,
  turn: Turn,
) => Promise<string | undefined> | string | undefined | Promise<void> | void;

export interface AgentWorld {
  readonly repo: FakeRepo;
  now(): number;
  sleep(ms: number): Promise<void>;
  tell(member: MemberName, name: string, text: string): void;
  call(member: MemberName, verb: string, argv: readonly string[]): Promise<ShellReply>;
  /** Signals that are lost on their way. */
  loses(member: MemberName, kind: SignalKind): boolean;
}

export interface Agent extends ScriptedAgent {
  /** In the middle of a turn. */
  isBusy(): boolean;
  /** The pane is gone. */
  end(): void;
}

export class Gone extends Error {}

const header =
  /^\[batty (?<id>\S+) from (?<from>\S+?)(?: task (?<task>\d+))?(?: via (?<via>\S+))?\]\n?(?<body>.*)$/s;

export function parseTurn(text: string): Turn {
  const found = header.exec(text)?.groups;
  const { id = "", from = "", via, task, body = text } = found ?? {};
  return { id, from, via: via ?? null, task: task === undefined ? null : Number(task), body };
}

/** What the shell's program needs to start, ms: an agent's signals are out before its verbs are heard. */
const programStart = 50;
let signals = 0;

export function agent(
  member: MemberName,
  epoch: number,
  world: AgentWorld,
  script: (turn: Turn) => Script,
): Agent {
  let gone = false;
  let turns = Promise.resolve();
  let stop: (() => void) | null = null;
  let seat: FakeSeat | null = null;

  const tell = (kind: SignalKind, message: string | null, detail: string): void => {
    if (gone || world.loses(member, kind)) return;
    signals += 1;
    const id = `${world.now()}.${String(signals % 1_000_000).padStart(6, "0")}.${100 + epoch}`;
    const key = seatKey(member, epoch);
    const told = { id, member, epoch, kind, message, detail, ts: world.now(), key };
    world.tell(member, id, `${JSON.stringify(told)}\n`);
  };
  const check = (): void => {
    if (gone) throw new Gone(`${member} is gone`);
  };

  const handsOf = (interruption: Interruption): Hands => {
    const here = (): void => {
      check();
      if (interruption.came) throw new Interrupted("interrupted");
    };
    const wait = async <T>(of: Promise<T>): Promise<T> => {
      const value = await Promise.race([of, interruption.promise]);
      here();
      return value;
    };
    const batty: Hands["batty"] = async (verb, ...argv) => {
      await wait(world.sleep(programStart));
      return wait(world.call(member, verb, argv));
    };
    return {
      member,
      epoch,
      write(path, text) {
        here();
        world.repo.member.write(member, { [path]: text });
      },
      commit(message) {
        here();
        return world.repo.member.commit(member, message);
      },
      batty,
      async insist(verb, ...argv) {
        for (;;) {
          const reply = await batty(verb, ...argv);
          if (reply.ok || reply.exit !== 69) return reply;
          await wait(world.sleep(1_000));
        }
      },
      sleep: (ms) => wait(world.sleep(ms)),
      crash(exit = 1) {
        seat?.exit(exit);
        throw new Gone(`${member} crashed`);
      },
    };
  };

  const take = async (text: string): Promise<void> => {
    const turn = parseTurn(text);
    const id = turn.id === "" ? null : turn.id;
    const interruption = interruptible();
    stop = () => interruption.now();
    if (id !== null) tell("taken", id, "");
    tell("working", id, "");
    try {
      const answer = await script(turn)(handsOf(interruption), turn);
      tell("idle", id, interruption.came ? "interrupted" : (answer ?? "taken"));
    } catch (error) {
      if (error instanceof Interrupted) tell("idle", id, "interrupted");
      else if (!(error instanceof Gone)) throw error;
    } finally {
      stop = null;
    }
  };

  return {
    onStart(its) {
      seat = its;
      tell("started", null, "");
    },
    onSubmit(text, its) {
      if (gone) return;
      its.print(...text.split("\n").map((line) => `» ${line}`));
      turns = turns.then(() => (gone ? undefined : take(text)));
    },
    onKey(key, its) {
      if (key === "C-u") its.composer = "";
      if (key === "Escape") stop?.();
    },
    isBusy: () => stop !== null,
    end() {
      gone = true;
    },
  };
}

class Interrupted extends Error {}

interface Interruption {
  readonly came: boolean;
  readonly promise: Promise<never>;
  now(): void;
}

function interruptible(): Interruption {
  const ended = deferred<never>();
  ended.promise.catch(() => undefined); // a turn that waits for nothing hears of it by `came`
  return {
    came: false,
    promise: ended.promise,
    now() {
      (this as { came: boolean }).came = true;
      ended.reject(new Interrupted("interrupted"));
    },
  };
}
