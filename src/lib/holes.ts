// Fills `{{name}}` holes in hand-made text. Nothing but plain names: no conditions, no loops.

export type Filled =
  | { readonly ok: true; readonly text: string }
  /** The first hole that has no value, and the line it stands on (from 1). */
  | { readonly ok: false; readonly hole: string; readonly line: number };

const hole = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Values are put in as they are: a value that looks like a hole is not filled again. */
export function fillHoles(template: string, values: Readonly<Record<string, string>>): Filled {
  for (const match of template.matchAll(hole)) {
    const name = match[1] ?? "";
    if (!Object.hasOwn(values, name))
      return { ok: false, hole: name, line: template.slice(0, match.index).split("\n").length };
  }
  return { ok: true, text: template.replace(hole, (_, name: string) => values[name] ?? "") };
}
