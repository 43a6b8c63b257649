// The way out to one chat. What it takes at once never touches the disk: the journal's cursor stays behind it. What it
// does not take waits in files, however long that lasts; nobody ever waits for a chat.
import type { Post } from "../../core/card.ts";
import {
  type ChatPort,
  chatOf,
  type Letter,
  pauseOf,
  type Report,
  retryOf,
} from "../../core/chat-port.ts";
import { isDerived, type Shown, type Visible } from "../../core/views/post.ts";
import { Failure, type Instant } from "../../core/words.ts";
import { type Item, isUnfiled, itemOf } from "./item.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { idOf, isMissed, letterOf } from "./letters.ts";
import { createSend } from "./send.ts";
import type { Filed, Spool } from "./spool.ts";

export interface Outbox {
  readonly name: string;
  /** @param seq the journal line it follows from */
  take(seq: number, shown: readonly Shown[]): void;
  /** What follows from the state alone, or from how far something is: only its newest form counts. */
  derived(shown: readonly Shown[]): void;
  /** The same after a start: what stands there in an older form, and what is still open. */
  refresh(shown: readonly Shown[]): void;
  /** What waits for a person and was never shown here: a chat that is new to the team gets it at once. */
  catchUp(shown: readonly Shown[]): void;
  /** An answer that no journal line holds. Resolves when it is shown or filed. */
  keep(post: Post): Promise<void>;
  report(): Report;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface OutboxParts {
  readonly port: ChatPort;
  readonly spool: Spool;
  readonly ledger: Ledger;
  /** Takes secrets and mentions out, and what is too long to a file. */
  readonly prepare: (post: Post) => Promise<Post>;
  /** What follows from lines up to here was shown or filed by former lives. */
  readonly cursor: number;
  /** Journal lines up to here are of former lives: what follows from them may be there already. */
  readonly replayed: number;
  readonly save: (seq: number) => Promise<void>;
  readonly onLetter: (letter: Letter) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly now: () => Instant;
}

/** What still waits after this goes to the disk, ms. */
const fileAfter = 1_000;
/** … and at once when so many wait in memory. */
const inMemory = 256;

export function createOutbox(parts: OutboxParts): Outbox {
  const { port, spool, ledger, now } = parts;
  const lanes: Lanes = createLanes();
  const closing = new AbortController();
  const send = createSend({ ...parts, closing: closing.signal });
  const running = new Set<Promise<void>>();
  const idlers = new Set<() => void>();
  const state = {
    last: parts.cursor,
    saved: parts.cursor,
    unsaved: false,
    unfiled: 0,
    number: 0,
    at: 0,
  };
  let trouble: Report["trouble"] = null;
  let wake: NodeJS.Timeout | null = null;
  let filer: NodeJS.Timeout | null = null;
  let filing: Promise<void> | null = null;
  let saving: Promise<void> | null = null;
  /** What comes before the files of former lives are read waits behind them. */
  let early: (() => void)[] | null = [];

  // ---------------------------------------------------------------- in
  const nextId = (): string => {
    state.at = Math.max(state.at, now());
    state.number = (state.number + 1) % 1_000_000;
    return `${state.at}.${String(state.number).padStart(6, "0")}`;
  };

  const put = (shown: Shown, seq: number, more: Partial<Item> = {}): Item | null => {
    if ("again" in shown) {
      if (shown.again.chat === port.name) void revive(shown.again.letter).catch(parts.onTrouble);
      return null;
    }
    const doubtful = seq <= parts.replayed && seq > 0;
    const item = itemOf({ id: nextId(), at: now(), seq, what: shown }, { doubtful, ...more });
    const stands = lanes.put(item, now());
    state.unsaved = true;
    if (!stands.derived && !stands.filed) fileSoon();
    return stands;
  };

  const revive = async (letter: string): Promise<void> => {
    const id = idOf(letter, port.name);
    const found = await spool.letter(id);
    if (found === null) return;
    const item = put(found.shown, found.seq, { doubtful: true });
    if (item !== null) await file(item);
    await spool.unbury(id);
    go();
  };

  /** From a former life: each may have been posted before its file went. */
  const restore = async (): Promise<void> => {
    for (const id of await spool.waiting()) {
      const filed = await spool.read(id);
      if (filed === null) continue;
      const own = { id, at: filed.at, filed: true, stored: true, doubtful: true };
      const item = put(filed.shown, filed.seq, own);
      if (item?.id === id) item.what = null;
      else if (item !== null) {
        // A newer state of the one before it.
        await file(item);
        await spool.remove(id);
      }
    }
    for (const id of await spool.letters()) {
      const filed = await spool.letter(id);
      if (filed !== null) parts.onLetter(letterOf(id, filed, port.name));
    }
  };

  const enter = (act: () => void): void => {
    if (early !== null) return void early.push(act);
    act();
    go();
  };

  const ready = restore()
    .catch(parts.onTrouble)
    .then(() => {
      const acts = early ?? [];
      early = null;
      for (const act of acts) act();
      // What a former life sent last may be on its way: a newer state must come after it.
      if (lanes.size() > 0) lanes.pause(now() + port.lateness);
      go();
    });

  // ---------------------------------------------------------------- to the disk
  const fileSoon = (): void => {
    state.unfiled += 1;
    if (state.unfiled >= inMemory) void fileAll(0);
    filer ??= setTimeout(() => {
      filer = null;
      void fileAll(fileAfter);
    }, fileAfter);
  };

  const file = async (item: Item): Promise<void> => {
    const { what, seq, at, id } = item;
    if (what === null || item.filed) return;
    await spool.write(id, { at, seq, shown: what });
    item.stored = true;
    if (item.over) return spool.remove(id);
    if (item.what !== what) return file(item); // it was renewed meanwhile
    item.filed = true;
    if (item.triedAt === null) item.what = null;
    item.settled?.();
  };

  /** What waits longer than this, one after the other. */
  const fileAll = (age: number): Promise<void> => {
    filing ??= (async () => {
      const old = [...lanes.all()].filter((i) => isUnfiled(i) && now() - i.at >= age);
      for (const item of old) if (isUnfiled(item)) await file(item);
    })()
      .catch(parts.onTrouble)
      .finally(() => {
        filing = null;
        state.unfiled = [...lanes.all()].filter(isUnfiled).length;
        if (state.unfiled > 0 && !closing.signal.aborted) fileSoon();
        void save();
      });
    return filing;
  };

  // ---------------------------------------------------------------- out
  const run = async (item: Item): Promise<void> => {
    item.triedAt ??= now();
    item.tries += 1;
    let shown = item.what;
    try {
      shown ??= (await spool.read(item.id))?.shown ?? null;
      // Null: somebody took its file away.
      if (shown !== null) await send(shown, item);
    } catch (error) {
      if (!closing.signal.aborted) await failed(item, shown, error);
      return;
    }
    trouble = null;
    // Renewed while it was under way: once more, before anything else of its room.
    if (item.what !== null && item.what !== shown) return lanes.rest(item, now());
    lanes.done(item);
    if (item.stored) await spool.remove(item.id);
    item.settled?.();
  };

  const failed = async (item: Item, shown: Visible | null, error: unknown): Promise<void> => {
    const failure = error instanceof Failure ? error : null;
    const code = failure?.code ?? "bug";
    const say = error instanceof Error ? error.message : String(error);
    if (trouble?.code !== code) parts.onTrouble(error);
    trouble = { code, say };
    const { giveUpAfter, rests } = retryOf(code);
    if (failure === null || code === "chat.unknown-outcome") item.doubtful = true;
    const pause = Math.max(pauseOf(failure, item.tries), item.doubtful ? port.lateness : 0);
    if (giveUpAfter !== null && now() - (item.triedAt ?? 0) >= giveUpAfter && shown !== null)
      return giveUp(item, shown, code, say);
    if (rests === "chat") lanes.pause(now() + pause);
    lanes.rest(item, now() + pause);
  };

  const giveUp = async (item: Item, shown: Visible, code: string, say: string): Promise<void> => {
    const letter: Filed = { at: item.at, seq: item.seq, shown: item.what ?? shown, code, say };
    const missed = isMissed(item);
    try {
      if (missed) await spool.bury(item.id, letter);
      else if (item.stored) await spool.remove(item.id);
    } catch (error) {
      parts.onTrouble(error);
      return lanes.rest(item, now() + 1_000);
    }
    lanes.done(item);
    item.settled?.();
    if (missed) parts.onLetter(letterOf(item.id, letter, port.name));
  };

  const go = (): void => {
    if (closing.signal.aborted) return;
    while (running.size < port.width) {
      const item = lanes.next(now());
      if (item === null) break;
      const call: Promise<void> = run(item)
        .catch(parts.onTrouble)
        .finally(() => {
          running.delete(call);
          go();
        });
      running.add(call);
    }
    if (lanes.size() === 0) {
      for (const idler of idlers) idler();
      idlers.clear();
      if (state.unsaved) void save();
    }
    if (wake !== null) clearTimeout(wake);
    const soonest = running.size < port.width ? lanes.soonest(now()) : null;
    wake = soonest === null ? null : setTimeout(go, soonest - now());
  };

  // ---------------------------------------------------------------- how far it is
  const cursor = (): number => {
    let first = state.last + 1;
    for (const item of lanes.all())
      if (isUnfiled(item) && item.seq > 0 && item.seq < first) first = item.seq;
    return first - 1;
  };

  const save = async (): Promise<void> => {
    state.unsaved = false;
    saving ??= (async () => {
      while (cursor() > state.saved) {
        const seq = cursor();
        await parts.save(seq);
        state.saved = seq;
      }
    })()
      .catch(parts.onTrouble)
      .finally(() => {
        saving = null;
      });
    await saving;
  };

  return {
    name: port.name,
    take(seq, shown) {
      if (seq <= parts.cursor) return;
      enter(() => {
        state.last = Math.max(state.last, seq);
        for (const one of shown)
          if (isFor(one, port.name)) put(one, seq, { derived: isDerived(one) });
      });
    },
    derived: (shown) =>
      enter(() => {
        for (const one of shown) {
          // Never seen by us: a former life may have died between its posting and our noting it.
          const isNew = "post" in one && ledger.get(one.post.key) === null;
          put(one, 0, { derived: true, doubtful: isNew });
        }
      }),
    refresh: (shown) =>
      enter(() => {
        for (const one of shown)
          if ("post" in one && isOpen(one.post, ledger))
            put(one, 0, { derived: true, doubtful: true });
      }),
    catchUp: (shown) =>
      enter(() => {
        for (const one of shown)
          if ("post" in one && ledger.get(one.post.key) === null)
            put(one, 0, { derived: true, doubtful: true });
      }),
    keep: (post) =>
      new Promise((resolve) =>
        enter(() => {
          const item = put({ post }, 0);
          if (item !== null) item.settled = resolve;
        }),
      ),
    report() {
      let since: Instant | null = null;
      for (const { at } of lanes.all()) if (since === null || at < since) since = at;
      return { chat: port.name, waiting: lanes.size(), since, trouble };
    },
    async idle() {
      await ready;
      if (lanes.size() > 0) await new Promise<void>((resolve) => void idlers.add(resolve));
    },
    async close() {
      closing.abort();
      if (wake !== null) clearTimeout(wake);
      if (filer !== null) clearTimeout(filer);
      await Promise.allSettled(running);
      await filing;
      await save();
      await ledger.close();
    },
  };
}

/** A receipt belongs on one message of one chat. */
const isFor = (shown: Shown, chat: string): boolean =>
  !("mark" in shown) || chatOf(shown.mark.via) === chat;

/** Over and never shown: nobody misses it. */
const isOpen = ({ key, card }: Post, ledger: Ledger): boolean =>
  card?.state === "open" || ledger.get(key) !== null;
