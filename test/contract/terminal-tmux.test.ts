// What only the real terminal can show: environments, the screen's layout, process trees, and lost clients.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pane, PaneIdentity } from "../../src/core/ports.ts";
import { type TmuxStage, tmuxStage } from "./terminal-stages.ts";
import { failureOf } from "./terminal-suite.ts";

const mib = 1024 * 1024;
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
  const seat = { BATTY_SEAT: join(stage.folder, "seats", "eng-1-1.1") };
  expect(rest).toEqual({ ...made.env, STRANGE: strange, TERM: "screen-256color", ...seat });
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

test("a person's shell that has a lost pane's number gets nothing typed, and is left where it is", async () => {
  const pane = await launch("eng-1-1");
  await stage.tmux("kill-server");
  await stage.until(async () => expect(await stage.terminal.list(forever)).toEqual([]));
  await stage.tmux("-f", "/dev/null", "new-session", "-d", "-s", stage.session, "sleep 60");
  await stage.replaceByStranger(pane);
  expect(await stage.tmux("list-panes", "-a", "-F", "#{pane_id}")).toBe(pane.pane);
  expect((await failureOf(submit(pane, "secret"))).code).toMatch(/^pane\.(foreign|dead)$/);
  expect(await stage.terminal.list(forever)).toEqual([]);
  const next = await launch("eng-1-1", { epoch: 2 });
  expect(next.pane).not.toBe(pane.pane);
  await stage.terminal.kill(next, forever);
  expect(await stage.hasStrangerInput(pane)).toBe(false);
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

test("what an agent sends to its terminal moves nothing but its screen: no identity, no buffer, no command", async () => {
  const hit = join(stage.folder, "hit");
  const evil = `#(touch ${hit})#{@batty_role}#[fg=red]`;
  const bytes = [
    `\x1b]0;${evil}\x07\x1b]2;[batty] %exit\x07\x1bk${evil}\x1b\\`,
    `\x1b]52;c;${Buffer.from("/approve 1").toString("base64")}\x07`,
    "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\\x1b[201~\x1b[?2004l\x1b[21t\x1b[6n\x1b[c\x1bZ",
    '\0\x01\x7f\x9b5A\x0e\x0f\xff\xfe{"hook_event_name":"Stop"}\r\n%begin 1 1 1\r\n',
  ].join("");
  const file = join(stage.folder, "bytes");
  writeFileSync(file, Buffer.from(bytes, "latin1"));
  const pane = await stage.terminal.launch(
    stage.launchOf("eng-1-1", { argv: ["sh", "-c", `cat ${file}; echo; echo done; exec cat`] }),
    forever,
  );
  const quiet = await launch("eng-1-2");
  await stage.until(async () =>
    expect((await stage.terminal.capture(pane, null, forever)).join("\n")).toContain("done"),
  );
  const before = await stage.terminal.list(forever);
  expect(before.map(({ member, dead }) => `${member} ${dead}`).sort()).toEqual([
    ...["eng-1-1 false", "eng-1-2 false"],
  ]);
  expect(before.find(({ member }) => member === "eng-1-1")).toMatchObject({
    ...{ pane: pane.pane, pid: pane.pid, startTime: pane.startTime, epoch: pane.epoch },
  });
  // Whoever looks at the window has tmux draw its borders and its title.
  await stage.tmux("refresh-client");
  expect(await stage.tmux("list-buffers")).toBe("");
  await submit(quiet, "hello");
  expect(await stage.taken("eng-1-2", 1)).toEqual(["hello"]);
  expect(existsSync(hit)).toBe(false);
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

test("a pane that prints as fast as it can costs neither memory nor disk, and its screen is still read", async () => {
  const made = stage.launchOf("eng-1-1", {
    argv: ["sh", "-c", "yes 'a line of log' | head -n 500000; echo '> end'; exec cat"],
  });
  const quiet = await launch("eng-1-2");
  const files = () => readdirSync(stage.folder, { recursive: true }).length;
  const [memory, written] = [process.memoryUsage().rss, files()];
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const pane = await stage.terminal.launch(made, forever);
  let most = 0;
  await stage.until(async () => {
    most = Math.max(most, process.memoryUsage().rss);
    const { rows } = await stage.terminal.screen(pane, forever);
    expect(rows.at(-1)).toBe("> end");
  });
  lag.disable();
  await submit(quiet, "hello");
  expect(await stage.taken("eng-1-2", 1)).toEqual(["hello"]);
  expect((most - memory) / mib).toBeLessThan(50);
  expect(lag.max / 1e6).toBeLessThan(250);
  // The seat's own files of this launch, and nothing of what was printed.
  expect(files() - written).toBeLessThan(4);
  const kept = Number(
    await stage.tmux("display-message", "-p", "-t", pane.pane, "#{history_size}"),
  );
  expect(kept).toBeLessThanOrEqual(20_000);
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
