// The script agent as its messages and steps have it: the real program in a real pane.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  buildProgram,
  message,
  type PaneLook,
  type ScriptPane,
  script,
  startPane,
} from "./script-pane.ts";

let program = "";
let remove = async () => {};
let pane: ScriptPane;

beforeAll(async () => {
  ({ program, remove } = await buildProgram());
});
afterAll(() => remove());
afterEach(() => pane?.close());

const open = async (look: PaneLook = {}) => {
  pane = await startPane(program, look);
};

describe("a message typed into the pane", () => {
  it("is taken, worked on and answered, each said with its id", async () => {
    await open();
    await pane.type(message("1764313200000.000001.9", script("say one", "say two"), " via local"));
    const idle = await pane.next("idle");
    expect(idle).toMatchObject({ message: "1764313200000.000001.9", detail: "one\ntwo", epoch: 3 });
    const about = (await pane.signals()).filter((one) => one.message === idle.message);
    expect(about.map(({ kind }) => kind)).toEqual(["taken", "working", "idle"]);
  });

  it("stands on the screen with its first line whole", async () => {
    await open({ columns: 40 });
    const header = `[batty 1764313200000.000001.9 from ada-with-a-long-name task 12 via local]`;
    await pane.type(`${header}\n#12 A title`);
    await pane.next("idle");
    expect((await pane.screen("all")).join("\n")).toContain(header);
  });

  it("is answered with taken when neither it nor a playbook says more", async () => {
    await open();
    await pane.type(message("m1", "hello"));
    expect(await pane.next("idle")).toMatchObject({ message: "m1", detail: "taken" });
  });

  it("keeps quotes, unicode, tabs and empty lines of a long body", async () => {
    await open();
    const line = `a 'b' "c" \`d\` $e \\f ünï 漢字 🙂\tg`;
    const block = script(...Array.from({ length: 60 }, (_, n) => `append out.txt ${n} ${line}\\n`));
    await pane.type(message("m1", `${block}\n\nend`));
    await pane.next("idle");
    const lines = Array.from({ length: 60 }, (_, n) => `${n} ${line}\n`);
    expect(await pane.read("out.txt")).toBe(lines.join(""));
  });

  it("is not obeyed by the terminal where it holds escape sequences", async () => {
    await open();
    await pane.type(
      message("m1", `\u001b[2J\u001b[31mred\u001bc\n${script("say ok \u001b[2J\u0003")}`),
    );
    expect(await pane.next("idle")).toMatchObject({ message: "m1", detail: "ok [2J" });
    await pane.screenHas("[batty m1 from ada]");
    await pane.screenHas("[31mred");
  });

  it("is read from its body file", async () => {
    await open();
    const path = join(pane.root, "a body.txt");
    await writeFile(path, `#7 Title\n\n${script("say {{task.id}} {{task.title}} by {{from}}")}`);
    await pane.type(message("m1", `[body: ${path}]`, " task 7"));
    expect(await pane.next("idle")).toMatchObject({ detail: "7 Title by ada" });
  });

  it("says so when its body file is not there", async () => {
    await open();
    await pane.type(message("m1", "[body: /nowhere/m1]"));
    expect((await pane.next("idle")).detail).toMatch(/\/nowhere\/m1.*ENOENT/);
  });

  it("is acted out twice when it is typed twice", async () => {
    await open();
    for (const _ of [1, 2]) {
      await pane.type(message("m1", script("append n.txt x")));
      await pane.next("idle");
    }
    expect(await pane.read("n.txt")).toBe("xx");
  });

  it("waits while a turn runs, and is taken afterwards", async () => {
    await open();
    await pane.type(
      message("m1", script("run until test -e go; do sleep 0.02; done", "say first")),
    );
    await pane.next("working");
    await pane.type(message("m2", script("say second")));
    await pane.composerShows("");
    expect((await pane.signals()).filter(({ kind }) => kind === "taken")).toHaveLength(1);
    await writeFile(join(pane.cwd, "go"), "");
    expect((await pane.next("idle")).message).toBe("m1");
    expect(await pane.next("idle")).toMatchObject({ message: "m2", detail: "second" });
  });

  it("needs no header when a person types it", async () => {
    await open();
    await pane.keys("hello", "Space", "there", "Enter");
    expect(await pane.next("idle")).toMatchObject({ message: null, detail: "taken" });
    expect((await pane.signals()).map(({ kind }) => kind)).not.toContain("taken");
  });
});

describe("steps", () => {
  it("write, run and commit in the worktree, and say exit codes", async () => {
    await open();
    const git = (...args: readonly string[]) =>
      promisify(execFile)("git", ["-C", pane.cwd, ...args]);
    await git("init", "-q", "-b", "main");
    await git("config", "user.email", "e@example.org");
    await git("config", "user.name", "E");
    await pane.type(
      message(
        "m1",
        script(
          "write src/a.txt one\\ntwo",
          "run exit 3",
          "commit Add a",
          "commit Again",
          "say end",
        ),
      ),
    );
    expect((await pane.next("idle")).detail).toBe(
      "run exit 3 → 3\ncommit Add a → 0\ncommit Again → 1\nend",
    );
    expect(await pane.read("src/a.txt")).toBe("one\ntwo");
    expect((await git("log", "--format=%s")).stdout).toBe("Add a\n");
  });

  it("end at a failed run! only", async () => {
    await open();
    await pane.type(
      message("m1", script("run false", "fly", "write / x", "run! false", "say never")),
    );
    expect((await pane.next("idle")).detail.split("\n")).toEqual([
      "run false → 1",
      'fly → failed: there is no step "fly"',
      expect.stringMatching(/^write \/ x → failed: E[A-Z]+$/),
      "run! false → 1",
    ]);
  });

  it("are cut to 80 characters in the answer", async () => {
    await open();
    await pane.type(message("m1", script(`run true ${"ü".repeat(100)}`)));
    expect((await pane.next("idle")).detail).toBe(`run true ${"ü".repeat(71)} → 0`);
  });

  it("call batty with --json and pass on the id, the error's code and the answer", async () => {
    await open();
    await pane.batty(`
      printf '<%s>' "$@" >> calls; echo >> calls
      case $1 in
        task) echo '{"ok":true,"id":12}';;
        ask) echo '{"ok":true,"id":"q7","escalation":1,"answer":"the | blue one"}';;
        *) echo '{"error":{"code":"task.not-done","say":"no","hint":"wait"}}'; exit 1;;
      esac`);
    await pane.type(
      message(
        "m1",
        script(
          `batty task new 'A  title' --body "Scope: x"`,
          "batty merge {{last}}",
          "batty send ada it is {{last}}",
          "ask Which one? | Red | the | blue one",
          "say {{last}}: {{answer}}",
        ),
      ),
    );
    expect((await pane.next("idle")).detail.split("\n")).toEqual([
      `batty task new 'A  title' --body "Scope: x" → 0`,
      "batty merge 12 → 1 task.not-done",
      "batty send ada it is 12 → 1 task.not-done",
      "q7: the | blue one",
    ]);
    expect(await pane.read("calls")).toBe(
      [
        "<task><new><A  title><--body><Scope: x><--json>",
        "<merge><12><--json>",
        "<send><--json><ada><it><is><12>",
        "<ask><Which one?><--option><Red><--option><the><--option><blue one><--wait><--json>",
        "",
      ].join("\n"),
    );
  });

  it("say when there is no batty", async () => {
    await open();
    await pane.batty("exit 69");
    await pane.type(message("m1", "batty-script: batty done ;; run no-such-program"));
    expect((await pane.next("idle")).detail).toBe("batty done → 69\nrun no-such-program → 127");
  });

  it("leave a draft in the composer that the driver reads", async () => {
    await open();
    await pane.type(message("m1", script("draft half a thought")));
    await pane.next("idle");
    expect(await pane.composer()).toEqual({ known: true, value: "half a thought" });
  });

  it("swallow one submit: the text stays in the composer until the next Enter", async () => {
    await open();
    await pane.type(message("m1", script("ignore-enter 1")));
    await pane.next("idle");
    const text = message("m2", script("say now"));
    await pane.type(text);
    await pane.composerShows(text);
    expect((await pane.signals()).some((one) => one.message === "m2")).toBe(false);
    await pane.keys("Enter");
    expect(await pane.next("idle")).toMatchObject({ message: "m2", detail: "now" });
    expect(await pane.composer()).toEqual({ known: true, value: "" });
  });

  it("flood the pane for a while at about the rate asked for, the composer still last", async () => {
    await open();
    await pane.tmux("set-option", "-g", "history-limit", "5000");
    await pane.type(message("m1", script("flood 40kB/s 1s")));
    const { ts: from } = await pane.next("working");
    const { ts: to } = await pane.next("idle");
    expect(to - from).toBeGreaterThanOrEqual(950);
    const lines = (await pane.screen("all")).filter((row) => row.startsWith("flood ")).length;
    expect(lines).toBeGreaterThan(450);
    expect(lines).toBeLessThan(550);
    expect(await pane.composer()).toEqual({ known: true, value: "" });
  });

  it("crash without a word", async () => {
    await open();
    await pane.type(message("m1", script("crash")));
    expect(await pane.exit()).toBe(137);
    const kinds = (await pane.signals()).map(({ kind }) => kind);
    expect(kinds).toEqual(["started", "idle", "taken", "working"]);
  });

  it("exit with the code asked for, say so, and leave no composer to type into", async () => {
    await open();
    await pane.type(message("m1", script("exit 7")));
    expect(await pane.next("ended")).toMatchObject({ detail: "exit 7" });
    expect(await pane.exit()).toBe(7);
    expect((await pane.signals()).filter(({ kind }) => kind === "idle")).toHaveLength(1);
    expect(await pane.composer()).toMatchObject({ known: false });
  });
});
