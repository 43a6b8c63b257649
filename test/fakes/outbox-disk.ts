// What an outbox keeps on its disk, in memory: outlives every life of the bot.
import type { Ledger, Standing } from "../../src/chat/outbox/ledger.ts";
import type { Filed, Spool } from "../../src/chat/outbox/spool.ts";

export interface OutboxDisk {
  readonly spool: Spool;
  readonly ledger: Ledger;
  cursor: number;
  readonly waiting: ReadonlyMap<string, Filed>;
  readonly letters: ReadonlyMap<string, Filed>;
}

export function outboxDisk(): OutboxDisk {
  const waiting = new Map<string, Filed>();
  const letters = new Map<string, Filed>();
  const standing = new Map<string, Standing>();
  return {
    ...{ waiting, letters, cursor: 0 },
    spool: {
      waiting: async () => [...waiting.keys()].sort(),
      letters: async () => [...letters.keys()].sort(),
      read: async (id) => waiting.get(id) ?? null,
      letter: async (id) => letters.get(id) ?? null,
      write: async (id, filed) => void waiting.set(id, structuredClone(filed)),
      remove: async (id) => void waiting.delete(id),
      async bury(id, filed) {
        letters.set(id, filed);
        waiting.delete(id);
      },
      unbury: async (id) => void letters.delete(id),
    },
    ledger: {
      get: (key) => standing.get(key) ?? null,
      keyOf: (message) => [...standing].find(([, { id }]) => id === message)?.[0] ?? null,
      keep: (key, value) => void standing.set(key, value),
      written: async () => undefined,
    },
  };
}
