// Runs one agent in one pane and writes down all that can be seen of it from outside: its events, its records, its
// screen, and what the model was asked. It only records; what each moment was is said later.
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { follow, type Heard, listen } from "../events.ts";
import type { Cli } from "../install.ts";
import { startModel } from "../model/server.ts";
import type { Entry } from "../model/timeline.ts";
import { type AgentsPlace, makeAgentsPlace } from "../place.ts";
import { seatOf } from "../seats.ts";
import type { Line, ScreenLine } from "./line.ts";

export interface Order {
  readonly cli: Cli;
  readonly program: string;
  readonly size: readonly [number, number];
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly signal: AbortSignal;
}

export interface Stage {
  readonly place: AgentsPlace;
  readonly cli: Cli;
  start(): Promise<void>;
  resume(): Promise<void>;
  /** Pastes and sends a text; the script for the model stands in it. */
  submit(text: string): Promise<void>;
  /** Pastes without sending. */
  type(text: string): Promise<void>;
  keys(...keys: readonly string[]): Promise<void>;
  /** Ends the pane's process. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** How permission requests are answered from now on. */
  permit(how: "allow" | "deny" | "hold" | "dialog"): void;
  release(how: "allow" | "deny" | "dialog"): void;
  /** The next hook of this name since the last thing waited for. */
  hook(name: string): Promise<void>;
  model(moment: string, detail?: string): Promise<void>;
  /** An entry of the agent's record that holds the text. */
  record(text: string): Promise<void>;
  dead(): Promise<void>;
  /** Goes on recording for so long, ms. */
  rest(ms: number): Promise<void>;
}

/** ms between two looks at the screen. */
const lookEvery = 120;
/** ms between pasting and Enter. */
const pasteGap = 120;
/** ms that anything waited for may take. */
const longest = 60_000;
const format =
  "#{pane_dead}\t#{pane_dead_status}#{pane_dead_signal}\t#{cursor_x}\t#{cursor_y}\t#{alternate_on}\t#{pane_current_command}\t#{pane_title}";

const decisions = {
  allow: { behavior: "allow" },
  deny: { behavior: "deny", message: "Not this one, please go on without it." },
} as const;

const answerOf = (how: "allow" | "deny" | "dialog"): object | null =>
  how === "dialog"
    ? null
    : { hookSpecificOutput: { hookEventName: "PermissionRequest", decision: decisions[how] } };

export interface Recording {
  readonly folder: string;
  readonly lines: readonly Line[];
  /** Why the scenario did not come to its end; null: it did. */
  readonly failure: Error | null;
}

/** Plays a scenario with an agent and gives what was recorded, in order of time. */
export async function record(
  order: Order,
  play: (stage: Stage) => Promise<void>,
): Promise<Recording> {
  const place = await makeAgentsPlace();
  const model = await startModel();
  const lines: Line[] = [];
  const began = Date.now();
  const waiting = new Set<() => void>();
  const put = (line: Line): void => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const since = (at: number): number => Math.max(0, at - began);
  const ears = await listen(join(place.folder, "events"), ({ via, at, body }: Heard) => {
    put({ t: since(at), k: "hook", via, body });
    const asks = body["hook_event_name"] === "PermissionRequest";
    if (asks && answering !== "hold") act("answer", answering);
  });
  const seat = await seatOf(order.cli, {
    place,
    program: order.program,
    model: model.url,
    hooks: { url: ears.url, script: ears.script },
    ...(order.env === undefined ? {} : { env: order.env }),
    ...(order.args === undefined ? {} : { args: order.args }),
  });
  const records = follow(
    async () =>
      (await readdir(seat.records, { recursive: true }).catch(() => []))
        .filter((name) => name.endsWith(".jsonl"))
        .map((name) => join(seat.records, name)),
    (_file, line) => put({ t: since(Date.now()), k: "record", body: JSON.parse(line) }),
  );
  let session: string | null = order.cli === "claude" ? randomUUID() : null;
  let running = false;
  let over = false;
  let answering: "allow" | "deny" | "hold" | "dialog" = "dialog";
  let mark = 0;
  let timeline = 0;

  const drain = (): void => {
    for (const entry of model.timeline.entries.slice(timeline))
      put(momentOf(entry, since(entry.at)));
    timeline = model.timeline.entries.length;
  };
  const until = async (what: string, fits: (line: Line) => boolean): Promise<void> => {
    const end = Date.now() + longest;
    for (;;) {
      drain();
      const at = lines.findIndex((line, n) => n >= mark && fits(line));
      if (at >= 0) {
        mark = at + 1;
        return;
      }
      order.signal.throwIfAborted();
      if (Date.now() > end) throw new Error(`Waited in vain for ${what}\n${await screenOf(place)}`);
      await sleep(20);
    }
  };
  const act = (name: string, detail = ""): void =>
    put({ t: since(Date.now()), k: "act", act: name, detail });
  const launch = async (argv: readonly string[]): Promise<void> => {
    const env = Object.entries(seat.env).map(([name, value]) => `${name}=${value}`);
    const size = order.size;
    const command = ["env", "-i", "TERM=screen-256color", ...env, ...argv];
    if (running)
      await place.tmux("respawn-pane", "-k", "-t", "agent", "-c", place.worktree, ...command);
    else {
      const sized = ["-x", String(size[0]), "-y", String(size[1])];
      await place.tmux(
        "new-session",
        "-d",
        "-s",
        "agent",
        ...sized,
        "-c",
        place.worktree,
        ...command,
        ";",
        "set-option",
        "-g",
        "remain-on-exit",
        "on",
      );
    }
    running = true;
    await settled();
  };
  // Only for waiting until it takes a prompt; labels never come from here.
  const settled = async (): Promise<void> => {
    const end = Date.now() + longest;
    for (;;) {
      const last = lines.findLast((line): line is ScreenLine => line.k === "screen");
      const quiet = last === undefined ? 0 : since(Date.now()) - last.t;
      if (last !== undefined && last.rows > 2 && quiet > 1_200) return;
      if (Date.now() > end) throw new Error(`Never came to rest\n${await screenOf(place)}`);
      await sleep(50);
    }
  };
  const looking = lookAround();

  async function lookAround(): Promise<void> {
    const view = makeView(put);
    while (!over) {
      const at = Date.now();
      drain();
      await records.look().catch(() => {}); // a file may be rotated away under the look
      if (running) await view.look(place, since).catch(() => {}); // the pane may just be starting
      await sleep(Math.max(10, lookEvery - (Date.now() - at)));
    }
  }

  const stage: Stage = {
    place,
    cli: order.cli,
    async start() {
      act("start");
      await launch([...seat.start(), ...(session === null ? [] : ["--session-id", session])]);
    },
    async resume() {
      session ??= sessionOf(lines);
      if (session === null) throw new Error("The agent never named its session");
      act("resume");
      await launch(seat.resume(session));
    },
    async type(text) {
      await paste(place, text);
      act("type", text);
    },
    async submit(text) {
      await paste(place, text);
      await sleep(pasteGap);
      mark = lines.length;
      act("submit", text);
      await place.tmux("send-keys", "-t", "agent", "Enter");
    },
    async keys(...keys) {
      mark = lines.length;
      act("keys", keys.join(" "));
      await place.tmux("send-keys", "-t", "agent", ...keys);
    },
    async kill(signal) {
      act("kill", signal);
      process.kill(
        Number(await place.tmux("display-message", "-p", "-t", "agent", "#{pane_pid}")),
        signal,
      );
    },
    permit(how) {
      answering = how;
      if (how === "hold") ears.hold();
      else ears.permit(answerOf(how));
    },
    release(how) {
      act("answer", how);
      ears.release(answerOf(how));
    },
    hook: (name) =>
      until(
        `the hook ${name}`,
        (line) => line.k === "hook" && line.body["hook_event_name"] === name,
      ),
    model: (moment, detail) =>
      until(
        `the model's ${moment}`,
        (line) =>
          line.k === "model" &&
          line.moment === moment &&
          line.side === null &&
          (detail === undefined || line.detail === detail),
      ),
    record: (text) =>
      until(
        `a record of ${text}`,
        (line) => line.k === "record" && JSON.stringify(line.body).includes(text),
      ),
    dead: () => until("its end", (line) => line.k === "dead"),
    rest: (ms) => sleep(ms, undefined, { signal: order.signal }),
  };
  let failure: Error | null = null;
  try {
    await play(stage);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  } finally {
    over = true;
    await looking;
    await ears.close();
    await model.close();
    await place.clear();
  }
  return { folder: place.folder, lines: lines.toSorted((a, b) => a.t - b.t), failure };
}

function momentOf({ moment, request, step, side, detail }: Entry, t: number): Line {
  return { t, k: "model", moment, request, step, side, detail };
}

function sessionOf(lines: readonly Line[]): string | null {
  for (const line of lines) {
    const id = line.k === "hook" ? line.body["session_id"] : null;
    if (typeof id === "string") return id;
  }
  return null;
}

async function paste(place: AgentsPlace, text: string): Promise<void> {
  await place.tmux("set-buffer", "-b", "prompt", "--", text);
  await place.tmux("paste-buffer", "-p", "-r", "-d", "-b", "prompt", "-t", "agent");
}

function screenOf(place: AgentsPlace): Promise<string> {
  return place.tmux("capture-pane", "-p", "-t", "agent");
}

/** Keeps the last screen, and puts down what changed. */
function makeView(put: (line: Line) => void): {
  look(place: AgentsPlace, since: (at: number) => number): Promise<void>;
} {
  let before: readonly string[] = [];
  let facts = "";
  let same: number[] = [];
  let dead = false;
  return {
    async look(place, since) {
      const begun = Date.now();
      const text = await place.tmux(
        "display-message",
        "-p",
        "-t",
        "agent",
        format,
        ";",
        "capture-pane",
        "-e",
        "-p",
        "-t",
        "agent",
      );
      const t = since(Math.round((begun + Date.now()) / 2));
      const [head = "", ...rest] = text.replace(/\n$/, "").split("\n");
      const [isDead, status = "", x, y, alternate, command = "", ...title] = head.split("\t");
      if ((isDead === "1") !== dead) {
        dead = !dead;
        if (dead) put({ t, k: "dead", status });
      }
      const now = rest.slice(0, rest.findLastIndex((row) => row !== "") + 1);
      const changed: Record<string, string> = {};
      for (const [n, row] of now.entries()) if (row !== before[n]) changed[n] = row;
      if (head === facts && Object.keys(changed).length === 0 && now.length === before.length) {
        same.push(t);
        return;
      }
      before = now;
      facts = head;
      same = [];
      put({
        t,
        k: "screen",
        changed,
        rows: now.length,
        cursor: [Number(x), Number(y)],
        title: title.join("\t"),
        command,
        alternate: alternate === "1",
        same,
      });
    },
  };
}
