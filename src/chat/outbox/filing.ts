// What a chat does not take at once goes to the disk: after a while, and at once when much waits. Knows no chat.
import { pauseOf } from "../../core/chat-port.ts";
import { Failure, type Millis } from "../../core/words.ts";
import { type Item, isUnfiled } from "./item.ts";
import type { Lanes } from "./lanes.ts";
import type { OutboxParts } from "./parts.ts";

export interface Filing {
  /** Something came that is not on the disk. */
  soon(): void;
  /** Resolves when it lies there in its newest form. */
  file(item: Item): Promise<void>;
  close(): Promise<void>;
}

/** What still waits after this goes to the disk, ms. */
const fileAfter = 1_000;
/** … and at once when so many wait in memory. */
const inMemory = 256;

/** @param own `onFiled`: some of what waited may lie on the disk now */
export function createFiling(
  { spool, onTrouble, now }: Pick<OutboxParts, "spool" | "onTrouble" | "now">,
  { lanes, onFiled }: { readonly lanes: Lanes; readonly onFiled: () => void },
): Filing {
  let unfiled = 0;
  let timer: NodeJS.Timeout | null = null;
  let filing: Promise<void> | null = null;
  let isClosed = false;
  /** What the disk said last, so many times in a row, if it takes nothing. */
  let trouble: { readonly error: unknown; readonly times: number } | null = null;

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
  const fileOlder = async (age: number): Promise<void> => {
    const old = [...lanes.all()].filter((item) => isUnfiled(item) && now() - item.at >= age);
    for (const item of old) if (isUnfiled(item)) await file(item);
    trouble = null;
  };
  const failed = (error: unknown): void => {
    trouble = { error, times: (trouble?.times ?? 0) + 1 };
    onTrouble(error);
  };
  const pause = (): Millis =>
    trouble === null
      ? fileAfter
      : pauseOf(trouble.error instanceof Failure ? trouble.error : null, trouble.times);

  const start = (age: number): void => {
    filing ??= fileOlder(age)
      .catch(failed)
      .finally(() => {
        filing = null;
        unfiled = [...lanes.all()].filter(isUnfiled).length;
        if (unfiled > 0) soon();
        onFiled();
      });
  };

  const soon = (): void => {
    if (isClosed) return;
    unfiled += 1;
    if (unfiled >= inMemory && trouble === null) start(0);
    timer ??= setTimeout(() => {
      timer = null;
      start(fileAfter);
    }, pause());
  };

  return {
    soon,
    file,
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await filing;
      // No journal line brings these back.
      for (const item of [...lanes.all()])
        if (isUnfiled(item) && item.seq === 0) await file(item).catch(onTrouble);
    },
  };
}
