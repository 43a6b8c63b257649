// How far one chat has shown the journal: up to the line before the first of which something is neither shown nor filed.
import { isUnfiled } from "./item.ts";
import type { Lanes } from "./lanes.ts";
import type { OutboxParts } from "./parts.ts";

export interface Cursor {
  /** What follows from this line is in the lanes. */
  reach(seq: number): void;
  /** Resolves when what is true now is kept, or could not be. */
  save(): Promise<void>;
}

export function createCursor(
  {
    cursor,
    ledger,
    save,
    onTrouble,
  }: Pick<OutboxParts, "cursor" | "ledger" | "save" | "onTrouble">,
  lanes: Lanes,
): Cursor {
  let reached = cursor;
  let saved = cursor;
  let saving: Promise<void> | null = null;

  const done = (): number => {
    let first = reached + 1;
    for (const item of lanes.all())
      if (isUnfiled(item) && item.seq > 0 && item.seq < first) first = item.seq;
    return first - 1;
  };
  const follow = async (): Promise<void> => {
    for (let seq = done(); seq > saved; seq = done()) {
      // Nobody looks again for what stands behind the cursor: an edit of it would be a second post.
      await ledger.written();
      await save(seq);
      saved = seq;
    }
  };

  return {
    reach(seq) {
      reached = Math.max(reached, seq);
    },
    async save() {
      saving ??= follow()
        .catch(onTrouble)
        .finally(() => {
          saving = null;
        });
      await saving;
    },
  };
}
