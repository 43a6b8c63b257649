// What was found out lately, by key; the oldest goes when there are too many. For facts that never change.

export interface Kept<K, V> {
  get(key: K): V | undefined;
  keep(key: K, value: V): void;
  forget(key: K): void;
}

export function keepLast<K, V>(most: number): Kept<K, V> {
  const kept = new Map<K, V>();
  return {
    get: (key) => kept.get(key),
    forget: (key) => void kept.delete(key),
    keep(key, value) {
      kept.delete(key);
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
  };
}
