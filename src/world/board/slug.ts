// File names of tasks, as kanban-md makes them: `<id>-<slug>.md`. Pure.
// Shape: test/fixtures/kanban-md/slugs.json

const longest = 50;

/** Lower case, runs of anything else to one dash, at most 50 characters, cut back to a whole word. May be empty. */
export function slugOf(title: string): string {
  // JavaScript turns İ into two characters where Go keeps one, which would add a dash.
  const dashed = title
    .replace(/\u0130/g, "i")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  if (dashed.length <= longest) return dashed;
  const cut = dashed.slice(0, longest);
  const word = dashed[longest] === "-" ? -1 : cut.lastIndexOf("-");
  return (word > 0 ? cut.slice(0, word) : cut).replace(/-+$/, "");
}

/** `suffix` > 0 makes a second name for a taken one: `007-fix-1.md`. */
export function taskFileName(id: number, title: string, suffix = 0): string {
  const tail = suffix > 0 ? `-${suffix}` : "";
  return `${String(id).padStart(3, "0")}-${slugOf(title)}${tail}.md`;
}

/** The number a file name begins with; null when it has none before its first dash. */
export function numberOf(fileName: string): number | null {
  const digits = /^(\d+)-/.exec(fileName)?.[1];
  const number = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(number) ? number : null;
}
