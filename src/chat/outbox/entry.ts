// How something gets in line: new, out of the files of a former life, or out of its letter because a person asks for
// it again. Knows no chat.
import type { Visible } from "../../core/views/post.ts";
import type { Instant } from "../../core/words.ts";
import type { Filing } from "./filing.ts";
import { type Item, itemOf } from "./item.ts";
import type { Lanes } from "./lanes.ts";
import { idOf, letterOf } from "./letters.ts";
import type { OutboxParts } from "./parts.ts";

export interface Entry {
  /** @returns what stands for it */
  put(shown: Visible, seq: number, more?: Partial<Item>): Item;
  /** What former lives filed: each may have been posted before its file went. */
  restore(): Promise<void>;
  /** What was given up is tried once more. */
  revive(letter: string): Promise<void>;
}

export function createEntry(
  parts: Pick<OutboxParts, "port" | "spool" | "replayed" | "onLetter" | "onTrouble" | "now">,
  { lanes, filing }: { readonly lanes: Lanes; readonly filing: Filing },
): Entry {
  const { spool, replayed, onLetter, onTrouble, now } = parts;
  const chat = parts.port.name;
  const nextId = countUp(now);

  const put = (shown: Visible, seq: number, more: Partial<Item> = {}): Item => {
    const doubtful = seq <= replayed && seq > 0;
    const item = itemOf({ id: nextId(), at: now(), seq, what: shown }, { doubtful, ...more });
    const stands = lanes.put(item, now());
    if (!stands.derived && !stands.filed) filing.soon();
    return stands;
  };

  const restoreOne = async (id: string): Promise<void> => {
    const filed = await spool.read(id);
    if (filed === null) return;
    const own = { id, at: filed.at, filed: true, stored: true, doubtful: true };
    const item = put(filed.shown, filed.seq, own);
    if (item.id === id) {
      item.what = null;
      return;
    }
    // A newer state of the one before it.
    await filing.file(item);
    await spool.remove(id);
  };

  return {
    put,
    async restore() {
      // One that can't be read holds up no other: it is there for the next life.
      for (const id of await spool.waiting()) await restoreOne(id).catch(onTrouble);
      for (const id of await spool.letters()) {
        const filed = await spool.letter(id);
        if (filed !== null) onLetter(letterOf(id, filed, chat));
      }
    },
    async revive(letter) {
      const id = idOf(letter, chat);
      const found = await spool.letter(id);
      if (found === null) return;
      await filing.file(put(found.shown, found.seq, { doubtful: true }));
      await spool.unbury(id);
    },
  };
}

/** Names that sort by arrival, even while the clock goes back. */
function countUp(now: () => Instant): () => string {
  let at = 0;
  let number = 0;
  return () => {
    at = Math.max(at, now());
    number = (number + 1) % 1_000_000;
    return `${at}.${String(number).padStart(6, "0")}`;
  };
}
