// JSON that keeps Maps and Sets. Knows nothing of what is in them.

/** A plain object with one of these as its only key would be taken for what it stands for: it is written as entries. */
const marks = ["$map", "$set", "$object"] as const;

export const toJson = (value: unknown): string => JSON.stringify(value, mark);

export const fromJson = (text: string): unknown => JSON.parse(text, unmark) as unknown;

function mark(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  // The replacer is not asked about what it returned, only about what is in it.
  return isMarked(value) ? { $object: Object.entries(value) } : value;
}

function unmark(_key: string, value: unknown): unknown {
  if (!isMarked(value)) return value;
  if ("$map" in value) return new Map(value["$map"] as [unknown, unknown][]);
  if ("$set" in value) return new Set(value["$set"] as unknown[]);
  return Object.fromEntries(value["$object"] as [string, unknown][]);
}

function isMarked(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && marks.some((m) => m === keys[0]);
}
