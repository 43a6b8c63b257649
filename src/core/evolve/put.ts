// Copies with one entry changed: the state is never edited in place.
export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

export function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}

/** Changes an entry that is there; an unknown key changes nothing. */
export function change<K, V>(
  map: ReadonlyMap<K, V>,
  key: K,
  with_: (value: V) => V,
): ReadonlyMap<K, V> {
  const value = map.get(key);
  return value === undefined ? map : put(map, key, with_(value));
}
