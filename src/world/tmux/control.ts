// One control-mode client (`tmux -C`): commands out, replies and notifications in. Knows no member, no layout.
// shape: tmux(1), CONTROL MODE; tried on 3.3a.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Failure } from "../../core/words.ts";

export interface ControlEvents {
  /** A pane printed about that many bytes. */
  onOutput(pane: string, bytes: number): void;
  onPause(pane: string): void;
  /** A subscribed format has a new value. */
  onSubscription(name: string, pane: string, value: string): void;
  onClose(): void;
}

/** What one request printed, block by block; `error` is tmux's own text when a command was refused. */
export interface Answer {
  readonly lines: readonly string[];
  readonly error: string | null;
}

export interface Control {
  readonly open: boolean;
  /**
   * Whether the attach was granted. Nothing may be asked before: tmux would answer ahead of the attach.
   * @throws Failure `tmux.timeout` | `tmux.gone` | `tmux.missing`
   */
  attached(limitMs: number): Promise<boolean>;
  /**
   * Sends one command list. Once sent it cannot be called back: it is awaited to its answer or deadline.
   * @throws Failure `tmux.timeout` | `tmux.gone`
   */
  ask(commands: string, limitMs: number): Promise<Answer>;
  /** Resolves when the client's process is gone. */
  close(): Promise<void>;
}

interface Waiting {
  /** The line that ends its answer; random, so that no pane's text can forge it. */
  readonly end: string;
  readonly since: number;
  readonly lines: string[];
  error: string | null;
  settle(answer: Answer | Failure): void;
}

const lastWordsMs = 50;
/** After so many deadlines without an answer a new client is tried: it may get through, and questions do not pile up. */
const patience = 6;

/** Starts a client whose first commands, the arguments, end in an attach. */
export function openControl(
  start: {
    readonly tmux: string;
    readonly args: readonly string[];
    readonly env: Record<string, string>;
  },
  events: ControlEvents,
): Control {
  const child = spawn(start.tmux, ["-u", "-C", ...start.args], {
    env: start.env,
    // A group of its own: Ctrl-C at the bot's terminal must not take it away.
    detached: true,
    stdio: "pipe",
  });
  return converse(child, start.tmux, events);
}

function converse(
  child: ChildProcessWithoutNullStreams,
  tmux: string,
  events: ControlEvents,
): Control {
  const mark = `${randomBytes(8).toString("hex")}.`;
  const waiting: Waiting[] = [];
  let asked = 0;
  let gone: Failure | null = null;
  let tellAttached: (isAttached: boolean | Failure) => void = () => {};
  const beginning = new Promise<boolean | Failure>((resolve) => {
    tellAttached = resolve;
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });

  const lose = (failure: Failure): void => {
    if (gone !== null) return;
    gone = failure;
    child.kill("SIGKILL");
    tellAttached(failure);
    for (const each of waiting.splice(0)) each.settle(failure);
    events.onClose();
  };
  const onGarbled = (what: string): void =>
    lose(new Failure("tmux.gone", `the tmux control client sent ${what}; it was ended`));
  const onBlock = (block: Block): void => {
    if (gone !== null) return;
    if (!block.ours) {
      if (block.isError) tellAttached(false);
      return;
    }
    const first = waiting[0];
    const isEnd = !block.isError && block.lines[0]?.startsWith(mark) === true;
    if (isEnd && block.lines[0] !== first?.end) onGarbled("the end of another answer");
    else if (first === undefined) return;
    else if (isEnd) {
      waiting.shift();
      first.settle(first);
    } else if (block.isError) first.error ??= block.lines.join(" ");
    else for (const line of block.lines) first.lines.push(line);
  };
  child.once("error", (error: NodeJS.ErrnoException) => lose(cannotStart(tmux, error)));
  const ended = (): void => lose(new Failure("tmux.gone", "the tmux control client ended"));
  // Its last words (why it was refused) are read before; a hung server may hold its output open for ever.
  child.once("close", ended);
  child.once("exit", () => setTimeout(ended, lastWordsMs));
  // It hung up: its end follows.
  child.stdin.on("error", () => {});
  const read = controlReader(
    { ...events, onBlock, onGarbled, onSession: () => tellAttached(true) },
    mark,
  );
  child.stdout.on("data", (chunk: Buffer) => {
    // What follows where an answer was lost would be taken for other answers.
    if (gone === null) read(chunk);
  });

  return {
    get open() {
      return gone === null;
    },
    attached: async (limitMs) => {
      const late = setTimeout(() => tellAttached(tooLate("attach-session", limitMs)), limitMs);
      const answer = await beginning;
      clearTimeout(late);
      if (answer instanceof Failure) throw answer;
      return answer;
    },
    ask: (commands, limitMs) =>
      new Promise((resolve, reject) => {
        const since = performance.now();
        const silentFor = since - (waiting[0]?.since ?? since);
        if (silentFor > patience * limitMs) onGarbled(`nothing for ${Math.round(silentFor)} ms`);
        if (gone !== null) return reject(gone);
        const end = `${mark}${++asked}`;
        const late = setTimeout(() => reject(tooLate(commands, limitMs)), limitMs);
        waiting.push({
          end,
          since,
          lines: [],
          error: null,
          settle: (answer) => {
            clearTimeout(late);
            if (answer instanceof Failure) reject(answer);
            else resolve({ lines: answer.lines, error: answer.error });
          },
        });
        // How many blocks a list answers with depends on its branches; a second line marks the end for sure.
        child.stdin.write(`${commands}\ndisplay-message -p ${end}\n`);
      }),
    close: async () => {
      gone ??= new Failure("tmux.gone", "the tmux control client was closed");
      child.stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), 500);
      await exited;
      clearTimeout(late);
    },
  };
}

interface Block {
  readonly lines: readonly string[];
  readonly isError: boolean;
  /** Answers a line of ours, not the client's first commands. */
  readonly ours: boolean;
}

interface ReaderEvents extends Omit<ControlEvents, "onClose"> {
  onBlock(block: Block): void;
  /** The client has (another) session now. */
  onSession(): void;
  /** What comes from here on cannot be told apart. */
  onGarbled(what: string): void;
}

/** tmux keeps a title to a megabyte, and rows are a window wide. */
const lineAtMost = 4 * 1024 * 1024;
const blockAtMost = 16 * lineAtMost;

/**
 * Reads buffers, and decodes nothing but what stands in blocks: panes may print megabytes.
 * @param mark begins lines that no pane can print, and that have a block of their own
 */
export function controlReader(events: ReaderEvents, mark: string): (chunk: Buffer) => void {
  let rest: Buffer | null = null;
  /** What follows `%begin`: its end repeats it. */
  let block: { readonly stamp: string; readonly lines: string[]; bytes: number } | null = null;

  const onLine = (line: Buffer): void => {
    if (block !== null) {
      const text = line.toString();
      if (text === `%end ${block.stamp}` || text === `%error ${block.stamp}`) {
        const { lines, stamp } = block;
        block = null;
        events.onBlock({ lines, isError: text.startsWith("%error"), ours: stamp.endsWith(" 1") });
        return;
      }
      // A captured screen may show anything, notifications too: within a block all is text, but our own marks.
      if (block.lines.length > 0 && text.startsWith(mark))
        events.onGarbled("an answer within another");
      block.lines.push(text);
      block.bytes += line.length + 1;
      if (block.bytes > blockAtMost) events.onGarbled("a block without end");
    } else if (isOutput(line)) tellOutput(line, events);
    else {
      const text = line.toString();
      if (text.startsWith("%begin "))
        block = { stamp: text.slice("%begin ".length), lines: [], bytes: 0 };
      else tellNotice(text, events);
    }
  };
  return (chunk) => {
    const bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      onLine(bytes.subarray(from, at));
      from = at + 1;
    }
    rest = from < bytes.length ? bytes.subarray(from) : null;
    if ((rest?.length ?? 0) > lineAtMost) events.onGarbled("a line without end");
  };
}

const percent = 0x25;
const outputMark = Buffer.from("%output %");
const extendedMark = Buffer.from("%extended-output %");

const startsWith = (line: Buffer, mark: Buffer): boolean =>
  line.length > mark.length && line.compare(mark, 0, mark.length, 0, mark.length) === 0;

const isOutput = (line: Buffer): boolean =>
  startsWith(line, extendedMark) || startsWith(line, outputMark);

function tellOutput(line: Buffer, events: Pick<ControlEvents, "onOutput">): void {
  const from = line.indexOf(percent, 1);
  const to = line.indexOf(0x20, from);
  if (to > 0) events.onOutput(line.toString("latin1", from, to), line.length - to);
}

function tellNotice(text: string, events: ReaderEvents): void {
  if (text.startsWith("%session-changed ")) events.onSession();
  const pause = /^%pause (%\d+)$/.exec(text);
  if (pause?.[1] !== undefined) events.onPause(pause[1]);
  const changed = /^%subscription-changed (\S+) \$\d+ @\d+ \d+ (%\d+) : (.*)$/.exec(text);
  if (changed === null) return;
  const [, name = "", pane = "", value = ""] = changed;
  events.onSubscription(name, pane, value);
}

function tooLate(commands: string, limitMs: number): Failure {
  const what = commands.split(" ", 1)[0];
  return new Failure("tmux.timeout", `tmux did not answer ${what} within ${limitMs} ms`, {
    hint: "the state of the panes is unknown until it answers again",
  });
}

function cannotStart(tmux: string, error: NodeJS.ErrnoException): Failure {
  return error.code === "ENOENT"
    ? new Failure("tmux.missing", `${tmux} is not installed`, {
        cause: error,
        hint: "install tmux 3.2 or newer",
      })
    : new Failure("tmux.gone", `${tmux} cannot be started (${error.code})`, { cause: error });
}
