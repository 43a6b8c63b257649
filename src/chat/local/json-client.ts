// `batty chat --json`: the protocol's lines between stdin/stdout and the bot. At the end of input outstanding answers are awaited.
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Link } from "./client.ts";

type Line = Readonly<Record<string, unknown>>;

/** How long answers are awaited after the end of input, ms. */
const patience = 30_000;
/** The bot takes no longer ones; what is no request is shown to it only so far. */
const longestLine = 1_000_000;
const shownOfBad = 1_000;

/** @returns the exit code: 0 at the end of input, 69 when the bot went away, 1 when it refused us */
export function runJson(link: Link, input: Readable, output: Writable): Promise<number> {
  return new Promise((resolve) => {
    const refs = createRefs();
    let state: "greeted" | "ready" | "refused" = "greeted";
    let isTold = false;
    let inputEnded = false;
    const lines = createInterface({ input });
    const end = (code: number): void => {
      resolve(code);
      link.close();
      lines.close(); // an open input would keep the process alive
    };
    const isDone = (): boolean => inputEnded && state === "ready" && refs.outstanding() === 0;

    output.on("error", () => end(0)); // its reader went away: a quiet end
    link.onLine((line) => {
      output.write(`${JSON.stringify(refs.back(line))}\n`);
      if (line["code"] === "bot.gone") isTold = true;
      else if (line["event"] === "ready") state = "ready";
      else if (line["event"] === "error" && state === "greeted") state = "refused";
      if (isDone()) end(0);
    });
    lines.on("line", (text) => {
      if (text.trim() !== "") link.send(refs.out(requestOf(text)));
    });
    lines.once("close", () => {
      inputEnded = true;
      if (isDone()) end(0);
      else setTimeout(() => end(0), patience).unref();
    });
    void link.closed.then(() => {
      if (isDone()) return end(0);
      if (state !== "refused" && !isTold) output.write(`${JSON.stringify(gone)}\n`);
      end(state === "refused" ? 1 : 69);
    });
  });
}

const gone = {
  event: "error",
  code: "bot.gone",
  say: "The bot went away.",
  hint: "Start it with `batty start`.",
};

/** What is no request goes to the bot all the same, which says so. */
function requestOf(text: string): Line {
  const bad = { bad: text.slice(0, shownOfBad) };
  if (text.length > longestLine) return bad;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Line)
      : bad;
  } catch {
    return bad; // told by the bot, like every line that is no request
  }
}

/** Each request travels with a ref of ours, so that every answer is known; the program sees its own, or none. */
function createRefs() {
  const given = new Map<string, unknown>();
  const open = new Set<string>();
  const restored = (line: Line, key: "ref" | "echo"): Line => {
    const ours = line[key];
    if (typeof ours !== "string" || !given.has(ours)) return line;
    const { [key]: _ours, ...rest } = line;
    const theirs = given.get(ours);
    return theirs === undefined ? rest : { ...rest, [key]: theirs };
  };
  let number = 0;
  return {
    out(request: Line): Line {
      number += 1;
      const ref = `${number}`;
      given.set(ref, request["ref"]);
      open.add(ref);
      return { ...request, ref };
    },
    back(line: Line): Line {
      const shown = restored(restored(line, "echo"), "ref");
      const { ref } = line;
      // The echo comes before the answer: nothing asks for this ref again.
      if (typeof ref === "string" && open.delete(ref)) given.delete(ref);
      return shown;
    },
    outstanding: () => open.size,
  };
}
