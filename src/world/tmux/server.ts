// The life of our tmux server as the bot sees it: attached lazily, made at the first launch, ended for good.
// Tells "certainly absent" from "no answer" by the socket and the process, never by tmux's words.
import { existsSync, realpathSync } from "node:fs";
import { Failure } from "../../core/words.ts";
import {
  endProcesses,
  isAlive,
  outlast,
  type ProcessId,
  processTree,
  signalProcess,
  startTimeOf,
} from "../proc.ts";
import { type Control, type ControlEvents, openControl } from "./control.ts";
import { terminalType } from "./launch.ts";
import { placeholder } from "./panes.ts";
import { quote } from "./quote.ts";
import { isListening, socketPath } from "./socket.ts";

export interface ServerOptions {
  readonly socket: string;
  readonly session: string;
  readonly tmux: string;
  /** PATH, HOME and TMUX_TMPDIR are taken from it, nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long tmux may take for one answer. */
  readonly limitMs: number;
}

export interface Server {
  /** Null: certainly no such server or session. @throws Failure `tmux.timeout` | `tmux.gone` | `tmux.missing` */
  attach(): Promise<Control | null>;
  /** Makes server and session when absent (with one dead placeholder pane). */
  open(): Promise<Control>;
  /** Ends the server and everything under it. */
  end(): Promise<void>;
  close(): Promise<void>;
}

/** Options of the server, set before its first pane exists. */
const options = [
  ["-g", "history-limit", "20000"],
  ["-g", "remain-on-exit", "on"],
  ["-g", "mouse", "on"],
  ["-s", "escape-time", "0"],
  ["-g", "default-size", "200x50"],
  ["-g", "window-size", "latest"],
  ["-g", "default-terminal", terminalType],
  ["-g", "pane-border-status", "top"],
  ["-g", "pane-border-format", " #{?#{@batty_role},#{@batty_role},#{pane_title}} "],
  ["-g", "allow-rename", "off"],
  ["-g", "update-environment", ""],
] as const;

/** `ignore-size`: our client must not shape the windows; `pause-after`: seconds we may lag behind a pane. */
const clientFlags = "ignore-size,pause-after=5";
/**
 * Launches need panes that outlive their program, whoever made the server. Then the clock as tmux formats can read it:
 * commands carry the second after which they are void.
 */
const greeting = `set-option -g remain-on-exit on ; set-option -g @batty_now "%s" ; refresh-client -B ${quote("dead:%*:#{pane_dead}")} ; display-message -p "#{pid}"`;

export function tmuxServer(settings: ServerOptions, events: ControlEvents): Server {
  const env = serverEnvironment(settings.env);
  const target = `=${settings.session}`;
  const attachment = ["attach-session", "-t", target, "-f", clientFlags];
  let control: Control | null = null;
  let connecting: Promise<Control | null> | null = null;
  let process: ProcessId | null = null;

  const listens = (): Promise<boolean> => isListening(socketPath(settings.socket, env));

  async function connect(commands: readonly string[]): Promise<Control | null> {
    const args = ["-L", settings.socket, "-f", "/dev/null", ...commands];
    const next = openControl({ tmux: settings.tmux, args, env }, events);
    try {
      if (!(await next.attached(settings.limitMs))) {
        await next.close();
        return null;
      }
      const answer = await next.ask(greeting, settings.limitMs);
      const pid = Number(answer.lines[0]);
      process = { pid, startTime: startTimeOf(pid) ?? "" };
      control = next;
      return next;
    } catch (error) {
      await next.close();
      // Ended while we came: that is a definite no, if nobody listens any more.
      if (hasGone(error) && !(await listens())) return null;
      throw error;
    }
  }

  /** One at a time, whoever asks. */
  function once(make: () => Promise<Control | null>): Promise<Control | null> {
    connecting ??= make().finally(() => {
      connecting = null;
    });
    return connecting;
  }

  const attach = async (): Promise<Control | null> => {
    if (control?.open) return control;
    return once(async () => ((await listens()) ? connect(attachment) : null));
  };

  async function create(): Promise<Control | null> {
    // A server that is going away still owns the socket; a new one beside it would die with it.
    if (process !== null && !(await listens())) await outlast([process], settings.limitMs);
    const first = ["start-server", ...options.flatMap((option) => [";", "set-option", ...option])];
    const make = [
      ";",
      "new-session",
      "-d",
      "-x",
      "200",
      "-y",
      "50",
      "-s",
      settings.session,
      "-n",
      "team",
    ];
    return connect([...first, ...make, placeholder, ";", ...attachment]);
  }

  const open = async (): Promise<Control> => {
    let problem: unknown = null;
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        const found = (await attach()) ?? (await once(create));
        if (found !== null) return found;
      } catch (error) {
        if (!hasGone(error)) throw error;
        problem = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 30 * attempt));
    }
    throw new Failure(
      "tmux.gone",
      `no tmux session "${settings.session}" could be made on socket ${settings.socket}`,
      {
        cause: problem,
        hint: `look with: tmux -L ${settings.socket} list-sessions`,
      },
    );
  };

  const end = async (): Promise<void> => {
    const found =
      process !== null && isAlive(process.pid, process.startTime) ? null : await attach();
    if (process === null || (found === null && !isAlive(process.pid, process.startTime))) return;
    const server = process;
    const [, ...below] = processTree(server.pid);
    // Its answer is lost with it; one that hangs gives none in time, and is killed.
    const heard = await control?.ask("kill-server", settings.limitMs).then(() => true, hasGone);
    if (!heard) signalProcess(server, "SIGTERM");
    const left = await outlast([server], heard ? settings.limitMs : 100);
    for (const each of left) signalProcess(each, "SIGKILL");
    await outlast(left, 1000);
    await endProcesses(below, 500);
    process = null;
  };

  return {
    attach,
    open,
    end,
    close: async () => {
      await connecting?.catch(() => {});
      await control?.close();
      control = null;
    },
  };
}

const hasGone = (error: unknown): boolean => error instanceof Failure && error.code === "tmux.gone";

function serverEnvironment(env: ServerOptions["env"]): Record<string, string> {
  const clean: Record<string, string> = {
    PATH: env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: env["HOME"] ?? "/",
    TERM: "screen-256color",
    LANG: "C.UTF-8",
  };
  // Where sockets lie must be the same for us, for the server and for a person who attaches.
  const folder = env["TMUX_TMPDIR"];
  if (folder !== undefined && folder !== "" && existsSync(folder))
    clean["TMUX_TMPDIR"] = realpathSync(folder);
  return clean;
}
