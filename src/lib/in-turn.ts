// One after another under the same key, side by side under different ones. Knows nothing of what is done.

export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A failed turn fails for its caller alone; the next one begins all the same. */
export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work);
    const ended = turn
      .catch(() => undefined)
      .then(() => {
        if (last.get(key) === ended) last.delete(key);
      });
    last.set(key, ended);
    return turn;
  };
}
