// The way in from one chat: what a person said is on the disk before it is acted on, and acts once, whatever the chat
// sends twice and whenever the bot dies. Knows no chat.
import { randomUUID, timingSafeEqual } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RoomName } from "../core/card.ts";
import type { Caller, Instant, Millis } from "../core/words.ts";
import { inTurn } from "../lib/in-turn.ts";

/** Something a person did in a chat. */
export interface Inbound {
  /** The platform's own id of it. */
  readonly id: string;
  readonly by: Caller;
  readonly room: RoomName;
  readonly at: Instant;
  readonly text: string;
  readonly replyTo: { readonly key: string } | null;
  readonly files: readonly string[];
  /** A button was pressed: `text` only says which. */
  readonly press?: {
    readonly action: string;
    readonly text: string | null;
    /** The message that the button is on. */
    readonly message: string;
  };
  /** What its chat needs to answer it in another life; nobody else's business. */
  readonly ticket?: string;
}

export interface Inbox {
  /**
   * Records it, then acts: in each room they begin in the order of these calls, and one person's follow each other. Null: it is known already and acts no more.
   * What throws has acted: it is not tried again.
   */
  take<T>(inbound: Inbound, act: () => Promise<T>): Promise<T | null>;
  /** It was taken, in this life or another. */
  has(id: string): boolean;
  /** A message was changed after it was said. True once a message: say then that this is no new order. */
  edited(id: string): boolean;
  /** What former lives recorded and did not act on: young enough to be acted on, or only to be listed. */
  left(
    now: Instant,
  ): Promise<{ readonly due: readonly Inbound[]; readonly stale: readonly Inbound[] }>;
  /** It needs no act any more. */
  settle(inbound: Inbound): Promise<void>;
}

/** An order older than this was given to a world that is no more. */
const staleAfter: Millis = 5 * 60_000;
/** Ids that are remembered: far more than a platform sends twice. */
const most = 10_000;

/**
 * @param seal what only the bot can make of a text: a file that somebody else put here gives no orders
 */
export async function openInbox(dir: string, seal: (text: string) => string): Promise<Inbox> {
  const box = join(dir, "inbox");
  await mkdir(box, { recursive: true, mode: 0o700 });
  const ids = await openIds(join(dir, "ids.jsonl"));
  const pending = new Set<string>();
  const toldOf = new Set<string>();
  const turn = inTurn();
  const fileOf = ({ at, id }: Inbound): string =>
    join(box, `${String(at).padStart(13, "0")}.${encodeURIComponent(id)}.json`);

  const record = async (inbound: Inbound): Promise<void> => {
    const fresh = join(dir, `${randomUUID()}.tmp`);
    const text = JSON.stringify(inbound);
    await writeFile(fresh, `${seal(text)} ${text}\n`, { mode: 0o600 });
    await rename(fresh, fileOf(inbound));
  };
  const settle = async (inbound: Inbound): Promise<void> => {
    await ids.add(inbound.id);
    pending.delete(inbound.id);
    await rm(fileOf(inbound), { force: true });
  };

  return {
    async take(inbound, act) {
      if (pending.has(inbound.id) || ids.has(inbound.id)) return null;
      pending.add(inbound.id);
      await turn(inbound.room, () => record(inbound)).catch((error: unknown) => {
        pending.delete(inbound.id);
        throw error;
      });
      // One person's long work does not hold up the others of the room.
      const whose = `${inbound.room} ${inbound.by.name}`;
      return turn(whose, () => act().finally(() => settle(inbound)));
    },
    has: (id) => pending.has(id) || ids.has(id),
    edited(id) {
      if (!ids.has(id) || toldOf.has(id)) return false;
      toldOf.add(id);
      return true;
    },
    async left(now) {
      const found: Inbound[] = [];
      for (const name of (await readdir(box)).sort()) {
        const inbound = parse(await readFile(join(box, name), "utf8"), seal);
        if (inbound === null || ids.has(inbound.id)) await rm(join(box, name), { force: true });
        else found.push(inbound);
      }
      for (const { id } of found) pending.add(id);
      const isDue = ({ at }: Inbound): boolean => now - at <= staleAfter;
      return { due: found.filter(isDue), stale: found.filter((i) => !isDue(i)) };
    },
    settle,
  };
}

/** Null: torn, so it was never said to be recorded; or not ours. */
function parse(line: string, seal: (text: string) => string): Inbound | null {
  const [, given = "", text = ""] = /^(\S+) (.*)\n$/.exec(line) ?? [];
  const [is, should] = [Buffer.from(given), Buffer.from(seal(text))];
  if (is.length !== should.length || !timingSafeEqual(is, should)) return null;
  return JSON.parse(text) as Inbound;
}

interface Ids {
  has(id: string): boolean;
  add(id: string): Promise<void>;
}

async function openIds(path: string): Promise<Ids> {
  const lines = (await readFile(path, "utf8").catch(() => "")).split("\n"); // the first start has none
  const seen = new Set<string>();
  for (const line of lines.slice(-most)) {
    const id = idIn(line);
    if (id !== null) seen.add(id);
  }
  // The end of a torn line would take the next id with it.
  if (lines.length > 2 * most || lines.at(-1) !== "") {
    await writeFile(`${path}.tmp`, [...seen].map((id) => `${JSON.stringify(id)}\n`).join(""), {
      mode: 0o600,
    });
    await rename(`${path}.tmp`, path);
  }
  return {
    has: (id) => seen.has(id),
    async add(id) {
      seen.add(id);
      const [oldest] = seen;
      if (seen.size > most && oldest !== undefined) seen.delete(oldest);
      await appendFile(path, `${JSON.stringify(id)}\n`, { mode: 0o600 });
    },
  };
}

function idIn(line: string): string | null {
  try {
    const id: unknown = JSON.parse(line);
    return typeof id === "string" ? id : null;
  } catch {
    return null; // torn by a crash, or empty
  }
}
