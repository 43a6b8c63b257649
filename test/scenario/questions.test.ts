import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { carded, newTask, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const ask = (day: Day, question = "Which database?", ...more: readonly string[]) =>
  day.as("eng-1-1", "ask", question, "--option", "Postgres", "--option", "SQLite", ...more);
const answers = (day: Day) =>
  day.turns.filter((t) => t.member === "eng-1-1" && t.body.startsWith("Answer to your question"));
const list = async (day: Day) => {
  const reply = await day.shell("escalations", "--all");
  return reply.ok ? (reply.json as { state: string; by: string; answer: string }[]) : [];
};

describe("a member's question", () => {
  for (const [how, give] of [
    ["a button", (day: Day) => day.ada.presses("SQLite", day.room("eng-1-1").card("question"))],
    [
      "a reply",
      (day: Day) =>
        day.ada.says("SQLite", {
          room: "eng-1-1",
          replyTo: day.room("eng-1-1").card("question"),
        }),
    ],
    ["a command", (day: Day) => day.ada.says("/escalations answer 1 SQLite")],
  ] as const)
    it(`is answered by ${how}, verbatim and once`, async () => {
      const day = await startDay({ team });
      expect(await ask(day)).toMatchObject({ ok: true, json: { escalation: 1 } });
      const card = day.room("eng-1-1").card("question");
      expect(card.loud).toBe(true);
      expect(card.card?.actions.map((a) => a.label)).toEqual([
        "Postgres",
        "SQLite",
        "Answer…",
        "I'm on it",
        "Snooze 1 h",
        "Resolve",
      ]);
      expect((await give(day)).refusal).toBeNull();
      await day.quiet();
      expect(answers(day).map((t) => t.body)).toEqual([
        "Answer to your question\n> Which database?\n\nSQLite",
      ]);
      expect(answers(day)[0]?.from).toBe("ada");
      expect(day.room("eng-1-1").card("question").card).toMatchObject({
        state: "done",
        footer: "Answered by ada: SQLite",
      });
      const again = await day.ada.says("/escalations answer 1 Postgres");
      expect(again.refusal?.code).toBe("approval.closed");
      expect(await list(day)).toMatchObject([{ state: "answered", by: "ada", answer: "SQLite" }]);
    });

  it("takes free text with the press, and refuses a press without", async () => {
    const day = await startDay({ team });
    await ask(day);
    const card = day.room("eng-1-1").card("question");
    expect((await day.ada.presses("Answer…", card)).refusal?.code).toBe("usage");
    await day.ada.presses("Answer…", card, "Neither; use files");
    await day.quiet();
    expect(answers(day)[0]?.body).toContain("Neither; use files");
  });

  it("is acknowledged and still open", async () => {
    const day = await startDay({ team });
    await ask(day);
    await day.ada.presses("I'm on it", day.room("eng-1-1").card("question"));
    await day.quiet();
    const card = day.room("eng-1-1").card("question");
    expect(card.card?.state).toBe("open");
    expect(card.card?.footer).toContain("ada is on it.");
    await day.ada.presses("Postgres", card);
    await day.quiet();
    expect(answers(day)).toHaveLength(1);
  });

  it("takes its default at its deadline", async () => {
    const day = await startDay({ team });
    await ask(day, "Which database?", "--default", "Postgres", "--deadline", "30m");
    await day.pass(29 * 60_000);
    expect(answers(day)).toEqual([]);
    await day.pass(2 * 60_000);
    expect(answers(day)).toHaveLength(1);
    expect(answers(day)[0]?.body).toContain("Postgres");
    expect(await list(day)).toMatchObject([{ state: "answered", by: "batty", answer: "Postgres" }]);
    expect(day.room("eng-1-1").card("question").card?.state).toBe("done");
  });

  it("takes its default though the bot was down at the deadline", async () => {
    const day = await startDay({ team });
    await ask(day, "Which database?", "--default", "Postgres", "--deadline", "30m");
    await day.crash(3_600_000);
    await day.quiet();
    expect(answers(day)).toHaveLength(1);
  });

  it("with --wait ends with the answer", async () => {
    const day = await startDay({ team });
    const waiting = day.as("eng-1-1", "ask", "Go?", "--option", "yes", "--wait");
    await day.pass(60_000);
    await day.ada.presses("yes", day.room("eng-1-1").card("question"));
    expect(await waiting).toMatchObject({ ok: true, json: { answer: "yes" } });
  });

  it("is withdrawn when its task is cancelled, when the team stops, or when it is asked anew", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "");
    await day.quiet();
    await ask(day, "First?");
    await ask(day, "First?");
    expect(
      day
        .room("eng-1-1")
        .cards("question")
        .map((m) => m.card?.state),
    ).toEqual(["expired", "open"]);
    await day.shell("task", "cancel", "1");
    await day.quiet();
    await ask(day, "Second?");
    await day.shell("stop");
    await day.quiet();
    expect((await list(day)).map((e) => e.state)).toEqual(["withdrawn", "withdrawn", "withdrawn"]);
    expect(
      day
        .room("eng-1-1")
        .cards("question")
        .every((m) => m.card?.state === "expired"),
    ).toBe(true);
    const pressed = await day.ada.presses("Postgres", {
      ...day.room("eng-1-1").card("question"),
      card: { actions: [{ id: "q3.answer.0", label: "Postgres" }] },
    } as never);
    expect(pressed.refusal?.code).toBe("approval.closed");
    expect(answers(day)).toEqual([]);
  });

  it("about a task is withdrawn when the task lands or is rejected", async () => {
    for (const verdict of ["approve", "reject"]) {
      const day = await startDay({
        team,
        agents: {
          "eng-1-1": async (me, turn) => {
            if (turn.body.includes("write")) await me.batty("ask", "Tabs?");
            await worker(me, turn);
          },
        },
      });
      await carded(day);
      expect(day.room("eng-1-1").card("question").card?.state).toBe("open");
      await day.ada.says(`/${verdict} 1`);
      await day.quiet();
      expect(day.room("eng-1-1").card("question").card?.state).toBe("expired");
      day.end();
    }
  });

  it("with a default that is no option, or without words, is refused", async () => {
    const day = await startDay({ team });
    expect(await ask(day, "Which?", "--default", "Oracle")).toMatchObject({ exit: 2 });
    expect(await ask(day, " ")).toMatchObject({ exit: 2 });
    expect(await ask(day, "Which?", "--deadline", "soon")).toMatchObject({ exit: 2 });
    expect(day.room("eng-1-1").cards()).toEqual([]);
  });

  it("may be closed without an answer", async () => {
    const day = await startDay({ team });
    await ask(day);
    await day.ada.says("/escalations resolve 1");
    await day.quiet();
    expect(day.room("eng-1-1").card("question").card).toMatchObject({
      state: "done",
      footer: "Resolved by ada",
    });
    expect(answers(day)).toEqual([]);
  });

  it("two deadlines that pass in the same tick give both their defaults", async () => {
    const day = await startDay({ team });
    await ask(day, "One?", "--default", "Postgres", "--deadline", "30m");
    await ask(day, "Two?", "--default", "SQLite", "--deadline", "30m");
    await day.crash(3_600_000);
    await day.quiet();
    expect(answers(day).map((t) => t.body.split("\n").slice(1).join())).toEqual([
      "> One?,,Postgres",
      "> Two?,,SQLite",
    ]);
  });

  it("leaves its task open: a turn that ends with it is not done, however much is committed", async () => {
    const day = await startDay({ team });
    day.script("eng-1-1", async (me, turn) => {
      if (turn.body.startsWith("Answer")) me.write("b.js", "two\n");
      else me.write("a.js", "one\n");
      me.commit("A step");
      if (turn.task === 1 && !turn.body.startsWith("Answer"))
        await me.batty("ask", "Which?", "--option", "A", "--option", "B");
    });
    await newTask(day, "Build a");
    await day.until(() => day.room("eng-1-1").cards().length > 0);
    await day.pass(600_000);
    expect(day.state().work.get(1)?.phase).toBe("working");
    expect(day.room("merges").cards()).toEqual([]);
    await day.ada.presses("A", day.room("eng-1-1").card("question"));
    await day.until(() => day.room("merges").cards().length > 0);
    expect(await day.trunk()).not.toHaveProperty("b.js");
    await day.ada.reacts("✅", day.room("merges").card("merge"));
    await day.quiet();
    expect(await day.trunk()).toMatchObject({ "a.js": "one\n", "b.js": "two\n" });
  });

  it("holds nothing up once its member was sent on by a message", async () => {
    const day = await startDay({ team });
    day.script("eng-1-1", async (me, turn) => {
      me.write(`${turn.via === null ? "a" : "b"}.js`, "ok\n");
      me.commit("A step");
      if (turn.via === null) await me.batty("ask", "Which?", "--option", "A", "--option", "B");
    });
    await newTask(day, "Build a");
    await day.pass(60_000);
    expect(day.room("merges").cards()).toEqual([]);
    await day.ada.says("/send eng-1-1 go on with A");
    await day.until(() => day.room("merges").cards().length > 0);
  });

  it("that is closed without an answer lets its member go on", async () => {
    const day = await startDay({ team });
    await ask(day);
    await day.ada.says("/escalations resolve 1");
    await day.quiet();
    expect(day.turns.at(-1)).toMatchObject({
      member: "eng-1-1",
      from: "ada",
      body: "Your question was closed without an answer\n> Which database?\n\nDecide as you think best, and go on.",
    });
  });
});
