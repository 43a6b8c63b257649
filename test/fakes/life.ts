// One life of the bot inside the test: the wiring of src/main.ts over fakes. When it is killed nothing of it acts
// any more: a call that was under way may have had its effect, but its answer is never heard.
import { commands } from "../../commands/index.ts";
import type { Desk, DeskAnswer } from "../../src/chat/desk.ts";
import { discreet } from "../../src/chat/discreet.ts";
import { createOutbox, type Outbox } from "../../src/chat/outbox/outbox.ts";
import { prepare } from "../../src/chat/outbox/prepare.ts";
import { createRouter } from "../../src/chat/router.ts";
import { auditLine } from "../../src/core/audit.ts";
import type { ChatPort } from "../../src/core/chat-port.ts";
import type { Effect, Outcome } from "../../src/core/effect.ts";
import type { Recorded } from "../../src/core/event.ts";
import { evolve } from "../../src/core/evolve.ts";
import type { Policy } from "../../src/core/policy.ts";
import type { Seats, SetUp, World } from "../../src/core/ports.ts";
import { homesOf } from "../../src/core/rules/panes.ts";
import { empty, type State } from "../../src/core/state.ts";
import { known } from "../../src/core/words.ts";
import { createAct } from "../../src/daemon/acts/act.ts";
import { createCalendar } from "../../src/daemon/calendar.ts";
import { createDeaths, type TellDeath } from "../../src/daemon/deaths.ts";
import { createLoop, type Loop } from "../../src/daemon/loop.ts";
import { createObserve, type Part, parts as worldParts } from "../../src/daemon/observe.ts";
import { createPerform } from "../../src/daemon/perform.ts";
import { showProgress } from "../../src/daemon/progress.ts";
import { createPump, type Pump } from "../../src/daemon/pump.ts";
import { lookAfter, startWake } from "../../src/daemon/wake.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { inTurn } from "../../src/lib/in-turn.ts";
import { createRedact } from "../../src/lib/redact.ts";
import { createLooks } from "../../src/world/looks.ts";
import { verifying } from "../../src/world/signature.ts";
import type { FakeBoard } from "./board.ts";
import type { ChatDesk } from "./chat-desk.ts";
import type { Platform } from "./chat-platform.ts";
import type { FakeGate } from "./gate.ts";
import type { FakeMachine } from "./machine.ts";
import type { FakeMailbox } from "./mailbox.ts";
import type { MemoryJournal } from "./memory-journal.ts";
import type { OutboxDisk } from "./outbox-disk.ts";
import type { FakeRepo } from "./repo.ts";
import type { FakeSignals } from "./signals.ts";
import type { FakeTerminal } from "./terminal.ts";

/** What outlives the bot. */
export interface Stage {
  readonly terminal: FakeTerminal;
  readonly mailbox: FakeMailbox;
  readonly signals: FakeSignals;
  readonly board: FakeBoard;
  readonly repo: FakeRepo;
  readonly gate: FakeGate;
  readonly seats: Seats;
  readonly journal: MemoryJournal;
  readonly chat: ChatDesk;
  readonly machine: FakeMachine;
  /** A second chat, if there is one. */
  readonly elsewhere: { readonly platform: Platform; readonly disk: OutboxDisk } | null;
  readonly policy: Policy;
  readonly setUp: SetUp | null;
  now(): number;
}

/** Where a test may look in, slow down, break or kill. All optional; a thrown error is what the port says. */
export interface Mischief {
  beforeCall?(call: string): Promise<void> | void;
  afterCall?(call: string): Promise<void> | void;
  beforeEffect?(effect: Effect): Promise<void> | void;
  afterEffect?(effect: Effect): Promise<void> | void;
  beforeAppend?(recorded: readonly Recorded[]): void;
  afterAppend?(recorded: readonly Recorded[]): void;
  /** Before a result or a look reaches the loop. */
  settling?(effect: Effect, outcome: Outcome): Promise<void> | void;
  observing?(part: Partial<World>): Promise<void> | void;
}

export interface Life {
  readonly loop: Loop;
  readonly desk: Desk;
  /** Grows with everything it does: equal twice means it rests. */
  readonly pulse: () => number;
  /** Effects under way. */
  readonly acting: () => number;
  readonly bugs: readonly unknown[];
  /** The real bot would have ended itself. */
  readonly gaveUp: () => boolean;
  readonly isDead: () => boolean;
  nudge(part: Part): void;
  /** Someone's program ended: for certain, or a hint. */
  readonly tellDeath: TellDeath;
  kill(): void;
}

/** Signs what people write while the bot is down. */
export const mailKey = Buffer.from("the key of a test");

const never = new Promise<never>(() => undefined);
const botGone = { code: "bot.gone", say: "The bot is gone." } as const;

export function startLife(stage: Stage, mischief: () => Mischief): Life {
  const died = deferred<void>();
  const bugs: unknown[] = [];
  let dead = false;
  let pulse = 0;
  let acting = 0;
  let gaveUp = false;

  /** A port as this life sees it. */
  const mortal = <P extends object>(name: string, port: P): P =>
    new Proxy(port, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== "function") return method;
        return async (...given: unknown[]): Promise<unknown> => {
          if (dead) return never;
          pulse += 1;
          const call = `${name}.${String(key)}`;
          try {
            await mischief().beforeCall?.(call);
            if (dead) return never;
            const result: unknown = await Reflect.apply(method, target, given);
            if (!dead) await mischief().afterCall?.(call);
            return dead ? never : result;
          } catch (error) {
            if (dead) return never;
            throw error;
          } finally {
            pulse += 1;
          }
        };
      },
    });

  const terminal = mortal("terminal", stage.terminal);
  const mailbox = verifying(mortal("mailbox", stage.mailbox), mailKey);
  const signals = mortal("signals", stage.signals);
  const board = mortal("board", stage.board);
  const repo = mortal("repo", stage.repo);
  const gate = mortal("gate", stage.gate);
  const disk = mortal("disk", stage.machine.disk);
  const vitals = mortal(
    "vitals",
    stage.machine.vitals(
      (member) => loop.state().seats.get(member)?.epoch ?? 0,
      () => [...homesOf(loop.state()).keys()].filter((member) => stage.repo.member.isLost(member)),
    ),
  );

  // ---------------------------------------------------------------- memory, as in main.ts
  let state: State = empty;
  const shownUpTo = Math.min(
    stage.chat.disk.cursor,
    stage.elsewhere?.disk.cursor ?? Number.POSITIVE_INFINITY,
  );
  const unshown: { recorded: Recorded; after: State }[] = [];
  for (const recorded of stage.journal.recorded()) {
    state = evolve(state, recorded);
    if (recorded.seq > shownUpTo) unshown.push({ recorded, after: state });
  }
  const journal = stage.journal.open({
    before(recorded) {
      if (dead) throw new Error("a dead bot writes nothing");
      mischief().beforeAppend?.(recorded);
      if (dead) throw new Error("killed before it was written");
      pulse += 1;
    },
    after(recorded) {
      mischief().afterAppend?.(recorded);
      if (dead) throw new Error("killed after it was written");
    },
  });
  const started: Recorded = {
    seq: state.seq + 1,
    at: stage.now(),
    event: { event: "daemon_started", pid: 1, version: "0.0.0" },
  };
  journal.append([started]);
  state = evolve(state, started);

  // ---------------------------------------------------------------- loop
  const act = createAct({
    ...{ terminal, mailbox, signals, board, repo, gate, disk, seats: stage.seats, now: stage.now },
    setUp: () => stage.setUp,
  });
  const settle = async (effect: Effect, outcome: Outcome): Promise<void> => {
    await mischief().settling?.(effect, outcome);
    if (dead) return;
    pulse += 1;
    loop.settle(effect, outcome);
    for (const part of lookAfter(effect, outcome)) wake.nudge(part);
  };
  const perform = createPerform({
    async act(effect, signal, onDisk) {
      if (dead) return never;
      acting += 1;
      try {
        await mischief().beforeEffect?.(effect);
        if (dead) return never;
        const brought = await act(effect, signal, onDisk);
        await mischief().afterEffect?.(effect);
        return dead ? never : brought;
      } finally {
        acting -= 1;
      }
    },
    settle: (effect, outcome) => void settle(effect, outcome),
    sync: () => journal.sync(),
    now: stage.now,
    onBug: (error) => void (dead || bugs.push(error)),
  });
  const loop: Loop = createLoop({
    initial: state,
    journal,
    policy: () => stage.policy,
    now: stage.now,
    perform,
    defer: (go) => void setImmediate(go),
    onBug(error, _input, _seq, deadly) {
      if (dead) return;
      bugs.push(error);
      gaveUp ||= deadly;
    },
  });

  // ---------------------------------------------------------------- people
  const looks = createLooks({
    ...{ state: loop.state, terminal, repo, mailbox },
    audit: async (last) =>
      stage.journal
        .recorded()
        .flatMap((r) => auditLine(r) ?? [])
        .slice(-last),
  });
  let keys = 0;
  const router = createRouter({
    commands,
    policy: () => stage.policy,
    state: loop.state,
    counter: () => ({
      ...{ policy: stage.policy, looks, life: null },
      tmux: { socket: "fake", session: "fake" },
      bot: { pid: 1, since: started.at, version: "0.0.0", tickedAt: loop.tickedAt() },
      ...{ state: loop.state, world: loop.world, now: stage.now, until: loop.until },
      chats: () => outboxes.map((o) => o.report()),
      key: () => `${started.at}.${++keys}`,
    }),
    intend: loop.intend,
    redact: createRedact([]),
  });
  const port = mortal<ChatPort>("chat", {
    ...{ name: "local", width: 1, lateness: 0 },
    async post(post) {
      await stage.chat.show({ post });
      return stage.chat.idOf(post.key) ?? "";
    },
    async edit(id, post) {
      await stage.chat.show({ post });
      return id;
    },
    find: async ({ key }) => stage.chat.idOf(key),
    mark: async (mark) => stage.chat.show({ mark }),
  });
  const redact = createRedact();
  const wayTo = (to: ChatPort, disk: OutboxDisk): Outbox =>
    createOutbox({
      ...{ port: to, now: stage.now, cursor: disk.cursor, replayed: state.seq },
      ledger: disk.ledger,
      spool: mortal("spool", disk.spool),
      prepare: (post) => prepare(post, redact, stage.chat.store),
      save: async (seq) => {
        if (!dead) disk.cursor = seq;
      },
      onLetter: (letter) => {
        void loop.intend(
          { name: "batty", via: "bot", tier: "admin" },
          { type: "post-given-up", letter },
        );
      },
      onTrouble: () => undefined,
    });
  const outboxes = [wayTo(port, stage.chat.disk)];
  if (stage.elsewhere !== null)
    outboxes.push(wayTo(mortal("elsewhere", stage.elsewhere.platform.port), stage.elsewhere.disk));
  const pump: Pump = createPump(outboxes);
  for (const { recorded, after } of unshown) pump.take(recorded, after);
  pump.refresh(state, stage.now());
  loop.onRecorded((recorded, before) => {
    let after = before;
    for (const line of recorded) {
      after = evolve(after, line);
      pump.take(line, after);
    }
  });

  const endProgress = showProgress({
    ...{ state: loop.state, world: loop.world, policy: () => stage.policy, now: stage.now },
    show: pump.passing,
  });

  // ---------------------------------------------------------------- wake
  // Looks at one part stay in order, as the daemon hands them on; looks at different parts may pass each other.
  const handed = inTurn();
  const hand = async (seen: Partial<World>): Promise<void> => {
    await mischief().observing?.(seen);
    if (!dead) loop.observe(seen);
  };
  const observe = createObserve(
    { terminal, mailbox, signals, board, repo, disk, vitals },
    stage.now,
    (seen) => void handed(Object.keys(seen).join(), () => hand(seen)),
  );
  const calendar = createCalendar(
    () => stage.policy,
    (due) => loop.observe({ standup: { at: stage.now(), probe: known(due) } }),
  );
  const wake = startWake(observe, () => {
    pulse += 1;
    loop.tick();
    calendar(stage.now());
  });
  const deaths = createDeaths(loop, wake.nudge);
  stage.repo.repaired = (repair) => {
    if (!dead) loop.observe({ repair: { at: stage.now(), probe: known(repair) } });
  };
  void observe.look(worldParts);

  return {
    loop,
    desk: untilDeath(discreet(router, redact, stage.chat.store), died.promise, () => dead),
    pulse: () => pulse,
    acting: () => acting,
    bugs,
    gaveUp: () => gaveUp,
    isDead: () => dead,
    nudge: (part) => {
      pulse += 1;
      wake.nudge(part);
    },
    tellDeath: (pane) => {
      pulse += 1;
      // Behind the looks that came before it, as these may be late here.
      void handed("panes", async () => {
        if (!dead) deaths(pane);
      });
    },
    kill() {
      if (dead) return;
      dead = true;
      died.resolve();
      loop.stop();
      wake.stop();
      endProgress();
      for (const outbox of outboxes) void outbox.close();
      void perform.stop();
    },
  };
}

/** Who asks when the bot dies hears that it is gone, whatever it had answered. */
function untilDeath(desk: Desk, died: Promise<void>, isDead: () => boolean): Desk {
  const answer = async (call: () => Promise<DeskAnswer>): Promise<DeskAnswer> => {
    const refused: DeskAnswer = { kind: "refused", refusal: botGone };
    if (isDead()) return refused;
    const first = await Promise.race([died.then(() => refused), call()]);
    return isDead() ? refused : first;
  };
  return {
    say: (by, said) => answer(() => desk.say(by, said)),
    press: (by, press) => answer(() => desk.press(by, press)),
    react: (by, reaction) => answer(() => desk.react(by, reaction)),
    async run(by, verb, argv, signal) {
      const refused = { ok: false, exit: 69, refusal: botGone } as const;
      if (isDead()) return refused;
      const first = await Promise.race([
        died.then(() => refused),
        desk.run(by, verb, argv, signal),
      ]);
      return isDead() ? refused : first;
    },
    complete: async (by, text) => (isDead() ? [] : desk.complete(by, text)),
    rooms: () => desk.rooms(),
  };
}
