// Copies with one entry changed: the state is never edited in place. But a fold that shows no state between two events
// owns the maps and sets it made, and they are edited: nobody sees the difference, and a long journal is read in time.

/** Whoever may edit in place, as long as it is open; what it edited last can be taken back. */
export interface Owner {
  open: boolean;
  readonly undo: (() => void)[];
}

type Collection<K> = ReadonlyMap<K, unknown> | ReadonlySet<K>;

const owners = new WeakMap<object, Owner>();

function ownerOf(collection: object): Owner | undefined {
  const owner = owners.get(collection);
  return owner?.open === true ? owner : undefined;
}

/** A copy that may be edited in place. */
export function owned<C extends Collection<unknown>>(collection: C, owner: Owner): C {
  const copy = copied(collection);
  owners.set(copy, owner);
  return copy;
}

const copied = <C extends Collection<unknown>>(collection: C): C =>
  (collection instanceof Map
    ? new Map(collection)
    : new Set(collection.keys())) as Collection<unknown> as C;

export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  const owner = ownerOf(map);
  if (owner === undefined) return new Map(map).set(key, value);
  const own = map as Map<K, V>;
  const before = own.get(key);
  const was = before !== undefined || own.has(key);
  owner.undo.push(() => void (was ? own.set(key, before as V) : own.delete(key)));
  return own.set(key, value);
}

export function add<V>(set: ReadonlySet<V>, value: V): ReadonlySet<V> {
  if (set.has(value)) return set;
  const owner = ownerOf(set);
  if (owner === undefined) return new Set(set).add(value);
  const own = set as Set<V>;
  owner.undo.push(() => void own.delete(value));
  return own.add(value);
}

/** A copy in any case: an entry that came back would stand in another place. */
export function without<K, C extends Collection<K>>(collection: C, keys: readonly K[]): C {
  const owner = ownerOf(collection);
  const next = owner === undefined ? copied(collection) : owned(collection, owner);
  for (const key of keys) (next as unknown as Set<K>).delete(key);
  return next;
}

export function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  return map.has(key) ? without(map, [key]) : map;
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
