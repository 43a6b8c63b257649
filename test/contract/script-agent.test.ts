import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { driverOf } from "../../src/world/agents/drivers.ts";
import { buildProgram, isAlive, pidsOf, type ScriptPane, startPane } from "./script-pane.ts";

let program = "";
let remove = async () => {};
let pane: ScriptPane;

beforeAll(async () => {
  ({ program, remove } = await buildProgram());
});
afterAll(() => remove());
afterEach(() => pane?.close());

async function open(
  ...options: Parameters<typeof startPane> extends [unknown, ...infer R] ? R : never
) {
  pane = await startPane(program, ...options);
  await pane.next("started");
  await pane.next("idle");
  return pane;
}

const composer = async () => pane.driver.composer(await pane.screen());
const composerShows = (draft: string) =>
  pane.until(async () => {
    const probe = await composer();
    return probe.known && probe.value === draft;
  });
const script = (...steps: readonly string[]) => ["```batty-script", ...steps, "```"].join("\n");
const message = (id: string, body: string, more = "") => `[batty ${id} from ada${more}]\n${body}`;
const read = (path: string) => readFile(join(pane.cwd, path), "utf8");
const screenHas = (text: string) =>
  pane.until(async () => (await pane.screen("all")).some((row) => row.includes(text)));

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
    expect(await read("out.txt")).toBe(lines.join(""));
  });

  it("is not obeyed by the terminal where it holds escape sequences", async () => {
    await open();
    await pane.type(
      message("m1", `\u001b[2J\u001b[31mred\u001bc\n${script("say ok \u001b[2J\u0003")}`),
    );
    expect(await pane.next("idle")).toMatchObject({ message: "m1", detail: "ok [2J" });
    await screenHas("[batty m1 from ada]");
    await screenHas("[31mred");
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
    expect(await read("n.txt")).toBe("xx");
  });

  it("waits while a turn runs, and is taken afterwards", async () => {
    await open();
    await pane.type(
      message("m1", script("run until test -e go; do sleep 0.02; done", "say first")),
    );
    await pane.next("working");
    await pane.type(message("m2", script("say second")));
    await composerShows("");
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
    expect(await read("src/a.txt")).toBe("one\ntwo");
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
    expect(await read("calls")).toBe(
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
    expect(await composer()).toEqual({ known: true, value: "half a thought" });
  });

  it("swallow one submit: the text stays in the composer until the next Enter", async () => {
    await open();
    await pane.type(message("m1", script("ignore-enter 1")));
    await pane.next("idle");
    const text = message("m2", script("say now"));
    await pane.type(text);
    await composerShows(text);
    expect((await pane.signals()).some((one) => one.message === "m2")).toBe(false);
    await pane.keys("Enter");
    expect(await pane.next("idle")).toMatchObject({ message: "m2", detail: "now" });
    expect(await composer()).toEqual({ known: true, value: "" });
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
    expect(await composer()).toEqual({ known: true, value: "" });
  });

  it("crash without a word, with no composer left to type into", async () => {
    await open();
    await pane.type(message("m1", script("crash")));
    const status = () =>
      pane.tmux("display-message", "-p", "-t", "seat", "#{pane_dead} #{pane_dead_signal}");
    await pane.until(async () => (await status()).trim() === "1 9");
    expect((await pane.signals()).map(({ kind }) => kind).slice(-2)).toEqual(["taken", "working"]);
    expect(await composer()).toMatchObject({ known: false });
  });

  it("exit with the code asked for and say so", async () => {
    await open();
    await pane.type(message("m1", script("exit 7")));
    expect(await pane.next("ended")).toMatchObject({ detail: "exit 7" });
    const status = () => pane.tmux("display-message", "-p", "-t", "seat", "#{pane_dead_status}");
    await pane.until(async () => (await status()).trim() === "7");
    expect((await pane.signals()).filter(({ kind }) => kind === "idle")).toHaveLength(1);
    expect(await composer()).toMatchObject({ known: false });
  });
});

describe("interrupting", () => {
  it.each(["Escape", "C-c"])("a turn that hangs with %s ends it as interrupted", async (key) => {
    await open();
    await pane.type(message("m1", script("say before", "hang", "say after")));
    await screenHas("before");
    await pane.keys(key);
    expect(await pane.next("idle")).toMatchObject({ message: "m1", detail: "interrupted" });
    await pane.type(message("m2", "still there?"));
    expect(await pane.next("idle")).toMatchObject({ message: "m2", detail: "taken" });
  });

  it("ends the command that runs, with its own children", async () => {
    await open();
    const mark = `9${process.pid}.125`;
    await pane.type(
      message("m1", script(`run (sleep ${mark}; true) & sleep ${mark}; true`, "say no")),
    );
    await pane.until(async () => (await pidsOf(`sleep\0${mark}`)).length === 2);
    await pane.keys(...pane.driver.interrupt);
    expect(await pane.next("idle")).toMatchObject({ detail: "interrupted" });
    expect(await pidsOf(`sleep\0${mark}`)).toEqual([]);
  });
});

describe("the composer", () => {
  it("shows a paste of several lines as it was pasted, also in a narrow pane", async () => {
    await open({ columns: 44 });
    const text = message("1764313200000.000001.9", `${"word ".repeat(30)}end\n\n  'x' 漢字 🙂 › │`);
    await pane.paste(text);
    await composerShows(text);
  });

  it("is edited with backspace and C-u, and cleared by C-c", async () => {
    await open();
    await pane.keys("abd", "BSpace", "c");
    await composerShows("abc");
    await pane.keys("C-u");
    await composerShows("");
    await pane.keys("xyz");
    await composerShows("xyz");
    await pane.keys("C-c");
    await composerShows("");
    expect((await pane.signals()).map(({ kind }) => kind)).toEqual(["started", "idle"]);
  });

  it("is still read after the pane changed its size", async () => {
    await open();
    await pane.paste(
      "a draft that is longer than the new width of the pane, much longer than that",
    );
    await pane.tmux("resize-window", "-t", "seat", "-x", "30", "-y", "12");
    await composerShows(
      "a draft that is longer than the new width of the pane, much longer than that",
    );
    await pane.keys("C-u");
    await composerShows("");
    expect((await pane.screen()).filter((row) => row.startsWith("›"))).toEqual(["›"]);
  });

  it("is not there on a shell's screen", () => {
    const driver = driverOf("script", { script: program });
    expect(driver.composer(["$ ls", "file", "$"])).toMatchObject({ known: false });
  });
});

describe("a playbook", () => {
  it("acts at the start, then by message, gate-red and answer, first match wins", async () => {
    await open({
      playbook: `
- {on: start, do: [write started.txt yes]}
- {on: message, match: "^#", times: 1, do: ["say {{task.id}} {{task.title}} from {{from}}"]}
- {on: message, match: "^#", do: [say again]}
- {on: gate-red, do: ["say mend {{task.title}}"]}
- {on: answer, match: Blue, do: [say blue]}`,
    });
    expect(await read("started.txt")).toBe("yes");
    const answers = [];
    for (const [id, body] of [
      ["m1", "#12 Add it\n\nbody"],
      ["m2", "#12 Add it\n\nbody"],
      ["m3", "Gate red for #12 Add it (attempt 1 of 3)\nlines"],
      ["m4", "Answer to your question\n> Which?\n\nBlue"],
      ["m5", "just words"],
      ["m6", `#12 Add it\n${script("say own")}`],
    ] as const) {
      await pane.type(message(id, body, " task 12"));
      answers.push((await pane.next("idle")).detail);
    }
    expect(answers).toEqual(["12 Add it from ada", "again", "mend Add it", "blue", "taken", "own"]);
  });

  it("is read anew for each message, and says what is wrong with it", async () => {
    await open();
    const turn = async (id: string) => {
      await pane.type(message(id, "hello"));
      return (await pane.next("idle")).detail;
    };
    await pane.playbook("- {on: message, do: [say one]}");
    expect(await turn("m1")).toBe("one");
    await pane.playbook("- {on: message, do: [say two]}");
    expect(await turn("m2")).toBe("two");
    await pane.playbook("- {on: message, say: two}");
    expect(await turn("m3")).toMatch(/eng-1\.yaml: rule 1: "say" is none of/);
  });
});

describe("the end of the program", () => {
  it.each(["SIGTERM", "SIGHUP"] as const)(
    "comes within a second of %s, its children ended",
    async (name) => {
      await open();
      const mark = `8${process.pid}.125`;
      await pane.type(message("m1", script(`run trap '' TERM HUP; sleep ${mark}; sleep ${mark}`)));
      const [child] = await pane.until(async () => {
        const pids = await pidsOf(`sleep\0${mark}`);
        return pids.length > 0 && pids;
      });
      const pid = await pane.pid();
      const begun = Date.now();
      process.kill(pid, name);
      expect(await pane.next("ended")).toMatchObject({ detail: name });
      await pane.until(async () => !(await isAlive(pid)));
      expect(Date.now() - begun).toBeLessThan(1_300);
      expect(await isAlive(child ?? 0)).toBe(false);
      expect(await pidsOf(`sleep\0${mark}`)).toEqual([]);
      expect((await pane.signals()).filter(({ kind }) => kind === "idle")).toHaveLength(1);
    },
  );

  it("comes when the terminal is gone", async () => {
    await open();
    const pid = await pane.pid();
    await pane.tmux("kill-server");
    await pane.next("ended");
    await pane.until(async () => !(await isAlive(pid)));
  });
});

describe("the table of drivers", () => {
  it.each(["claude", "claude-code", "codex", "aider", "opencode", "gemini"])(
    "says that %s comes later",
    (agent) => {
      expect(() => driverOf(agent, { script: program })).toThrow(
        expect.objectContaining({
          code: "agent.unsupported",
          message: expect.stringContaining("comes with a later release; use script"),
        }),
      );
    },
  );

  it.each(["kiro", "toString"])("refuses %s with the list of agents", (agent) => {
    expect(() => driverOf(agent, { script: program })).toThrow(
      expect.objectContaining({
        code: "agent.unsupported",
        hint: expect.stringContaining("claude, codex, aider, opencode, gemini, script"),
      }),
    );
  });

  it("says which program is missing", async () => {
    expect(await stat(program)).toBeTruthy();
    const driver = driverOf("script", { script: "/nowhere/script-agent.js" });
    const seat = { member: "eng-1", epoch: 1, promptFile: "", resume: null };
    expect(() => driver.launch(seat)).toThrow(expect.objectContaining({ code: "agent.missing" }));
  });
});
