// A person at `batty chat --json`, as any other program would use it.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { short } from "./journal.ts";
import type { Place } from "./place.ts";
import { stream } from "./waiting.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a line holds differs by its event
export type Line = Readonly<Record<string, any>> & { readonly event: string };

export interface Chat {
  readonly lines: readonly Line[];
  /** The first line, come or yet to come, that is wanted. */
  next(what: string, wanted: (line: Line) => boolean, ms?: number): Promise<Line>;
  /** Sends a request with a `ref` of its own; resolves with its direct answer. */
  ask(request: Readonly<Record<string, unknown>>): Promise<Line>;
  say(text: string, room?: string, more?: Readonly<Record<string, unknown>>): Promise<Line>;
  react(emoji: string, message: string): Promise<Line>;
  press(action: string, message: string, text?: string): Promise<Line>;
  /** The person's own message, as it was echoed for this answer. */
  echoOf(answer: Line): Promise<Line>;
  /** A line as it is, JSON or not. */
  write(text: string): void;
  /** Lines that carry this ref. */
  answers(ref: string): readonly Line[];
  /** The client's exit code. */
  readonly exit: Promise<number | null>;
  stderr(): string;
  /** Ends the input; resolves with the exit code. */
  end(): Promise<number | null>;
}

export function openChat(place: Place, batty: string, args: readonly string[] = []): Chat {
  const child: ChildProcessWithoutNullStreams = spawn(batty, ["chat", "--json", ...args], {
    cwd: place.root,
    env: place.env,
  });
  const seen = stream<Line>((lines) => lines.slice(-12).map(short).join("\n"));
  let errors = "";
  let asked = 0;
  const exit = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.on("error", () => {}); // the client ended: told by `exit`
  createInterface({ input: child.stdout }).on("line", (text) => seen.add(JSON.parse(text) as Line));

  const write = (text: string): void => void child.stdin.write(`${text}\n`);
  const ask = (request: Readonly<Record<string, unknown>>): Promise<Line> => {
    asked += 1;
    const ref = `r${asked}`;
    write(JSON.stringify({ ref, ...request }));
    return seen.next(`the answer to ${JSON.stringify(request)}`, (l) => l["ref"] === ref);
  };
  return {
    lines: seen.items,
    next: seen.next,
    ask,
    say: (text, room = "commands", more = {}) => ask({ say: text, room, ...more }),
    react: (emoji, message) => ask({ react: emoji, message }),
    press: (action, message, text) =>
      ask({ press: action, message, ...(text === undefined ? {} : { text }) }),
    echoOf: (answer) => seen.next("the echo", (l) => l["echo"] === answer["ref"]),
    write,
    answers: (ref) => seen.items.filter((l) => l["ref"] === ref),
    exit,
    stderr: () => errors,
    end() {
      child.stdin.end();
      return exit;
    },
  };
}

// ---------------------------------------------------------------- what a person looks for

/** A card of this kind, in this state. */
export const isCard =
  (kind: string, state: string, task?: number) =>
  (line: Line): boolean =>
    (line.event === "message" || line.event === "edit") &&
    line["card"]?.kind === kind &&
    line["card"].state === state &&
    (task === undefined || line["card"].subject.task === task);

export const actionOf = (line: Line, verb: string): string => {
  const found = (line["card"].actions as { id: string; verb: string }[]).find(
    (a) => a.verb === verb,
  );
  if (found === undefined) throw new Error(`no ${verb} on the card ${short(line)}`);
  return found.id;
};
