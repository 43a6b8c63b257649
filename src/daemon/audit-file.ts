// audit.jsonl: what people and members decided, carried over from the journal. A reader's copy: never fsynced, made
// again when it is gone. Its last line's `seq` says how far it is.
import { open, rename, rm, stat, writeFile } from "node:fs/promises";
import { type AuditLine, auditLine } from "../core/audit.ts";
import type { Recorded } from "../core/event.ts";
import { copyJournal, readJournal } from "./journal.ts";

export interface AuditFile {
  /** Lines of the journal, in order. */
  take(recorded: Recorded): void;
  /** The newest, oldest of them first. */
  read(last: number): Promise<readonly AuditLine[]>;
}

interface AuditParts {
  readonly path: string;
  readonly journal: string;
  readonly onTrouble: (error: unknown) => void;
}

/** Bytes of a line at most: 200 characters of arguments and names. */
const longestLine = 4_096;

export function openAudit({ path, journal, onTrouble }: AuditParts): AuditFile {
  let waiting: AuditLine[] = [];
  let running: Promise<void> | null = null;
  let exists = false;

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Lines of somebody's file that was deleted are in the journal all the same.
      if (exists && (await sizeOf(path)) === null) {
        const upTo = await rebuild(path, journal);
        waiting = waiting.filter((line) => line.seq > upTo);
      } else {
        const lines = waiting;
        waiting = [];
        await append(path, textOf(lines)).catch((error: unknown) => {
          waiting = [...lines, ...waiting];
          throw error;
        });
      }
      exists = true;
    }
  };
  const flush = (): Promise<void> => {
    running ??= write().finally(() => {
      running = null;
    });
    return running;
  };

  return {
    take(recorded) {
      const line = auditLine(recorded);
      if (line === null) return;
      waiting.push(line);
      flush().catch(onTrouble); // the next line tries again
    },
    async read(last) {
      exists = true; // deleted before anything was said: made again all the same
      if (waiting.length === 0 && (await sizeOf(path)) === null) await rebuild(path, journal);
      await flush();
      return parse(await tail(path, last * longestLine)).slice(-last);
    },
  };
}

/** The same from the journal alone, for somebody who only looks. */
export async function readAudit(journal: string): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = [];
  await readJournal(journal, (recorded) => {
    const line = auditLine(recorded);
    if (line !== null) lines.push(line);
  });
  return lines;
}

/**
 * The same for a start that does not read the whole journal: what a crash or a full disk kept from the file is carried
 * over from where it ends.
 * @param decided the newest decision among the lines that are not read
 * @returns how far it is
 */
export async function audited({ audit, journal }: AuditPlace, decided: number): Promise<number> {
  const upTo = await auditedUpTo(audit);
  if (upTo >= decided) return upTo;
  if (upTo === 0) return rebuild(audit, journal);
  const missing: AuditLine[] = [];
  await copyJournal(journal, upTo, {
    ours(recorded) {
      const line = auditLine(recorded);
      if (line !== null && line.seq > upTo && line.seq <= decided) missing.push(line);
    },
    foreign: () => undefined,
    pause: async () => undefined,
  });
  await append(audit, textOf(missing));
  return decided;
}

/** All of it at once, by a start that has read the whole journal. */
export async function writeAudit(path: string, lines: readonly AuditLine[]): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, textOf(lines), { mode: 0o600 });
  await rename(draft, path).finally(() => rm(draft, { force: true }));
}

interface AuditPlace {
  readonly audit: string;
  readonly journal: string;
}

/** How far the file is: `seq` of its last line; 0: there is none. One that a crash tore is begun anew. */
export async function auditedUpTo(path: string): Promise<number> {
  const text = await tail(path, 2 * longestLine);
  if (text === "" || text.endsWith("\n")) return parse(text).at(-1)?.seq ?? 0;
  await rm(path);
  return 0;
}

const textOf = (lines: readonly AuditLine[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** @returns how far it is now */
async function rebuild(path: string, journal: string): Promise<number> {
  const lines = await readAudit(journal);
  await writeAudit(path, lines);
  return lines.at(-1)?.seq ?? 0;
}

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    const { size } = await file.stat();
    await file.appendFile(text).catch(async (error: unknown) => {
      await file.truncate(size); // half a line would spoil the one that is written behind it
      throw error;
    });
  } finally {
    await file.close();
  }
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );

/** Whole lines from its end. */
async function tail(path: string, bytes: number): Promise<string> {
  const size = await sizeOf(path);
  if (size === null) return "";
  const file = await open(path, "r");
  try {
    const from = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    const text = buffer.toString("utf8", 0, bytesRead);
    return from === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}

function parse(text: string): AuditLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as AuditLine];
    } catch {
      return []; // somebody wrote into it: the journal has what is true
    }
  });
}
