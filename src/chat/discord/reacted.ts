// Whose reactions approve what, kept over restarts: one that is gone when the line is there again was taken back
// meanwhile. A button approves too, so the journal can't tell. Knows no card.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Reacted {
  /** Resolves when it is on the disk, or can't be. */
  add(message: string, emoji: string, user: string): Promise<void>;
  remove(message: string, emoji: string, user: string): Promise<void>;
  /** Their ids. */
  by(message: string, emoji: string): readonly string[];
}

/** Far more than stand on cards that have not landed. */
const most = 500;

export async function openReacted(dir: string, log: (line: string) => void): Promise<Reacted> {
  const path = join(dir, "reacted.json");
  const all = new Set(await readKept(path));
  let writing = Promise.resolve();

  const save = (): Promise<void> => {
    writing = writing
      .then(() => writeFile(`${path}.tmp`, `${JSON.stringify([...all])}\n`, { mode: 0o600 }))
      .then(() => rename(`${path}.tmp`, path))
      .catch((error: unknown) => log(`discord: ${path}: ${String(error)}`)); // the next one may go
    return writing;
  };
  const nameOf = (message: string, emoji: string, user: string): string =>
    `${message} ${emoji} ${user}`;

  return {
    async add(message, emoji, user) {
      all.add(nameOf(message, emoji, user));
      const [oldest] = all;
      if (all.size > most && oldest !== undefined) all.delete(oldest);
      await save();
    },
    async remove(message, emoji, user) {
      if (all.delete(nameOf(message, emoji, user))) await save();
    },
    by(message, emoji) {
      const start = nameOf(message, emoji, "");
      return [...all].flatMap((one) => (one.startsWith(start) ? [one.slice(start.length)] : []));
    },
  };
}

async function readKept(path: string): Promise<readonly string[]> {
  try {
    const kept: unknown = JSON.parse(await readFile(path, "utf8"));
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return []; // none yet, or torn: what was taken back meanwhile stays as it was
  }
}
