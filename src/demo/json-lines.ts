// A program that speaks JSON objects, a line each, both ways: what it said so far, and waiting for what it will say.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export type Line = Readonly<Record<string, unknown>> & { readonly event: string };

export interface Talk {
  send(request: Readonly<Record<string, unknown>>): void;
  /** Resolves with the first line, old or new, that `wanted` accepts. @throws Error after `ms` naming `what` */
  next(what: string, wanted: (line: Line) => boolean, ms?: number): Promise<Line>;
  readonly lines: readonly Line[];
  close(): Promise<void>;
}

interface Waiter {
  readonly wanted: (line: Line) => boolean;
  resolve(line: Line): void;
}

const patience = 60_000;

/** @param argv a program for node, with its arguments */
export function talkTo(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  onLine: (line: Line) => void,
): Talk {
  const child: ChildProcess = spawn(process.execPath, argv, {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: Line[] = [];
  const waiters = new Set<Waiter>();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    onLine(line);
    for (const waiter of waiters) if (waiter.wanted(line)) waiter.resolve(line);
  });
  return {
    lines,
    send: (request) => void child.stdin?.write(`${JSON.stringify(request)}\n`),
    next(what, wanted, ms = patience) {
      const there = lines.find(wanted);
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          reject(new Error(`waited ${ms / 1000} s in vain for ${what}`));
        }, ms);
        const waiter: Waiter = {
          wanted,
          resolve(line) {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(line);
          },
        };
        waiters.add(waiter);
      });
    },
    async close() {
      child.stdin?.end();
      await ended;
    },
  };
}
