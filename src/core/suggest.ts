// "Did you mean …?": the nearest of the names that exist. Pure.

/** The candidate within two typing slips of `name`, else one that begins with it or that it begins with. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const asked = name.toLowerCase();
  if (asked === "") return undefined;
  let best: { readonly candidate: string; readonly slips: number } | undefined;
  for (const candidate of candidates) {
    const slips = distance(asked, candidate.toLowerCase());
    // Two slips in a three-letter word is another word.
    if (
      slips <= 2 &&
      slips < Math.max(asked.length, candidate.length) / 2 &&
      slips < (best?.slips ?? 3)
    )
      best = { candidate, slips };
  }
  return (
    best?.candidate ?? candidates.find((candidate) => isPrefix(asked, candidate.toLowerCase()))
  );
}

const isPrefix = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) >= 2 && (b.startsWith(a) || a.startsWith(b));

/** Damerau–Levenshtein (optimal string alignment): insert, delete, replace, swap two neighbours. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? 0;
