// The journal as somebody outside reads it: events.jsonl, followed while it grows.
import {
  closeSync,
  existsSync,
  type FSWatcher,
  fstatSync,
  openSync,
  readSync,
  watch,
} from "node:fs";
import { dirname } from "node:path";
import { stream } from "./waiting.ts";

export interface Line {
  readonly event: string;
  readonly seq: number;
  readonly ts: string;
  // biome-ignore lint/suspicious/noExplicitAny: fields differ by event
  readonly [field: string]: any;
}

export interface Journal {
  /** As it stands on the disk now. */
  lines(): readonly Line[];
  of(event: string, wanted?: (line: Line) => boolean): readonly Line[];
  last(): Line;
  /** Resolves with the first such line, come or yet to come. */
  until(event: string, wanted?: (line: Line) => boolean, ms?: number): Promise<Line>;
  close(): void;
}

/** The file is looked at this often beside what the watcher tells, which may be lost. ms */
const lookEvery = 100;

export function followJournal(path: string): Journal {
  const seen = stream<Line>((lines) => lines.slice(-12).map(short).join("\n"));
  let read = 0;
  let rest = "";
  const look = (): void => {
    if (!existsSync(path)) return;
    const fd = openSync(path, "r");
    try {
      const piece = Buffer.alloc(fstatSync(fd).size - read);
      read += readSync(fd, piece, 0, piece.length, read);
      const parts = (rest + piece.toString()).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part !== "") seen.add(JSON.parse(part) as Line);
    } finally {
      closeSync(fd);
    }
  };
  const timer = setInterval(look, lookEvery);
  const watcher: FSWatcher = watch(dirname(path), look);
  const now = (): readonly Line[] => {
    look();
    return seen.items;
  };
  const is =
    (event: string, wanted: (line: Line) => boolean) =>
    (line: Line): boolean =>
      line.event === event && wanted(line);
  return {
    lines: now,
    of: (event, wanted = () => true) => now().filter(is(event, wanted)),
    last: () => now().at(-1) as Line,
    until: (event, wanted = () => true, ms) => {
      look();
      return seen.next(`${event} in the journal`, is(event, wanted), ms);
    },
    close() {
      clearInterval(timer);
      watcher.close();
    },
  };
}

export const short = (line: object): string => JSON.stringify(line).slice(0, 300);
