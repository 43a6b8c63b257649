// The script agent: a terminal program that stands in for a coding agent and acts out what messages and its
// playbook say. It talks to the bot only as any agent does: pane, signals folder, `batty`.
import { type Children, createChildren } from "./children.ts";
import { createDraft, type Draft } from "./draft.ts";
import { createDecoder, type Key } from "./keys.ts";
import { openScreen, type Screen } from "./screen.ts";
import { openSignalsOut, type Tell } from "./signals-out.ts";
import { type Seat, takeMessage, takeStart } from "./turn.ts";
import { createTurns, type Turns } from "./turns.ts";

/** ms of silence after an ESC that make it the Escape key; a sequence arrives in one piece. */
const escapeMs = 30;
/** ms to wait for the terminal's word that it is ready; one that never answers is used as it is. */
const readyMs = 500;
/** ms after which the program is gone whatever its children do. */
const lastMs = 900;

interface Parts {
  readonly screen: Screen;
  readonly children: Children;
  readonly tell: Tell;
  readonly draft: Draft;
  readonly turns: Turns;
}

type End = (code: number, why: string) => void;

function runAgent(): void {
  process.stdin.setRawMode(true);
  const screen = openScreen(process.stdout);
  const parts: Parts = {
    screen,
    children: createChildren(),
    tell: openSignalsOut(process.env, (say) => screen.print(say)),
    draft: createDraft((text) => screen.show(text)),
    turns: createTurns(),
  };
  const end = createEnd(parts);
  const seat = seatOf(parts, end);
  const begin = once(() => {
    parts.tell("started", null, "");
    parts.turns.open((signal) => takeStart(seat, signal));
  });
  listen((key) => press(key, { parts, seat, begin, end }));
  stopWithTheWorld(parts, end);
  process.stdout.on("resize", () => screen.repaint());
  setTimeout(begin, readyMs);
}

/** The program's end: children first, then the signal, then the screen; within a second in any case. */
function createEnd({ screen, children, tell, turns }: Parts): End {
  let isEnding = false;
  return (code, why) => {
    if (isEnding) return;
    isEnding = true;
    turns.abort("ending");
    const leave = (): never => {
      tell("ended", null, why);
      screen.close();
      process.exit(code);
    };
    setTimeout(leave, lastMs);
    void children.endAll().then(leave);
  };
}

function seatOf({ screen, children, tell, draft }: Parts, end: End): Seat {
  const forever = new Promise<never>(() => {});
  return {
    acted: new Map(),
    tell,
    stage: {
      cwd: process.cwd(),
      env: process.env,
      children,
      print: (text) => screen.print(text),
      drained,
      draft: (text) => draft.add(text),
      ignoreEnter: (count) => draft.ignoreEnter(count),
      exit(code) {
        end(code, `exit ${code}`);
        return forever;
      },
      // As a program dies that has no say in it: no signal, no clean screen.
      crash() {
        process.kill(process.pid, "SIGKILL");
        return forever;
      },
    },
  };
}

function drained(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once("drain", () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

interface Hands {
  readonly parts: Parts;
  readonly seat: Seat;
  readonly begin: () => void;
  readonly end: End;
}

function press(key: Key, { parts, seat, begin, end }: Hands): void {
  const { draft, turns } = parts;
  if (key.key === "ready") begin();
  else if (key.key === "escape") turns.abort("interrupted");
  else if (key.key === "interrupt" && turns.isBusy) turns.abort("interrupted");
  else if (key.key === "interrupt") draft.clear();
  else if (key.key === "end") {
    if (draft.isEmpty && !turns.isBusy) end(0, "closed at the terminal");
  } else {
    const text = draft.press(key);
    if (text !== null) turns.push((signal) => takeMessage(text, seat, signal));
  }
}

function listen(onKey: (key: Key) => void): void {
  const decoder = createDecoder();
  let timer: NodeJS.Timeout | undefined;
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk: string) => {
    clearTimeout(timer);
    decoder.feed(chunk).forEach(onKey);
    if (decoder.isWaiting) timer = setTimeout(() => decoder.settle().forEach(onKey), escapeMs);
  });
}

function stopWithTheWorld({ turns }: Parts, end: End): void {
  // The terminal is gone: nobody to tell on the screen, and nothing to go on for.
  for (const event of ["end", "close", "error"])
    process.stdin.on(event, () => end(129, "terminal gone"));
  process.stdout.on("error", () => end(129, "terminal gone"));
  process.on("SIGHUP", () => end(129, "SIGHUP"));
  process.on("SIGTERM", () => end(143, "SIGTERM"));
  process.on("SIGINT", () => turns.abort("interrupted"));
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

if (process.stdin.isTTY && process.stdout.isTTY) runAgent();
else {
  process.stderr.write(
    "The script agent is a terminal program: start it in a terminal or a tmux pane.\n",
  );
  process.exitCode = 2;
}
