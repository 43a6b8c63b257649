// The script agent as its driver and its terminal have it: the real program in a real pane.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { driverOf } from "../../src/world/agents/drivers.ts";
import { seating } from "../fakes/seats.ts";
import {
  buildProgram,
  isAlive,
  message,
  type PaneLook,
  pidsOf,
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

describe("interrupting", () => {
  it.each(["Escape", "C-c"])("a turn that hangs with %s ends it as interrupted", async (key) => {
    await open();
    await pane.type(message("m1", script("say before", "hang", "say after")));
    await pane.screenHas("before");
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
    await pane.composerShows(text);
  });

  it("is edited with backspace and C-u, and cleared by C-c", async () => {
    await open();
    await pane.keys("abd", "BSpace", "c");
    await pane.composerShows("abc");
    await pane.keys("C-u");
    await pane.composerShows("");
    await pane.keys("xyz");
    await pane.composerShows("xyz");
    await pane.keys("C-c");
    await pane.composerShows("");
    expect((await pane.signals()).map(({ kind }) => kind)).toEqual(["started", "idle"]);
  });

  it("is still read after the pane changed its size", async () => {
    await open();
    await pane.paste(
      "a draft that is longer than the new width of the pane, much longer than that",
    );
    await pane.tmux("resize-window", "-t", "seat", "-x", "30", "-y", "12");
    await pane.composerShows(
      "a draft that is longer than the new width of the pane, much longer than that",
    );
    await pane.keys("C-u");
    await pane.composerShows("");
    expect((await pane.screen()).filter((row) => row.startsWith("›"))).toEqual(["›"]);
  });

  it("is not there on a shell's screen", () => {
    const driver = driverOf("script", { script: program });
    expect(driver.composer({ rows: ["$ ls", "file", "$"], title: "" })).toMatchObject({
      known: false,
    });
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
    expect(await pane.read("started.txt")).toBe("yes");
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
      expect(Date.now() - begun).toBeLessThan(6_500);
      expect(await isAlive(child ?? 0)).toBe(false);
      expect(await pidsOf(`sleep\0${mark}`)).toEqual([]);
      expect((await pane.signals()).filter(({ kind }) => kind === "idle")).toHaveLength(1);
    },
  );

  it("says only that it ended when a turn was under way", async () => {
    await open();
    // The background program takes its time to die, so that the turn is over before the program is.
    const mark = `7${process.pid}.125`;
    const slow = `run (trap '' TERM; exec sleep ${mark}) > /dev/null 2>&1 &`;
    await pane.type(message("m1", script(slow, "say waiting", "hang")));
    await pane.screenHas("waiting");
    process.kill(await pane.pid(), "SIGTERM");
    await pane.next("ended");
    expect(await pidsOf(`sleep\0${mark}`)).toEqual([]);
    const kinds = (await pane.signals()).map(({ kind }) => kind);
    expect(kinds).toEqual(["started", "idle", "taken", "working", "ended"]);
  });

  it("comes when the terminal is gone", async () => {
    await open();
    const pid = await pane.pid();
    await pane.tmux("kill-server");
    await pane.next("ended");
    await pane.until(async () => !(await isAlive(pid)));
  });
});

describe("the table of drivers", () => {
  it.each(["aider", "opencode", "gemini"])("says that %s comes later", (agent) => {
    expect(() => driverOf(agent, { script: program })).toThrow(
      expect.objectContaining({
        code: "agent.unsupported",
        message: expect.stringContaining("comes with a later release; use claude, codex or script"),
      }),
    );
  });

  it.each([
    ["claude", "claude"],
    ["claude-code", "claude"],
    ["codex", "codex"],
    ["codex-cli", "codex"],
  ])("has a driver for %s", (agent, driven) => {
    expect(driverOf(agent, { script: program }).agent).toBe(driven);
  });

  it.each(["kiro", "toString"])("refuses %s with the list of agents", (agent) => {
    expect(() => driverOf(agent, { script: program })).toThrow(
      expect.objectContaining({
        code: "agent.unsupported",
        hint: expect.stringContaining("claude, codex, aider, opencode, gemini, script"),
      }),
    );
  });

  it("says which program is missing", async () => {
    const driver = driverOf("script", { script: "/nowhere/script-agent.js" });
    expect(() => driver.launch(seating())).toThrow(
      expect.objectContaining({ code: "agent.missing" }),
    );
  });
});
