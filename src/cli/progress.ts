// What long work is at while a verb waits for it: a bar on a terminal, a line each 5 s on a pipe, nothing for programs.
import type { ShellReply } from "../chat/desk.ts";
import { connectShell } from "../chat/local/client.ts";
import { type Progress, progressLine } from "../core/progress.ts";
import type { Call } from "./call.ts";

/** Between two looks, ms: at what moves, and at what is written down. */
const looks = { onTerminal: 300, onPipe: 5_000 };

/** Where progress goes: `stderr` of the process. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Runs `work` and shows meanwhile what the bot behind the socket says it is at, or what the look finds. */
export async function watched<T>(
  call: Pick<Call, "json">,
  at: string | (() => Promise<readonly Progress[]>),
  work: () => Promise<T>,
  screen: Screen = process.stderr,
  every = looks,
): Promise<T> {
  if (call.json) return work();
  const onTerminal = screen.isTTY === true;
  let drawn = false;
  const timer = setInterval(
    () => {
      void (typeof at === "string" ? look(at) : at()).then((rows) => {
        const line = rows.map((row) => progressLine(row)).join(" · ");
        if (over || line === "") return;
        drawn = true;
        screen.write(onTerminal ? `\r\x1b[K${line}` : `${line}\n`);
      });
    },
    onTerminal ? every.onTerminal : every.onPipe,
  );
  let over = false;
  try {
    return await work();
  } finally {
    over = true;
    clearInterval(timer);
    if (drawn && onTerminal) screen.write("\r\x1b[K");
  }
}

async function look(socket: string): Promise<readonly Progress[]> {
  try {
    const reply: ShellReply = await connectShell(socket, "status", []);
    return reply.ok ? (reply.json as { progress: readonly Progress[] }).progress : [];
  } catch {
    return []; // the bot is not up yet, or just gone: the verb itself tells
  }
}
