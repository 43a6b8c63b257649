// The journal in memory, line by line as in the file, so that a restart reads what a crash left.
import type { Recorded } from "../../src/core/event.ts";
import { type Journal, lineOf, parseLine } from "../../src/daemon/journal.ts";

export interface MemoryJournal {
  readonly lines: readonly string[];
  /** Everything written so far, read anew from its text. */
  recorded(): readonly Recorded[];
  /** The journal as one life of the bot writes it. `before` and `after` may throw: a crash there. */
  open(hooks: {
    before(recorded: readonly Recorded[]): void;
    after(recorded: readonly Recorded[]): void;
  }): Journal;
}

export function memoryJournal(): MemoryJournal {
  const lines: string[] = [];
  const read: Recorded[] = [];
  return {
    lines,
    recorded() {
      for (const line of lines.slice(read.length)) {
        const recorded = parseLine(line);
        if (recorded === null) throw new Error(`the journal can't read its own line ${line}`);
        read.push(recorded);
      }
      return read;
    },
    open: ({ before, after }) => ({
      append(recorded) {
        if (recorded.length === 0) return;
        before(recorded);
        lines.push(...recorded.map(lineOf));
        after(recorded);
      },
      sync: async () => undefined,
      close: async () => undefined,
    }),
  };
}
