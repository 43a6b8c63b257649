// Work that nobody waits for: seen to its end and its errors. Knows nothing of what is done.

export interface Errands {
  run(what: string, work: Promise<unknown>): void;
  /** Resolves when what is under way now has ended. */
  settled(): Promise<unknown>;
}

export function createErrands(log: (line: string) => void): Errands {
  const underWay = new Set<Promise<unknown>>();
  return {
    run(what, work) {
      const done = work
        .catch((error: unknown) => log(`discord: ${what}: ${stackOf(error)}`))
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    settled: () => Promise.all(underWay),
  };
}

export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
