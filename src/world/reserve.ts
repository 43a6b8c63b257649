// Bytes set aside for what must still be written when the disk is full. Knows nothing of the journal.
import { closeSync, ftruncateSync, openSync, statSync, truncateSync, writeSync } from "node:fs";

const mib = 1024 * 1024;
/** Enough for thousands of journal lines: hours of a team that waits. */
const reserved = 4 * mib;

export function openReserve(path: string): {
  take(): boolean;
  release(): boolean;
} {
  const size = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    take() {
      if (size() >= reserved) return true;
      const fd = openSync(path, "w", 0o600);
      try {
        // Written, not only sized: a hole would reserve nothing.
        for (let n = 0; n < reserved; n += mib) writeSync(fd, Buffer.alloc(mib));
        return true;
      } catch {
        ftruncateSync(fd, 0); // no room even for this: it must not take the last of it
        return false;
      } finally {
        closeSync(fd);
      }
    },
    release() {
      if (size() === 0) return false;
      truncateSync(path, 0);
      return true;
    },
  };
}
