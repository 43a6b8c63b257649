// Which post stands where in one chat: key → the platform's id, what it shows, and from which journal line. A cache:
// what it forgets (a crash, its age) the platform is asked for.
import { appendFile, readFile, rename, writeFile } from "node:fs/promises";

export interface Standing {
  readonly id: string;
  readonly digest: string;
  readonly seq: number;
}

export interface Ledger {
  get(key: string): Standing | null;
  /** The post that one message shows, or goes on: an id of several messages is `<place>/<first>+<second>`. */
  keyOf(message: string): string | null;
  keep(key: string, standing: Standing): void;
  /** Resolves when everything kept so far is written, or could not be. */
  written(): Promise<void>;
}

/** Posts older than the newest so many are edited no more, or are found by asking. */
const most = 20_000;
/** Lines a file may have beyond what it says. */
const slack = 5_000;

export async function openLedger(path: string): Promise<Ledger> {
  const standing: Known = { byKey: new Map(), keys: new Map() };
  let lines = 0;
  const text = await readFile(path, "utf8").catch(() => "");
  for (const line of text.split("\n")) {
    lines += 1;
    const found = read(line);
    if (found !== null) remember(standing, found.key, found);
  }
  // What a crash has torn must not take the next line with it.
  let unwritten = text === "" || text.endsWith("\n") ? "" : "\n";
  let writing: Promise<void> | null = null;

  const write = async (): Promise<void> => {
    while (unwritten !== "" || lines > standing.byKey.size + slack) {
      const text = unwritten;
      unwritten = "";
      if (lines > standing.byKey.size + slack) {
        lines = standing.byKey.size;
        const whole = [...standing.byKey].map(([key, value]) => lineOf(key, value)).join("");
        await writeFile(`${path}.tmp`, whole, { mode: 0o600 });
        await rename(`${path}.tmp`, path);
      } else await appendFile(path, text, { mode: 0o600 });
    }
  };

  // A full disk costs only the question whether a post is there.
  const start = (): Promise<void> => {
    writing ??= write()
      .catch(() => undefined)
      .finally(() => {
        writing = null;
      });
    return writing;
  };

  return {
    get: (key) => standing.byKey.get(key) ?? null,
    keyOf: (message) => standing.keys.get(message) ?? null,
    keep(key, value) {
      remember(standing, key, value);
      unwritten += lineOf(key, value);
      lines += 1;
      void start();
    },
    async written() {
      while (unwritten !== "" || writing !== null) await start();
    },
  };
}

const lineOf = (key: string, value: Standing): string => `${JSON.stringify({ key, ...value })}\n`;

interface Known {
  readonly byKey: Map<string, Standing>;
  /** By the ids of single messages. */
  readonly keys: Map<string, string>;
}

function remember({ byKey, keys }: Known, key: string, { id, digest, seq }: Standing): void {
  forget(byKey, keys, key);
  byKey.set(key, { id, digest, seq });
  for (const message of messagesIn(id)) keys.set(message, key);
  const [oldest] = byKey.keys();
  if (byKey.size > most && oldest !== undefined) forget(byKey, keys, oldest);
}

function forget(byKey: Known["byKey"], keys: Known["keys"], key: string): void {
  for (const message of messagesIn(byKey.get(key)?.id ?? "")) keys.delete(message);
  byKey.delete(key);
}

function messagesIn(id: string): readonly string[] {
  const [first = "", ...more] = id.split("+");
  const place = first.slice(0, first.lastIndexOf("/") + 1);
  return [first, ...more.map((message) => `${place}${message}`)];
}

function read(line: string): (Standing & { readonly key: string }) | null {
  if (line === "") return null;
  try {
    const value = JSON.parse(line) as Standing & { key: string };
    return typeof value.key === "string" && typeof value.id === "string" ? value : null;
  } catch {
    return null; // torn by a crash: the platform is asked
  }
}
