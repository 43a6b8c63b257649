// What only the real terminal can show: environments, the screen's layout, process trees, and lost clients.
import { readFileSync } from "node:fs";
import { appendFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pane, PaneIdentity } from "../../src/core/ports.ts";
import { allProcesses, ancestors, isAlive, startTimeOf } from "../../src/world/proc.ts";
import { type TmuxStage, tmuxStage } from "./terminal-stages.ts";
import { failureOf } from "./terminal-suite.ts";

const forever = new AbortController().signal;
let stage: TmuxStage;

beforeEach(async () => {
  stage = await tmuxStage();
});
afterEach(() => stage.close());

async function launch(member: string, more = {}): Promise<Pane> {
  const pane = await stage.terminal.launch(stage.launchOf(member, more), forever);
  await stage.ready(member);
  return pane;
}

async function submit(pane: PaneIdentity, text: string): Promise<void> {
  await stage.terminal.paste(pane, text, forever);
  await stage.terminal.keys(pane, ["Enter"], forever);
}

test("an agent has exactly its launch's environment, arguments and folder", async () => {
  const strange = "a 'b' \"c\" $D `e` \\ #{f} ; é\nnext";
  const made = stage.launchOf("eng-1-1");
  const argv = [...made.argv, strange, "", "-x"];
  // Whatever the bot's own terminal is, the agent's is the pane.
  await launch("eng-1-1", { argv, env: { ...made.env, STRANGE: strange, TERM: "dumb" } });
  const [{ env, argv: args, cwd } = {}] = stage.notes("eng-1-1");
  expect(args).toEqual([strange, "", "-x"]);
  expect(cwd).toBe(stage.folder);
  // PWD is what a shell adds.
  const { PWD: _, ...rest } = env as Record<string, string>;
  expect(rest).toEqual({ ...made.env, STRANGE: strange, TERM: "screen-256color" });
});

test("the tmux server carries nothing of the bot's environment but what it needs", async () => {
  await launch("eng-1-1");
  const environment = readFileSync(`/proc/${await stage.serverPid()}/environ`, "utf8");
  const names = environment
    .split("\0")
    .filter(Boolean)
    .map((line) => line.split("=")[0]);
  expect(
    names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name ?? "")).sort(),
  ).toEqual(["HOME", "LANG", "PATH", "TERM", "TMUX_TMPDIR"]);
});

test("architects stand left, managers in the middle, engineers right, whatever the order of launches", async () => {
  const names = ["eng-1-2", "manager", "eng-1-1", "architect", "eng-1-10", "eng-2-1"];
  await Promise.all(names.map((member) => stage.terminal.launch(stage.launchOf(member), forever)));
  const format = "#{@batty_role} #{pane_left} #{pane_top} #{pane_width} #{pane_height}";
  const rows = (await stage.tmux("list-panes", "-a", "-F", format)).split("\n").map((row) => {
    const [member = "", left, top, width, height] = row.split(" ");
    return {
      member,
      left: Number(left),
      top: Number(top),
      width: Number(width),
      height: Number(height),
    };
  });
  const sorted = [...rows].sort((a, b) => a.left - b.left || a.top - b.top);
  expect(sorted.map(({ member }) => member)).toEqual([
    "architect",
    "manager",
    "eng-1-1",
    "eng-1-2",
    "eng-1-10",
    "eng-2-1",
  ]);
  expect(new Set(rows.map(({ left }) => left)).size).toBe(3);
  const heights = rows.filter(({ member }) => member.startsWith("eng")).map(({ height }) => height);
  expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(2);
  expect(Math.min(...rows.map(({ width }) => width))).toBeGreaterThanOrEqual(95);
});

test("fifteen engineers all have a pane that an agent can use", async () => {
  const names = Array.from(
    { length: 15 },
    (_, at) => `eng-${1 + Math.floor(at / 5)}-${1 + (at % 5)}`,
  );
  for (const member of ["architect", "manager", ...names]) {
    await stage.terminal.launch(stage.launchOf(member, { argv: ["cat"] }), forever);
  }
  const sizes = (
    await stage.tmux("list-panes", "-s", "-F", "#{window_id} #{pane_width} #{pane_height}")
  )
    .split("\n")
    .map((row) => row.split(" "));
  expect(sizes).toHaveLength(17);
  expect(new Set(sizes.map(([window]) => window)).size).toBe(1);
  expect(Math.min(...sizes.map(([, width]) => Number(width)))).toBeGreaterThanOrEqual(80);
  expect(Math.min(...sizes.map(([, , height]) => Number(height)))).toBeGreaterThanOrEqual(9);
});

test("a pane is tagged, named in its border, and the window follows whoever attaches", async () => {
  const { pane } = await launch("eng-1-1", { epoch: 4 });
  const show = (format: string) => stage.tmux("display-message", "-p", "-t", pane, format);
  expect(await show("#{@batty_role} #{@batty_epoch} #{history_limit}")).toBe("eng-1-1 4 20000");
  expect(await stage.tmux("show-options", "-gv", "mouse")).toBe("on");
  expect(await stage.tmux("show-options", "-Aqwv", "-t", pane, "window-size")).toBe("latest");
  expect(await show("#{T:pane-border-format}")).toContain("eng-1-1");
});

test("a stranger's pane with the member's own tags gets nothing typed", async () => {
  const pane = await launch("eng-1-1");
  const forged = await stage.tmux(
    "split-window",
    "-d",
    "-P",
    "-F",
    "#{pane_id}",
    "-t",
    pane.pane,
    "cat",
  );
  await stage.tmux("set-option", "-p", "-t", forged, "@batty_role", "eng-1-1");
  await stage.tmux("set-option", "-p", "-t", forged, "@batty_epoch", "1");
  const paste = stage.terminal.paste({ ...pane, pane: forged }, "secret", forever);
  expect((await failureOf(paste)).code).toBe("pane.foreign");
  expect(await stage.tmux("capture-pane", "-p", "-t", forged)).toBe("");
});

test("a pane that was tagged as another member's gets nothing typed for the former one", async () => {
  const pane = await launch("eng-1-1");
  await stage.tmux("set-option", "-p", "-t", pane.pane, "@batty_role", "eng-1-2");
  const paste = stage.terminal.paste(pane, "for eng-1-1", forever);
  expect((await failureOf(paste)).code).toBe("pane.foreign");
  expect(await stage.tmux("capture-pane", "-p", "-t", pane.pane)).not.toContain("for eng-1-1");
});

test("killing ends daemons that left session and parent, and agents that ignore SIGTERM", async () => {
  const pane = await launch("eng-1-1");
  await submit(pane, "orphan");
  const daemon = await stage.until(() => {
    const found = stage.notes("eng-1-1").find(({ orphan }) => orphan !== undefined);
    if (found === undefined) throw new Error("not yet");
    return Number(found["orphan"]);
  });
  const startTime = startTimeOf(daemon) ?? "";
  await stage.terminal.kill(pane, forever);
  expect(isAlive(daemon, startTime)).toBe(false);
  expect(isAlive(pane.pid, pane.startTime)).toBe(false);
});

test("an orphan of an agent still descends from its wrapper", async () => {
  const orphan = join(stage.folder, "orphan");
  const script = `(setsid sh -c 'echo $$ >${orphan}; exec sleep 60' &); exec sleep 60`;
  const made = stage.launchOf("eng-1-1", { argv: ["sh", "-c", script] });
  const pane = await stage.terminal.launch(made, forever);
  const pid = await stage.until(async () => {
    const found = Number(readFileSync(orphan, "utf8"));
    if (found === 0) throw new Error("not yet");
    return found;
  });
  await stage.until(() => expect(ancestors(pid).map((each) => each.pid)).toContain(pane.pid));
});

test("Ctrl-C reaches the agent and leaves its wrapper alive", async () => {
  const made = stage.launchOf("eng-1-1", {
    argv: ["sh", "-c", "trap 'exit 5' INT; echo up; while :; do sleep 0.05; done"],
  });
  const pane = await stage.terminal.launch(made, forever);
  await stage.until(async () =>
    expect(await stage.terminal.capture(pane, null, forever)).toContain("up"),
  );
  const death = stage.death("eng-1-1");
  await stage.terminal.keys(pane, ["C-c"], forever);
  await death;
  expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: true, exit: 5 });
});

test("a killed agent and a killed wrapper are both told as deaths", async () => {
  const one = await launch("eng-1-1");
  const other = await launch("eng-1-2");
  const panes = await stage.terminal.list(forever);
  const agent = panes.find(({ member }) => member === "eng-1-1")?.agentPid ?? 0;
  const first = stage.death("eng-1-1");
  process.kill(agent, "SIGKILL");
  await first;
  const second = stage.death("eng-1-2");
  process.kill(other.pid, "SIGKILL");
  await second;
  const after = await stage.terminal.list(forever);
  expect(after.map(({ dead }) => dead)).toEqual([true, true]);
  expect(after.find(({ member }) => member === "eng-1-1")?.exit).toBe(137);
  await stage.terminal.kill(one, forever);
});

test("an exit file that holds no whole status yet says nothing of how its agent ended", async () => {
  await launch("eng-1-1", { epoch: 1 });
  const exit = join(stage.folder, "seats", "eng-1-1.1.exit");
  for (const text of ["", "13"]) {
    await writeFile(exit, text);
    expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: false, exit: null });
  }
  await writeFile(exit, "137\n");
  expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: true, exit: 137 });
});

test("an exit file of an agent that lives is no certain death, whoever wrote it", async () => {
  await launch("eng-1-1", { epoch: 1 });
  let certain: Pane | null = null;
  void stage.certainDeath("eng-1-1").then((pane) => {
    certain = pane;
  });
  const hint = stage.death("eng-1-1");
  await writeFile(join(stage.folder, "seats", "eng-1-1.1.exit"), "0\n");
  await hint;
  await new Promise(setImmediate);
  expect(certain).toBeNull();
});

test("an exit file that an agent wrote before its end does not hide how it ended, nor that it did", async () => {
  const mine = join(stage.folder, "seats", "eng-1-1.1.exit");
  const pane = await launch("eng-1-1", { epoch: 1 });
  const [listed] = await stage.terminal.list(forever);
  const hint = stage.death("eng-1-1");
  await appendFile(mine, "0\n");
  await hint;
  const death = stage.certainDeath("eng-1-1");
  process.kill(listed?.agentPid ?? pane.pid, "SIGKILL");
  expect(await death).toMatchObject({ dead: true, exit: 137 });
});

test("an agent shows its first words whole, whatever was left unread of those before it", async () => {
  const last = ["sh", "-c", "sleep 0.2; printf 'so long'; kill -KILL $$"];
  for (let epoch = 1; epoch <= 3; epoch += 1) {
    const pane = await stage.terminal.launch(
      stage.launchOf("eng-1-1", { argv: last, epoch }),
      forever,
    );
    // tmux finds the last words and the end at the same time.
    await stage.freeze();
    await stage.until(() =>
      expect(readFileSync(`/proc/${pane.pid}/stat`, "utf8")).toContain(") Z "),
    );
    await stage.thaw();
    await stage.until(async () =>
      expect((await stage.terminal.list(forever))[0]).toMatchObject({ epoch, dead: true }),
    );
  }
  const argv = ["sh", "-c", "printf 'I am here. '; sleep 0.5; printf 'Still here.'; exec sleep 60"];
  const pane = await stage.terminal.launch(stage.launchOf("eng-1-1", { argv, epoch: 4 }), forever);
  await stage.until(async () =>
    expect((await stage.terminal.capture(pane, null, forever)).join()).toContain("Still here."),
  );
  expect(await stage.terminal.capture(pane, null, forever)).toContain("I am here. Still here.");
});

test("an agent that cannot be started is a dead pane with the shell's status", async () => {
  const death = stage.death("eng-1-1");
  await stage.terminal.launch(stage.launchOf("eng-1-1", { argv: ["no-such-agent"] }), forever);
  await death;
  expect((await stage.terminal.list(forever))[0]).toMatchObject({ dead: true, exit: 127 });
});

test("a launch into a folder that does not exist is refused before anything is made", async () => {
  const made = stage.launchOf("eng-1-1", { cwd: join(stage.folder, "gone") });
  expect((await failureOf(stage.terminal.launch(made, forever))).message).toContain("gone");
  expect(await stage.terminal.list(forever)).toEqual([]);
});

test("when only the control client dies, panes stay known and are heard again", async () => {
  const pane = await launch("eng-1-1");
  const client = Number(await stage.tmux("list-clients", "-F", "#{client_pid}"));
  process.kill(client, "SIGKILL");
  await stage.until(async () => {
    expect(Number(await stage.tmux("list-clients", "-F", "#{client_pid}"))).toBeGreaterThan(client);
  });
  expect(await stage.terminal.list(forever)).toMatchObject([{ pid: pane.pid, dead: false }]);
  await submit(pane, "still there?");
  expect(await stage.taken("eng-1-1", 1)).toEqual(["still there?"]);
});

test("a live agent is adopted by another terminal with the same identity", async () => {
  const pane = await launch("eng-1-1", { epoch: 3 });
  await stage.terminal.close();
  const [adopted] = await stage.terminal.list(forever);
  expect(adopted).toMatchObject({
    pane: pane.pane,
    epoch: 3,
    pid: pane.pid,
    startTime: pane.startTime,
  });
  await submit(pane, "hello again");
  expect(await stage.taken("eng-1-1", 1)).toEqual(["hello again"]);
});

test("a session of somebody else on the socket is no session of ours", async () => {
  await stage.tmux("-f", "/dev/null", "new-session", "-d", "-s", "other", "cat");
  expect(await stage.terminal.list(forever)).toEqual([]);
  await launch("eng-1-1");
  expect(await stage.tmux("list-sessions", "-F", "#{session_name}")).toContain("other");
});

test("scrollback comes with the screen when it is asked for", async () => {
  const made = stage.launchOf("eng-1-1", { argv: ["sh", "-c", "seq 1 500; echo end; exec cat"] });
  const pane = await stage.terminal.launch(made, forever);
  await stage.until(async () =>
    expect(await stage.terminal.capture(pane, null, forever)).toContain("end"),
  );
  expect(await stage.terminal.capture(pane, null, forever)).not.toContain("1");
  expect(await stage.terminal.capture(pane, 1000, forever)).toContain("1");
});

test("a screen that imitates the control protocol changes nothing but itself", async () => {
  const fake = ["%begin 1 1 1", "%end 1 1 1", "%exit", "%pause %0", "%output %5 x", "%error 1 2 1"];
  const made = stage.launchOf("eng-1-1", {
    argv: ["sh", "-c", `printf '%s\\n' "$@"; exec cat`, "sh", ...fake],
  });
  const pane = await stage.terminal.launch(made, forever);
  await stage.until(async () =>
    expect((await stage.terminal.capture(pane, null, forever)).slice(0, 6)).toEqual(fake),
  );
  expect(stage.dirty.has("%5")).toBe(false);
});

test("while one pane floods, another is answered quickly", async () => {
  const flooder = await launch("eng-1-1");
  const quiet = await launch("eng-1-2");
  stage.dirty.clear();
  await submit(flooder, "flood");
  await stage.until(() => expect(stage.dirty.has(flooder.pane)).toBe(true));
  const from = performance.now();
  await submit(quiet, "hello");
  expect(await stage.taken("eng-1-2", 1)).toEqual(["hello"]);
  expect(performance.now() - from).toBeLessThan(5000);
});

test("the files of seats are private and those of former launches go away", async () => {
  const first = await launch("eng-1-1", { epoch: 1 });
  const file = join(stage.folder, "seats", "eng-1-1.1.pid");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const death = stage.death("eng-1-1");
  await submit(first, "exit 0");
  await death;
  expect((await stat(join(stage.folder, "seats", "eng-1-1.1.exit"))).mode & 0o777).toBe(0o600);
  await launch("eng-1-1", { epoch: 2 });
  await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a missing tmux is told as such, with what to do", async () => {
  const { openTerminal } = await import("../../src/world/tmux/terminal.ts");
  const options = { socket: "batty-none", session: "none", seatsDir: join(stage.folder, "other") };
  const terminal = await openTerminal({ ...options, tmuxPath: join(stage.folder, "no-tmux") });
  const failure = await failureOf(terminal.launch(stage.launchOf("eng-1-1"), forever));
  expect(failure.code).toBe("tmux.missing");
  expect(failure.hint).toContain("install");
  await terminal.close();
});

test("ending a server that hangs kills it with all that ran under it", async () => {
  const pane = await launch("eng-1-1");
  await stage.freeze();
  await stage.terminal.end(forever);
  expect(isAlive(pane.pid, pane.startTime)).toBe(false);
  expect(allProcesses().filter(({ session }) => session === pane.pid)).toEqual([]);
  stage.forgetFreeze();
});

test("a message's first line is a paste of its own, so that agents that fold long ones still show it", async () => {
  const reader = "stty -echo; printf '\\033[?2004h'; echo ready; exec cat -v";
  const made = stage.launchOf("eng-1-1", { argv: ["sh", "-c", reader] });
  const pane = await stage.terminal.launch(made, forever);
  const shown = async () => (await stage.terminal.screen(pane, forever)).rows.join("\n");
  await expect.poll(shown).toContain("ready");
  await submit(pane, "[batty m1 from ada]\nGo on\n\nto the end");
  await expect
    .poll(shown)
    .toContain("^[[200~[batty m1 from ada]\n^[[201~^[[200~Go on\n\nto the end^[[201~");
});
