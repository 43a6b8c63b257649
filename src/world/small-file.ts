// Reads a small file in one go. An asynchronous read waits for a thread of the pool at each of its steps, ten times as
// long as the read itself. A pipe or a link put in a file's place (anybody may write these folders) must not hold us.
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

/** Up to this a read takes some 30 µs from a warm cache. */
const smallBytes = 64 * 1024;
/** Follows no link; a pipe without a writer would otherwise hold `open` for ever, and a thread of the pool with it. */
export const asItIs = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export interface Small {
  readonly seen: Stats;
  /** Null: no regular file, or too large to be read at once. */
  readonly text: string | null;
}

/** @throws the errno error of `open` (ENOENT: gone, ELOOP: a link) */
export function readSmall(path: string): Small {
  const file = openSync(path, asItIs);
  try {
    const seen = fstatSync(file);
    if (!seen.isFile() || seen.size > smallBytes) return { seen, text: null };
    const bytes = Buffer.allocUnsafe(seen.size);
    let got = 0;
    while (got < seen.size) {
      const more = readSync(file, bytes, got, seen.size - got, got);
      if (more === 0) break;
      got += more;
    }
    return { seen, text: bytes.toString("utf8", 0, got) };
  } finally {
    closeSync(file);
  }
}
