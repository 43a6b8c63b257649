// The same work on many things, a few of them at a time. Knows nothing of what is done.

/** What came of each, in the order of the things. The first failure is the caller's, and no more are begun. */
export async function fewAtATime<T, R>(
  most: number,
  things: readonly T[],
  work: (thing: T) => Promise<R>,
): Promise<readonly R[]> {
  const done: R[] = [];
  const left = [...things.entries()];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      done[next[0]] = await work(next[1]);
  };
  const lanes = Array.from({ length: most }, () =>
    lane().finally(() => {
      left.length = 0; // nothing is left, or one has failed
    }),
  );
  await Promise.all(lanes);
  return done;
}
