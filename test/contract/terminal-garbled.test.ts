// What a torn, flooded or mixed-up line to tmux does: a program between the control client and us spoils what tmux
// answers. Nothing is read wrongly, and the next question is asked by a new client.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pane, PaneIdentity } from "../../src/core/ports.ts";
import { Failure } from "../../src/core/words.ts";
import { openControl } from "../../src/world/tmux/control.ts";
import { type TmuxStage, tmuxStage } from "./terminal-stages.ts";
import { failureOf } from "./terminal-suite.ts";

const forever = new AbortController().signal;
/** Spoils the next answer in one of these ways, while the file `spoil` names one. */
const between = `#!${process.execPath}
const { spawn } = require("node:child_process");
const { readFileSync, rmSync, writeSync } = require("node:fs");
const child = spawn("tmux", process.argv.slice(2), { stdio: ["pipe", "pipe", "inherit"] });
process.stdin.pipe(child.stdin);
process.stdin.on("end", () => child.stdin.end());
child.on("exit", (code) => process.exit(code ?? 1));
const file = process.argv[1] + ".spoil";
const next = () => {
  try { const how = readFileSync(file, "utf8"); rmSync(file); return how; } catch { return ""; }
};
const say = (line) => process.stdout.write(line + "\\n", "latin1");
let rest = "", how = "", cut = false;
child.stdout.setEncoding("latin1");
child.stdout.on("data", (text) => {
  const lines = (rest + text).split("\\n");
  rest = lines.pop();
  for (const line of lines) {
    if (line.startsWith("%begin ") && how === "") how = next();
    if (how === "dies within an answer" && !line.startsWith("%begin ")) {
      writeSync(1, line.slice(0, 3));
      process.kill(child.pid, "SIGKILL");
      process.exit(1);
    }
    if (how === "loses the end of an answer" && line.startsWith("%end ")) { how = ""; continue; }
    if (how === "loses a whole answer") {
      if (/^[0-9a-f]{16}\\.\\d+$/.test(line)) how = "and its end";
      continue;
    }
    if (how === "and its end") { how = ""; continue; }
    if (how === "sends a line without end") {
      how = "";
      process.stdout.write("x".repeat(5 << 20));
      continue;
    }
    say(line);
  }
});
`;

let folder: string;
let stage: TmuxStage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "batty-between-"));
  await writeFile(join(folder, "tmux.cjs"), between);
  await chmod(join(folder, "tmux.cjs"), 0o755);
  stage = await tmuxStage({ limitMs: 1000, tmuxPath: join(folder, "tmux.cjs") });
});
afterEach(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

const spoil = (how: string) => writeFile(join(folder, "tmux.cjs.spoil"), how);

/** Resolves with what was answered, or the failure. */
const said = async <T>(call: Promise<T>): Promise<T | Failure> =>
  call.catch((error: unknown) => {
    if (error instanceof Failure) return error;
    throw error;
  });

async function launch(member: string): Promise<Pane> {
  const pane = await stage.terminal.launch(stage.launchOf(member), forever);
  await stage.ready(member);
  return pane;
}

test.each([
  "dies within an answer",
  "loses the end of an answer",
  "loses a whole answer",
  "sends a line without end",
])(
  "a client that %s: no pane is missed, none is shown as another, and it is replaced",
  async (how) => {
    const panes = [await launch("eng-1-1"), await launch("eng-1-2")];
    const composing = async (pane: PaneIdentity): Promise<void> => {
      await stage.terminal.paste(pane, `I am ${pane.member}`, forever);
      await stage.composing(pane.member, `I am ${pane.member}`);
    };
    for (const pane of panes) await composing(pane);
    const client = Number(await stage.tmux("list-clients", "-F", "#{client_pid}"));
    await spoil(how);
    const looks = panes.flatMap((pane) => [
      said(stage.terminal.list(forever)),
      said(stage.terminal.capture(pane, null, forever)).then((rows) =>
        rows instanceof Failure ? rows : expect(rows.join()).toContain(`I am ${pane.member}`),
      ),
    ]);
    for (const look of await Promise.all(looks)) {
      if (look instanceof Failure) expect(look.code).toMatch(/^tmux\.(gone|timeout)$/);
      else if (Array.isArray(look)) expect(look).toHaveLength(2);
    }
    expect(await stage.terminal.list(forever)).toHaveLength(2);
    const now = await stage.tmux("list-clients", "-F", "#{client_pid}");
    expect(Number(now)).not.toBe(client);
    for (const { member, ...pane } of panes) {
      await stage.terminal.keys({ member, ...pane }, ["Enter"], forever);
      expect(await stage.taken(member, 1)).toEqual([`I am ${member}`]);
    }
  },
);

test("a client that answers nothing is told as slow for six deadlines, and is ended then", async () => {
  await writeFile(join(folder, "silent"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const closed: boolean[] = [];
  const hints = { onOutput: () => {}, onPause: () => {}, onSubscription: () => {} };
  const start = { tmux: join(folder, "silent"), args: [], env: { PATH: "/usr/bin:/bin" } };
  const control = openControl(start, { ...hints, onClose: () => closed.push(true) });
  const began = performance.now();
  let code = "";
  for (; code !== "tmux.gone"; code = (await failureOf(control.ask("list-panes", 30))).code)
    expect(closed).toEqual([]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(6 * 30);
  expect([closed, control.open]).toEqual([[true], false]);
  await control.close();
});
