// What a full context's agent is told, over states that days have come to.
import { describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import { fromWords, split } from "../../src/core/arguments.ts";
import { goOn, leaveNotes } from "../../src/core/views/hand-off.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const notes = "## Next step\nWrite b.js";

/** Half of a task is committed; `ask` and `red` as they say. */
async function halfWay({ ask = false, red = false } = {}): Promise<Day> {
  const day = await startDay({
    team: simple({}, 1),
    agents: {
      "eng-1-1": async (me, turn) => {
        if (turn.body.startsWith("Gate red")) return;
        me.write("a.js", red ? "RED\n" : "one\n");
        me.commit("Half of it");
        if (ask) await me.batty("ask", "Which?\nOne or two?", "--option", "A", "--option", "B");
        if (red) await me.batty("done");
      },
    },
  });
  await newTask(day, "Build a", "Scope: a.js");
  await day.quiet();
  return day;
}

const verbs = (text: string): string[] =>
  [...text.matchAll(/`batty ([^`]+)`/g)].map(([, call = ""]) => {
    const words = split(call).map((w) => w.text);
    const command = commands.find((c) => call === c.name || call.startsWith(`${c.name} `));
    if (command === undefined) return `no command: ${call}`;
    fromWords(command, words.slice(command.name.split(" ").length));
    return command.name;
  });

describe("the order to leave notes", () => {
  it("names the task and each heading, and asks for nothing else", async () => {
    const day = await halfWay({ ask: true });
    const text = leaveNotes(day.state(), "eng-1-1");
    expect(text.split("\n")[0]).toBe("#1 Build a");
    expect(text).toContain("Answer with your notes");
    expect(text.match(/^## .*$/gm)).toEqual(
      ["Done", "Decisions", "Next step", "Open questions", "Files"].map((head) => `## ${head}`),
    );
    expect(text).toContain("do not run `batty done`");
    expect(text.split(/\s+/).length).toBeLessThan(250);
  });

  it("is the same without a task: leads have contexts, too", async () => {
    const day = await halfWay();
    expect(leaveNotes(day.state(), "architect")).toMatch(/^Your context is nearly full\./);
  });
});

describe("the first message of the new session", () => {
  it("names notes, task, branch and base, and the question whose answer is still to come", async () => {
    const day = await halfWay({ ask: true });
    const text = goOn(day.state(), "eng-1-1", notes);
    const base = day.state().work.get(1)?.base.slice(0, 12) ?? "";
    expect(text).toMatch(/^#1 Build a\n\nYou were started anew/);
    expect(text.endsWith(`Your notes:\n\n${notes}`)).toBe(true);
    expect(text).toContain(`\`git log --oneline ${base}..\``);
    expect(text).toContain("on eng-1-1/1, uncommitted changes too");
    expect(text).toContain("do not ask again:\n- Which?\n  One or two?");
    expect(text).not.toContain("red");
    expect(verbs(text)).toEqual(["task show", "done"]);
  });

  it("has the red lines again, and says when there are no notes", async () => {
    const day = await halfWay({ red: true });
    const text = goOn(day.state(), "eng-1-1", null);
    expect(text).toContain("It left no notes");
    expect(text).toMatch(/The tests were red at [0-9a-f]{12}\. The last lines:\n\nnot ok: a\.js$/);
    expect(text).not.toContain("do not ask again");
  });

  it("sends who holds no task to the board", async () => {
    const day = await halfWay();
    const text = goOn(day.state(), "manager", notes);
    expect(text).toMatch(/^You were started anew/);
    expect(verbs(text)).toEqual(["board", "inbox"]);
  });
});
