// Agents' events as data of any shape: every field may be missing or of another type.

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A count; 0 for anything else. */
export const countOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;

/** A line of a record; no fields where it is none. */
export function fieldsOfLine(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return {}; // a torn or foreign line says nothing
  }
}
