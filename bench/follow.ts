// A file that grows by lines, as somebody outside reads it: each line with the moment it was seen.
import { closeSync, type FSWatcher, fstatSync, openSync, readSync, watch } from "node:fs";
import { now } from "./measure.ts";

export interface Line {
  /** When it was seen here, ms. */
  readonly seen: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a line holds differs by its kind
  readonly [field: string]: any;
}

export interface Follow {
  readonly lines: readonly Line[];
  /** The first line from `after` on, come or yet to come, that is wanted. @throws Error naming `what` after `ms` */
  next(what: string, wanted: (line: Line) => boolean, after?: number, ms?: number): Promise<Line>;
  close(): void;
}

interface Waiter {
  readonly wanted: (line: Line) => boolean;
  readonly resolve: (line: Line) => void;
}

/** The watcher's hints may be lost. ms */
const lookEvery = 100;
const patience = 20_000;
const shownLines = 25;

/** The file must be there. @param fromEnd what stands in it already is passed over */
export function follow(path: string, fromEnd = false): Follow {
  const fd = openSync(path, "r");
  const lines: Line[] = [];
  const waiters = new Set<Waiter>();
  let read = fromEnd ? fstatSync(fd).size : 0;
  let rest = "";
  const look = (): void => {
    const piece = Buffer.alloc(Math.max(0, fstatSync(fd).size - read));
    if (piece.length === 0) return;
    read += readSync(fd, piece, 0, piece.length, read);
    const seen = now();
    const parts = (rest + piece.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") add({ ...JSON.parse(part), seen });
  };
  const add = (line: Line): void => {
    lines.push(line);
    for (const waiter of waiters) if (waiter.wanted(line)) waiter.resolve(line);
  };
  const watcher: FSWatcher = watch(path, look);
  const timer = setInterval(look, lookEvery);
  return {
    lines,
    next(what, wanted, after = 0, ms = patience) {
      look();
      const there = lines.slice(after).find(wanted);
      if (there !== undefined) return Promise.resolve(there);
      const late = new Error(`waited ${ms / 1000} s in vain for ${what}`);
      return new Promise((resolve, reject) => {
        const timeout = setTimeout(() => {
          waiters.delete(waiter);
          const last = lines.slice(-shownLines).map((line) => JSON.stringify(line).slice(0, 200));
          late.message += `; last came:\n${last.join("\n")}`;
          reject(late);
        }, ms);
        const waiter: Waiter = {
          wanted,
          resolve(line) {
            clearTimeout(timeout);
            waiters.delete(waiter);
            resolve(line);
          },
        };
        waiters.add(waiter);
      });
    },
    close() {
      clearInterval(timer);
      watcher.close();
      closeSync(fd);
    },
  };
}
