// How far this bot has heard what is said on Discord, kept over restarts: every older message is recorded or was none of
// ours. Knows no message's words.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RoomName } from "../../core/card.ts";
import type { Instant, Millis } from "../../core/words.ts";

interface Kept {
  /** The newest message of which that is true. */
  readonly message: string;
  /** When the line was last there, and all that was said before had been looked for. */
  readonly at: Instant;
  /** Channels of people who talk to the bot alone. */
  readonly direct: readonly string[];
  /** Rooms where it was said that plain text can't be read. */
  readonly explained: readonly RoomName[];
}

export interface Heard {
  /** As a former life left it; null: nobody knows what was said before. */
  readonly before: Pick<Kept, "message" | "at"> | null;
  /** A message came; call what this returns once it is recorded. */
  begin(message: string): () => void;
  /** Everything up to here is known to be heard. */
  mark(message: string): void;
  /** While something before it is still to be looked for, nothing counts as heard. */
  hold(isHeld: boolean): void;
  /** The newest of which all before are heard. */
  last(): string | null;
  present(): void;
  direct(): readonly string[];
  addDirect(channel: string): void;
  /** True once a room. */
  explain(room: RoomName): boolean;
  /** It can be read now: say so anew should that end. */
  forgetExplained(): void;
  close(): Promise<void>;
}

const saveEvery: Millis = 1_000;

/** Ids are numbers that do not fit into one; the younger is the greater. */
export const isYounger = (a: string, b: string): boolean =>
  a.length === b.length ? a > b : a.length > b.length;

export async function openHeard(
  dir: string,
  { now, log }: { now(): Instant; log(line: string): void },
): Promise<Heard> {
  const path = join(dir, "heard.json");
  const read = await readKept(path);
  let kept: Kept = read ?? { message: "", at: 0, direct: [], explained: [] };
  let newest = kept.message;
  let isKept = read !== null;
  let held = false;
  const open = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();

  const save = (): void => {
    timer = null;
    const text = `${JSON.stringify(kept)}\n`;
    writing = writing
      .then(() => writeFile(`${path}.tmp`, text, { mode: 0o600 }))
      .then(() => rename(`${path}.tmp`, path))
      .catch((error: unknown) => log(`discord: ${path}: ${String(error)}`)); // the next one may go
  };
  /** Whatever changes came over the line, so it was there. */
  const change = (more: Partial<Omit<Kept, "at">>): void => {
    kept = { ...kept, ...more, at: held ? kept.at : now() };
    // The first of all is kept at once: without one, nothing that is missed counts.
    timer ??= setTimeout(save, isKept ? saveEvery : 0);
    isKept ||= kept.message !== "";
  };
  const settle = (): void => {
    if (held) return;
    const oldest = [...open].reduce<string | null>(
      (least, id) => (least === null || isYounger(least, id) ? id : least),
      null,
    );
    const message = oldest === null ? newest : String(BigInt(oldest) - 1n);
    if (message !== "" && isYounger(message, kept.message)) change({ message });
  };
  const seen = (message: string): void => {
    if (isYounger(message, newest)) newest = message;
  };

  return {
    before: read === null ? null : { message: read.message, at: read.at },
    begin(message) {
      seen(message);
      open.add(message);
      return () => {
        open.delete(message);
        settle();
      };
    },
    mark(message) {
      seen(message);
      settle();
    },
    hold(isHeld) {
      held = isHeld;
      settle();
    },
    last: () => (kept.message === "" ? null : kept.message),
    present: () => change({}),
    direct: () => kept.direct,
    addDirect(channel) {
      if (!kept.direct.includes(channel)) change({ direct: [...kept.direct, channel] });
    },
    explain(room) {
      if (kept.explained.includes(room)) return false;
      change({ explained: [...kept.explained, room] });
      return true;
    },
    forgetExplained() {
      if (kept.explained.length > 0) change({ explained: [] });
    },
    async close() {
      if (timer !== null) {
        clearTimeout(timer);
        save();
      }
      await writing;
    },
  };
}

/** Null: there is none, or nothing that we wrote. */
async function readKept(path: string): Promise<Kept | null> {
  try {
    const { message, at, direct, explained } = JSON.parse(await readFile(path, "utf8")) as Kept;
    const isOurs = /^\d+$/.test(message) && typeof at === "number";
    return isOurs ? { message, at, direct: [...direct], explained: [...explained] } : null;
  } catch {
    return null; // the first start has none, and without one nothing old is acted on
  }
}
