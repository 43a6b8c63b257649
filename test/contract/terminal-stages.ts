// The two stages of the terminal's contract: tmux with a real reader program, and the fake in memory.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Launch, Pane, PaneIdentity } from "../../src/core/ports.ts";
import { allProcesses, outlast, startedWith, statOf } from "../../src/world/proc.ts";
import { openTerminal } from "../../src/world/tmux/terminal.ts";
import { fakeTerminal } from "../fakes/terminal.ts";
import type { Stage } from "./terminal-suite.ts";

const run = promisify(execFile);
const reader = join(import.meta.dirname, "reader-agent.mjs");

export interface TmuxStage extends Stage {
  readonly folder: string;
  readonly socket: string;
  readonly session: string;
  /** Runs tmux as a person would. */
  tmux(...args: readonly string[]): Promise<string>;
  serverPid(): Promise<number>;
  /** Everything the member's readers noted, one object a line. */
  notes(member: string): readonly Record<string, unknown>[];
  /** The frozen server is gone: nobody is left to thaw. */
  forgetFreeze(): void;
  /** Tries until it holds. */
  until<T>(attempt: () => T | Promise<T>): Promise<T>;
}

export async function tmuxStage(
  more: { readonly limitMs?: number; readonly tmuxPath?: string } = {},
): Promise<TmuxStage> {
  const folder = await mkdtemp(join(tmpdir(), "batty-tmux-"));
  const socket = `batty-test-${randomBytes(6).toString("hex")}`;
  const session = "batty-test";
  const dirty = new Set<string>();
  const deaths = told();
  const terminal = await openTerminal({
    socket,
    session,
    seatsDir: join(folder, "seats"),
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      TMUX_TMPDIR: folder,
      SECRET: "must not be seen",
    },
    limitMs: more.limitMs ?? 2000,
    ...(more.tmuxPath !== undefined && { tmuxPath: more.tmuxPath }),
    onDirty: (pane) => dirty.add(pane),
    onDeath: deaths.tell,
  });
  const personsEnv = { PATH: process.env["PATH"], HOME: folder, TMUX_TMPDIR: folder };
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run("tmux", ["-L", socket, ...args], { env: personsEnv })).stdout.trim();
  const serverPid = async (): Promise<number> =>
    Number(await tmux("display-message", "-p", "#{pid}"));
  let frozen: number | null = null;
  const logOf = (member: string): string => join(folder, `${member}.log`);
  const notes = (member: string): Record<string, unknown>[] =>
    existsSync(logOf(member))
      ? readFileSync(logOf(member), "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
  const taken = (member: string): string[] =>
    notes(member).flatMap(({ took }) => (typeof took === "string" ? [took] : []));
  const starts = (member: string): number =>
    notes(member).filter(({ env }) => env !== undefined).length;
  const readied = new Map<string, number>();

  return {
    terminal,
    dirty,
    folder,
    socket,
    session,
    tmux,
    serverPid,
    notes,
    until,
    launchOf: (member, launch) => ({
      member,
      epoch: 1,
      column: columnOf(member),
      cwd: folder,
      argv: [process.execPath, reader],
      env: { READER_LOG: logOf(member), PATH: process.env["PATH"] ?? "" },
      ...launch,
    }),
    ready: async (member) => {
      const before = readied.get(member) ?? 0;
      await until(() => expect(starts(member)).toBeGreaterThan(before));
      readied.set(member, starts(member));
      const pane = (await terminal.list(forever)).find((each) => each.member === member);
      if (pane === undefined) return expect.fail(`${member} has no pane`);
      await until(async () => expect(await terminal.capture(pane, null, forever)).toContain(">"));
    },
    taken: async (member, count) => {
      await until(() => expect(taken(member).length).toBeGreaterThanOrEqual(count));
      return taken(member);
    },
    composing: async (member, text) => {
      const pane = (await terminal.list(forever)).find((each) => each.member === member);
      if (pane === undefined) return expect.fail(`${member} has no pane`);
      await until(async () =>
        expect((await terminal.capture(pane, null, forever)).join("\n")).toContain(text),
      );
    },
    death: deaths.wait,
    certainDeath: deaths.waitForCertain,
    scroll: async ({ pane }, on) => {
      await tmux(...(on ? ["copy-mode", "-t", pane] : ["send-keys", "-X", "-t", pane, "cancel"]));
    },
    replaceByStranger: async ({ pane }) => {
      await tmux("respawn-pane", "-k", "-t", pane, `cat >${join(folder, "stranger")}`);
      await until(() => expect(existsSync(join(folder, "stranger"))).toBe(true));
    },
    hasStrangerInput: async ({ pane }) => {
      // Whatever had been typed before this mark would stand before it.
      await tmux("send-keys", "-t", pane, "mark", "Enter");
      const file = join(folder, "stranger");
      await until(() => expect(readFileSync(file, "utf8")).toContain("mark\n"));
      return readFileSync(file, "utf8") !== "mark\n";
    },
    openStrangersPane: async () => {
      await tmux("split-window", "-d", "-t", `=${session}:`, "cat");
    },
    freeze: async () => {
      frozen = await serverPid();
      process.kill(frozen, "SIGSTOP");
    },
    thaw: async () => {
      if (frozen !== null) process.kill(frozen, "SIGCONT");
      frozen = null;
    },
    forgetFreeze: () => {
      frozen = null;
    },
    crash: async () => {
      process.kill(await serverPid(), "SIGKILL");
    },
    close: async () => {
      if (frozen !== null) process.kill(frozen, "SIGCONT");
      await terminal.end(forever);
      await terminal.close();
      const left = ours(folder, socket);
      expect(await outlast(left, 1000)).toEqual([]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Processes of this stage: agents by their environment, servers and clients by their socket. */
function ours(folder: string, socket: string) {
  return allProcesses().filter(
    ({ pid }) => startedWith(pid, `READER_LOG=${folder}`) || commandOf(pid).includes(socket),
  );
}

function commandOf(pid: number): string {
  if (statOf(pid) === null) return "";
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    // It ended meanwhile.
    return "";
  }
}

export async function fakeStage(): Promise<Stage> {
  const dirty = new Set<string>();
  const deaths = told();
  const taken = new Map<string, string[]>();
  const terminal = fakeTerminal({
    onDirty: (pane) => dirty.add(pane),
    onDeath: deaths.tell,
    agents: ({ member }) => ({
      onSubmit: (text, seat) => {
        taken.set(member, [...(taken.get(member) ?? []), text]);
        if (text.startsWith("exit ")) seat.exit(Number(text.slice(5)));
      },
    }),
  });
  const done = async (): Promise<void> => {};
  const memberIn = ({ member }: PaneIdentity): string => member;
  return {
    terminal,
    dirty,
    launchOf: (member, launch): Launch => ({
      member,
      epoch: 1,
      column: columnOf(member),
      cwd: "/",
      argv: ["reader"],
      env: {},
      ...launch,
    }),
    ready: done,
    taken: async (member) => taken.get(member) ?? [],
    composing: async (member, text) => expect(terminal.seat(member).composer).toContain(text),
    death: deaths.wait,
    certainDeath: deaths.waitForCertain,
    scroll: async (pane, on) => terminal.scroll(memberIn(pane), on),
    replaceByStranger: async (pane) => terminal.replaceByStranger(memberIn(pane)),
    hasStrangerInput: async () => terminal.typed.some(({ member }) => member === ""),
    openStrangersPane: async () => terminal.openStrangersPane(),
    freeze: async () => terminal.freeze(),
    thaw: async () => terminal.thaw(),
    crash: async () => terminal.crash(),
    close: async () => {
      terminal.thaw();
      await terminal.end(forever);
      expect(await terminal.list(forever)).toEqual([]);
    },
  };
}

const forever = new AbortController().signal;

const columnOf = (member: string): 0 | 1 | 2 =>
  member.startsWith("arch") ? 0 : member.startsWith("man") ? 1 : 2;

/** Deaths from here on; each is waited for once. */
function told(): {
  tell(member: string, pane: Pane | null): void;
  wait(member: string): Promise<void>;
  waitForCertain(member: string): Promise<Pane>;
} {
  const waiting = new Map<string, () => void>();
  const sure = new Map<string, (pane: Pane) => void>();
  return {
    tell: (member, pane) => {
      waiting.get(member)?.();
      if (pane !== null) sure.get(member)?.(pane);
    },
    wait: (member) => new Promise((resolve) => waiting.set(member, resolve)),
    waitForCertain: (member) => new Promise((resolve) => sure.set(member, resolve)),
  };
}

async function until<T>(attempt: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      // Not yet; the test's own time limit ends it.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
