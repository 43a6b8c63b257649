// What goes wrong is told in one clear word with the exit code that programs rely on, and nothing is lost.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { clone } from "./place.ts";
import { fenced, type Shell, type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

const said = (shell: Shell): [number | null, string] => [shell.code, shell.json.error?.code];
const bodies = (t: Team): string[] => t.journal.of("message_sent").map((l) => l["mail"].body);

/** A program that runs in the team's tmux server but in no pane of a member. */
async function inTmux(t: Team, ...words: readonly string[]): Promise<Shell> {
  const file = join(t.place.folder, `in-tmux-${Math.random()}`);
  const call = `'${join(clone, "bin/batty")}' --project-root '${t.root}' ${words.join(" ")} >'${file}'; echo $? >'${file}.code'`;
  await t.tmux("run-shell", "-b", call);
  const code = await until("its end", async () => {
    const ran = await t.place.run("cat", [`${file}.code`]);
    return ran.stdout.endsWith("\n") && ran.stdout;
  });
  const { stdout } = await t.place.run("cat", [file]);
  return { code: Number(code), stdout, stderr: "", json: JSON.parse(stdout) };
}

test("a process in our tmux that is in no pane is nobody: neither with a bot nor without one", async () => {
  const t = await team();
  expect(said(await inTmux(t, "send", "--json", "engineer", "hello"))).toEqual([
    1,
    "access.unknown-caller",
  ]);
  await t.kill();
  expect(said(await inTmux(t, "send", "--json", "engineer", "hello"))).toEqual([
    1,
    "access.unknown-caller",
  ]);
  await t.batty("start");
  expect(bodies(t)).toEqual([]);
});

test("a member is itself while no bot runs, too, whatever its environment says", async () => {
  const t = await team();
  const go = join(t.place.folder, "go");
  const hidden = "run env -u BATTY_MEMBER -u TMUX_TMPDIR -u TMUX setsid -w batty --json";
  const id = await t.order(
    "engineer",
    `run until [ -e ${go} ]; do sleep 0.05; done`,
    "batty send architect hello",
    `${hidden} stop`,
    `${hidden} start`,
    `${hidden} send architect again`,
    t.mark("sent"),
  );
  await t.journal.until("message_taken", (l) => l["id"] === id);
  await t.kill();
  await writeFile(go, "");
  await until("the message sent", () => t.marks().includes("sent"));
  expect((await t.seats()).size).toBe(2);
  expect(t.bot()).toBeNull();
  await t.batty("start");
  await t.journal.until("message_sent", (l) => l["mail"].body === "again");
  const sent = t.journal.of("message_sent", (l) => l["to"] === "architect");
  expect(sent.map((l) => [l["from"], l["mail"].body])).toEqual([
    ["engineer", "hello"],
    ["engineer", "again"],
  ]);
});

test("an unknown member is named with the nearest one there is", async () => {
  const t = await team();
  for (const verb of [
    ["send", "--json", "enginer", "hi"],
    ["prompt", "enginer", "--json"],
    ["restart", "enginer", "--json"],
    ["inbox", "enginer", "--json"],
    ["peek", "enginer", "--json"],
  ]) {
    const shell = await t.batty(...verb);
    expect(said(shell), verb[0]).toEqual([1, "member.unknown"]);
    expect(`${shell.json.error.say} ${shell.json.error.hint}`, verb[0]).toContain("engineer");
  }
});

test("with a stopped team messages wait, and verbs that need a pane are refused", async () => {
  const t = await team();
  await t.batty("stop");
  for (const verb of [
    ["assign", "engineer", "1"],
    ["restart", "engineer"],
    ["interrupt", "engineer"],
  ])
    expect(said(await t.batty(...verb, "--json")), verb[0]).toEqual([1, "team.stopped"]);
  const sent = await t.batty("send", "--json", "engineer", fenced([t.mark("late")]));
  expect([sent.code, sent.json.state]).toEqual([0, "queued"]);
  expect(sent.stderr).toContain("batty start");
  await t.batty("start");
  await t.journal.until("message_answered", (l) => l["id"] === sent.json.id);
  expect(t.marks()).toEqual(["late"]);
});

test("without a bot messages, questions and tasks wait, and verbs that need it end with 69", async () => {
  const t = await team();
  await t.batty("stop", "--bot");
  for (const verb of [
    ["assign", "engineer", "1"],
    ["merge", "1"],
    ["approve", "1"],
    ["interrupt", "engineer"],
    ["diff", "1"],
    ["retry", "1"],
    ["done"],
  ])
    expect((await t.batty(...verb, "--json")).code, verb[0]).toBe(verb[0] === "done" ? 1 : 69);
  expect(said(await t.batty("merge", "1", "--json"))).toEqual([69, "bot.down"]);
  const sent = await t.batty("send", "--json", "engineer", fenced([t.mark("late")]));
  expect([sent.code, sent.json.state]).toEqual([0, "queued"]);
  expect(sent.stderr).toContain("batty start");
  const made = await t.batty("task", "new", "Later", "--json");
  expect([made.code, made.json.id]).toEqual([0, 1]);
  expect((await t.batty("board", "list", "--json")).json).toMatchObject([
    { id: 1, title: "Later" },
  ]);
  await t.batty("start");
  await until("the message acted out", () => t.marks().includes("late"));
  const from = t.journal.of("message_sent", (l) => l["mail"].body.includes("echo late"));
  expect(from).toMatchObject([
    { from: (await t.batty("config", "--json")).json.config.owner ?? "root" },
  ]);
  expect(t.marks()).toEqual(["late"]);
});

test("text that begins with a dash is text", async () => {
  const t = await team();
  await t.batty("pause");
  const texts = [
    ["-x"],
    ["--", "-x"],
    ["--json"],
    ["--help"],
    ["-h", "--project-root", "/"],
    ["a", " b ", "c"],
  ];
  for (const words of texts)
    expect((await t.batty("send", "engineer", ...words)).code, words.join(" ")).toBe(0);
  expect(bodies(t)).toEqual(texts.map((words) => words.join(" ")));
});

test("a reader that has seen enough is no error", async () => {
  const t = await team();
  await t.batty("stop");
  // More than a pipe holds: the rest is written to nobody.
  for (const n of [1, 2, 3]) await t.batty("send", "engineer", `${n} `.repeat(40_000));
  for (const verb of ["board", "help", "inbox engineer --json"]) {
    const piped = `"$0" ${verb} | head -c 1 >/dev/null; exit \${PIPESTATUS[0]}`;
    const ran = await t.place.run("bash", ["-c", piped, join(clone, "bin/batty")]);
    expect([ran.code, ran.stderr], verb).toEqual([0, ""]);
  }
});

test("a repository without a commit can't start, and says what to do", async () => {
  const t = await team({ started: false });
  await t.place.run("rm", ["-rf", ".git"]);
  await t.git("init", "-q");
  const start = await t.batty("start", "--json");
  expect(said(start)).toEqual([3, "git.no-commits"]);
  expect(start.json.error.hint).toContain("git commit");
  await t.place.run("rm", ["-rf", ".git"]);
  expect(said(await t.batty("start", "--json"))).toEqual([3, "git.no-repository"]);
});

test("a missing tmux is named with the command that installs it, and nothing is installed", async () => {
  const t = await team({ started: false });
  const bin = join(t.place.folder, "few");
  await mkdir(bin);
  for (const tool of ["git", "sh", "flock", "env", "cat"])
    await symlink(`/usr/bin/${tool}`, join(bin, tool));
  await symlink(process.execPath, join(bin, "node"));
  const env = { ...t.place.env, PATH: bin };
  for (const verb of ["start", "demo"]) {
    const shell = await t.battyWith({ env }, verb, "--json");
    expect(said(shell), verb).toEqual([3, "tmux.missing"]);
    expect(shell.json.error.hint, verb).toContain("install tmux");
  }
});

test("a half-written message file is told once and left; the others are delivered, and it too once it is whole", async () => {
  const t = await team();
  const file = join(t.root, ".batty/inboxes/engineer/new", "1700000000000.000001.1");
  const message = {
    id: "1700000000000.000001.1",
    from: "architect",
    to: "engineer",
    body: "batty-script: say whole now",
    msg_type: "send",
    timestamp: 1_700_000_000,
  };
  await writeFile(file, JSON.stringify(message).slice(0, 40));
  const alert = await t.chat.next(
    "the alert",
    (l) => l["room"] === "alerts" && l["card"]?.lines.join().includes(message.id),
  );
  expect(alert["card"].title).toContain("engineer");
  const id = await t.order("engineer", t.mark("meanwhile"));
  await t.journal.until("message_answered", (l) => l["id"] === id);
  expect(t.journal.of("mail_file_broken")).toHaveLength(1);
  await writeFile(file, JSON.stringify(message));
  await t.journal.until("message_taken", (l) => l["id"] === message.id);
});

test("a broken board file is named with its line; the other tasks go on, and it too once it is mended", async () => {
  const t = await team();
  await t.batty("pause");
  await t.batty("task", "new", "Good");
  const made = (await t.batty("task", "new", "Bad", "--json")).json.id;
  const { stdout } = await t.place.run("sh", [
    "-c",
    `ls .batty/team_config/board/tasks/*${made}-*`,
  ]);
  const path = stdout.trim();
  const before = await t.read(path);
  await t.write(path, before.replace("title:", "title: [unclosed"));
  const alert = await t.chat.next(
    "the alert",
    (l) => l["room"] === "alerts" && l["text"].includes("bad"),
  );
  expect(alert["text"]).toMatch(/\.md:\d+ can't be read/);
  expect((await t.batty("board", "list", "--json")).json).toMatchObject([{ title: "Good" }]);
  await t.write(path, before);
  await until("the task", async () => (await t.batty("board", "list", "--json")).json.length === 2);
  expect(t.journal.of("board_file_broken")).toHaveLength(1);
  const over = await t.chat.next(
    "the card's end",
    (l) => l["id"] === alert["id"] && l["event"] === "edit",
  );
  expect(over["card"].state).toBe("expired");
});

test("an unknown key in team.yaml is an error with file, line and the nearest key", async () => {
  const t = await team({
    started: false,
    edit: (yaml) => yaml.replace("  auto_merge:", "  auto_marge:"),
  });
  for (const verb of ["start", "validate", "config", "daemon"]) {
    const shell = await t.batty(verb, "--json");
    expect(said(shell), verb).toEqual([2, "config.invalid"]);
    expect(shell.json.error.say, verb).toMatch(/team\.yaml:\d+[\s\S]*auto_marge[\s\S]*auto_merge/);
  }
  const file = ".batty/team_config/team.yaml";
  await t.write(file, (await t.read(file)).replace("auto_marge", "auto_merge"));
  expect((await t.batty("start")).code).toBe(0);
});

test("where there is no team, and where there is one already, is said", async () => {
  const t = await team({ started: false });
  const none = await t.battyWith({ cwd: dirname(t.root) }, "status", "--json");
  expect(said(none)).toEqual([2, "config.none"]);
  expect(said(await t.batty("init", "--json"))).toEqual([1, "init.exists"]);
});
