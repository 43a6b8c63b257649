// Names for message and signal files whose alphabetical order is their order of writing. Knows no folder and no clock.

/**
 * Hands out `<unix ms>.<six-digit counter>.<pid>`, strictly increasing within one process, also while the
 * clock stands still or runs backwards.
 */
export function createNamer(pid: number): (now: number) => string {
  let ms = -1;
  let counter = 0;
  return (now) => {
    const at = Math.floor(now);
    if (at > ms) {
      ms = at;
      counter = 0;
    } else if (counter < 999_999) {
      counter += 1;
    } else {
      ms += 1;
      counter = 0;
    }
    // 13 digits are today's length; padding keeps a test clock that starts at 0 in order too.
    return `${String(ms).padStart(13, "0")}.${String(counter).padStart(6, "0")}.${pid}`;
  };
}

/** Plain code-unit order, the order of `ls` in the C locale; never the reader's language. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
