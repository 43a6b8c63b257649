// daemon.log: lines in order, cut by size: a full one is kept once beside it. Knows nothing of what is logged.
import { appendFile, rename, stat } from "node:fs/promises";
import { rfc3339 } from "../lib/time.ts";

/** Some 40,000 lines; with the former one beside it twice that. bytes */
const fullBytes = 4 * 1024 * 1024;

/** @returns a writer that never throws: a full disk must not end the bot */
export function openLog(path: string, now: () => number, full = fullBytes): (line: string) => void {
  let size: number | null = null;
  let last: Promise<void> = Promise.resolve();
  const write = async (text: string): Promise<void> => {
    size ??= await stat(path).then(
      (found) => found.size,
      () => 0, // no log yet
    );
    if (size >= full) {
      await rename(path, `${path}.1`);
      const told = `${rfc3339(now())} the log was full: what came before is in daemon.log.1, what was there is gone\n`;
      await appendFile(path, told, { mode: 0o600 });
      size = told.length;
    }
    await appendFile(path, text, { mode: 0o600 });
    size += Buffer.byteLength(text);
  };
  return (line) => {
    const text = `${rfc3339(now())} ${line}\n`;
    last = last.then(() => write(text)).catch(() => undefined); // a full disk must not end the bot
  };
}
