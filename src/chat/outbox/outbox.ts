// The way out to one chat. What it takes at once never touches the disk: the journal's cursor stays behind it. What it
// does not take waits in files, however long that lasts; nobody ever waits for a chat.
import type { Post } from "../../core/card.ts";
import { chatOf, type Report } from "../../core/chat-port.ts";
import { isDerived, type Shown } from "../../core/views/post.ts";
import type { Instant } from "../../core/words.ts";
import { createCursor } from "./cursor.ts";
import { createDelivery } from "./delivery.ts";
import { createEntry } from "./entry.ts";
import { createFiling } from "./filing.ts";
import { createLanes } from "./lanes.ts";
import type { OutboxParts } from "./parts.ts";
import { createSend } from "./send.ts";
import { createTurns } from "./turns.ts";

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

export function createOutbox(parts: OutboxParts): Outbox {
  const { port, ledger, now, onTrouble } = parts;
  const closing = new AbortController();
  const lanes = createLanes();
  const send = createSend({ ...parts, closing: closing.signal });
  const { deliver, trouble } = createDelivery(parts, { lanes, send, closing: closing.signal });
  const cursor = createCursor(parts, lanes);
  const save = (): void => void cursor.save();
  const filing = createFiling(parts, { lanes, onFiled: save });
  const entry = createEntry(parts, { lanes, filing });
  const turns = createTurns(parts, { lanes, deliver, onIdle: save });

  /** What comes before the files of former lives are read waits behind them. */
  let early: (() => void)[] | null = [];
  const enter = (act: () => void): void => {
    if (early !== null) return void early.push(act);
    act();
    turns.go();
  };
  const ready = entry
    .restore()
    .catch(onTrouble)
    .then(() => {
      const acts = early ?? [];
      early = null;
      for (const act of acts) act();
      // What a former life sent last may be on its way: a newer state must come after it.
      if (lanes.size() > 0) lanes.pause(now() + port.lateness);
      turns.go();
    });

  const takeOne = (seq: number, one: Shown): void => {
    if (!isFor(one, port.name)) return;
    if ("again" in one) void entry.revive(one.again.letter).then(turns.go).catch(onTrouble);
    else entry.put(one, seq, { derived: isDerived(one) });
  };
  /** Never seen by us: a former life may have died between its posting and our noting it. */
  const isNew = ({ key }: Post): boolean => ledger.get(key) === null;
  const derive = (shown: readonly Shown[], isWanted: (post: Post) => boolean): void =>
    enter(() => {
      for (const one of shown)
        if ("post" in one && isWanted(one.post))
          entry.put(one, 0, { derived: true, doubtful: isNew(one.post) });
    });

  return {
    name: port.name,
    take(seq, shown) {
      if (seq <= parts.cursor) return;
      enter(() => {
        cursor.reach(seq);
        for (const one of shown) takeOne(seq, one);
      });
    },
    derived: (shown) => derive(shown, () => true),
    // Over and never shown: nobody misses it.
    refresh: (shown) => derive(shown, (post) => post.card?.state === "open" || !isNew(post)),
    catchUp: (shown) => derive(shown, isNew),
    keep: (post) =>
      new Promise((resolve) =>
        enter(() => {
          entry.put({ post }, 0).settled = resolve;
        }),
      ),
    report() {
      let since: Instant | null = null;
      for (const { at } of lanes.all()) if (since === null || at < since) since = at;
      return { chat: port.name, waiting: lanes.size(), since, trouble: trouble() };
    },
    async idle() {
      await ready;
      await turns.idle();
    },
    async close() {
      closing.abort();
      await Promise.all([turns.close(), filing.close()]);
      await cursor.save();
      await ledger.written();
    },
  };
}

/** A receipt belongs on one message of one chat, and a letter to the chat that did not take it. */
const isFor = (shown: Shown, chat: string): boolean =>
  ("mark" in shown ? chatOf(shown.mark.via) : "again" in shown ? shown.again.chat : chat) === chat;
