import { describe, expect, it } from "vitest";
import type { Script } from "../fakes/agents.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, obey, worker, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const one = simple({}, 1);

/** Mends what a red gate sends back after so many reds; before that it commits and fails again. */
const mendsAfter =
  (reds: number): Script =>
  async (me, turn) => {
    await worker(me, turn);
    if (!turn.body.startsWith("Gate red")) return;
    const attempt = Number(/attempt (\d+) of/.exec(turn.body)?.[1]);
    if (turn.body.includes("This was the last attempt")) return;
    me.write("a.js", attempt >= reds ? "ok\n" : `RED ${attempt}\n`);
    me.commit(`Mend ${attempt}`);
    await me.insist("done");
  };

const mails = (day: Day, member: string, what: string) =>
  day.turns.filter((t) => t.member === member && t.body.includes(what));

describe("the gate's word", () => {
  it("a red gate's last lines go back unprefixed on the same branch, and the mended work gets its card", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": mendsAfter(1) } });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    const [mail] = mails(day, "eng-1-1", "Gate red");
    expect(mail?.body).toBe(
      "Gate red for #1 Build a (attempt 1 of 3)\nThe last lines of `npm test`:\n\nnot ok: a.js",
    );
    expect(day.room("merges").text()).toBe("batty: [merge open] #1 Build a");
    expect(Object.fromEntries(day.repo.commitFiles("eng-1-1/1"))["a.js"]).toBe("ok\n");
    expect(day.events("task_assigned")).toHaveLength(1);
    expect(day.events("task_escalated")).toHaveLength(0);
    const phases = day.events("verification_phase_changed");
    expect(phases.map((e) => `${e.phase} ${e.attempt}`)).toEqual([
      ...["verifying 1", "red 1", "verifying 2", "green 2"],
    ]);
  });

  it("red to the end is one question card, one word to the lead, and a blocked task that keeps owner and branch", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": mendsAfter(9) } });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    expect(
      day
        .room("eng-1-1")
        .cards("question")
        .map((m) => m.card?.title),
    ).toEqual(["eng-1-1 needs you (#1)"]);
    const card = day.room("eng-1-1").card("question");
    expect(card.loud).toBe(true);
    expect(card.card?.footer).toContain("Take over: batty attach eng-1-1");
    expect(mails(day, "manager", "red after 3 attempts")).toHaveLength(1);
    const last = mails(day, "eng-1-1", "attempt 3 of 3");
    expect(last).toHaveLength(1);
    expect(last[0]?.body).toContain("This was the last attempt");
    expect(last[0]?.body).toContain("not ok: a.js");
    expect(await day.task(1)).toMatchObject({
      status: "in-progress",
      blocked: true,
      claimedBy: "eng-1-1",
    });
    await day.pass(600_000);
    expect(await day.trunk()).toEqual({ "README.md": "hello\n" });
    expect(day.gate.runs.filter((r) => r.commit !== r.base)).toHaveLength(3);
    expect(day.events("task_escalated")).toHaveLength(1);
    expect(day.events("verification_evidence_collected").filter((e) => e.task === 1)).toHaveLength(
      3,
    );
  });

  it("the answer `retry` begins a new count on the same branch", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": mendsAfter(9) } });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    day.script("eng-1-1", async (me, turn) => {
      if (!turn.body.includes("#1")) return;
      me.write("a.js", "ok\n");
      me.commit("Mended at last");
      await me.insist("done");
    });
    await day.ada.presses("retry", day.room("eng-1-1").card("question"));
    await day.quiet();
    expect(day.room("merges").text()).toBe("batty: [merge open] #1 Build a");
    expect(day.room("eng-1-1").card("question").card?.state).toBe("done");
    expect(await day.task(1)).toMatchObject({ status: "review", claimedBy: "eng-1-1" });
  });

  it("an explicit done at a red head is an attempt without a run, and at a green head nothing", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    const runs = day.gate.runs.length;
    expect((await day.as("eng-1-1", "done")).ok).toBe(true);
    await day.quiet();
    expect(mails(day, "eng-1-1", "attempt 2 of 3")).toHaveLength(1);
    expect(day.gate.runs).toHaveLength(runs);
    await day.as("eng-1-1", "done");
    await day.quiet();
    expect(day.room("eng-1-1").cards("question")).toHaveLength(1);
    expect(day.gate.runs).toHaveLength(runs);

    await newTask(day, "Build b", "write b.js ok");
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
    const lines = day.events().length;
    expect((await day.as("eng-1-1", "done")).ok).toBe(true);
    await day.quiet();
    expect(day.events("approval_requested")).toHaveLength(1);
    const more = day.events().slice(lines);
    expect(more.map((e) => e.event)).toEqual(["command_recorded"]);
  });

  it("a turn's end at a head that was gated is nothing", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    await day.ada.says("/send eng-1-1 how is it going?");
    await day.quiet();
    expect(day.state().work.get(1)?.reds).toBe(1);
  });

  it("a wait for the gate is taken up again at the next bot, and told of a cancelled task", async () => {
    const day = await startDay({
      ...{ team: simple({}, 1), agents: { "eng-1-1": worker } },
      gate: { duration: () => 30_000 },
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.until(() => day.state().work.get(1)?.phase === "verifying");
    await day.crash(5_000);
    const reply = await day.as("eng-1-1", "done", "wait", "1");
    expect(reply).toMatchObject({ ok: true, json: { id: 1, result: "green" } });
    expect(day.events("task_completed")).toHaveLength(1);
    await newTask(day, "Build b", "write b.js ok");
    await day.until(() => day.state().work.get(2)?.phase === "verifying");
    const wait = day.as("eng-1-1", "done", "wait", "2");
    await day.shell("task", "cancel", "2");
    expect(await wait).toMatchObject({ ok: false, exit: 1, refusal: { code: "task.closed" } });
  });

  it("done --wait answers with the gate's exit code and lines", async () => {
    const replies: unknown[] = [];
    const day = await startDay({
      team: one,
      agents: {
        "eng-1-1": async (me, turn) => {
          if (obey(me, turn)) replies.push(await me.batty("done", "--wait"));
        },
      },
    });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    expect(replies).toMatchObject([{ ok: true, exit: 1, json: { lines: ["not ok: a.js"] } }]);
  });

  it("trouble of the gate is run again by itself, and the second time asks people; retry runs it again", async () => {
    const day = await startDay({ team: one, agents: { "eng-1-1": worker } });
    day.gate.next("infra", "git worktree add failed");
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(day.events("task_escalated")).toHaveLength(0);

    day.gate.next("infra", "disk full");
    day.gate.next("infra", "disk full");
    await newTask(day, "Build b", "write b.js ok");
    await day.quiet();
    const card = day.room("eng-1-1").card("question");
    expect(card.card?.lines.join("\n")).toContain("Nobody's fault");
    expect(card.card?.lines.join("\n")).toContain("disk full");
    expect(day.state().work.get(2)?.reds).toBe(0);
    expect(await day.task(2)).toMatchObject({ blocked: true, claimedBy: "eng-1-1" });
    expect(mails(day, "eng-1-1", "Gate red")).toHaveLength(0);
    await day.ada.presses("retry", card);
    await day.quiet();
    expect(
      day
        .room("merges")
        .cards()
        .map((m) => m.card?.subject.task),
    ).toEqual([1, 2]);
    expect(await day.task(2)).toMatchObject({ blocked: false, status: "review" });
  });

  it("a retry while its author works on another task disturbs neither: a red waits for its turn", async () => {
    const day = await startDay({
      team: one,
      agents: {
        "eng-1-1": (me, turn) => (turn.task === 1 ? worker(me, turn) : void obey(me, turn)),
      },
      gate: { judge: (files) => (files.has("a.js") ? "red" : "green") },
    });
    for (let n = 0; n < 2; n += 1) day.gate.next("infra", "disk full");
    await newTask(day, "Build a", "write a.js one");
    await day.until(() => day.state().work.get(1)?.phase === "blocked");
    await newTask(day, "Build b", "hold still");
    await day.until(() => day.state().work.get(2)?.phase === "working");
    const release = day.gate.hold();
    await day.ada.presses("retry", day.room("eng-1-1").card("question"));
    await day.until(() => day.state().work.get(1)?.phase === "verifying");
    day.repo.member.write("eng-1-1", { "b.js": "two\n" });
    day.repo.member.commit("eng-1-1", "Build b");
    expect(await day.as("eng-1-1", "done")).toMatchObject({ ok: true });
    expect(day.state().work.get(2)?.phase).toBe("verifying");
    day.repo.member.write("eng-1-1", { "b.js": "three\n" });
    release();
    await day.quiet();
    expect(day.state().work.get(1)).toMatchObject({ phase: "working", reds: 1 });
    expect(day.events("task_resumed")).toHaveLength(1);
    expect(mails(day, "eng-1-1", "Gate red for #1")).toHaveLength(1);
  });

  it("a time-out is a red whose lines and reason go back; retry runs it although there is evidence", async () => {
    const day = await startDay({
      team: simple({ maxRetries: 0 }, 1),
      agents: { "eng-1-1": worker },
    });
    day.gate.next("timeout", "it ran longer than 600 s");
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const [mail] = mails(day, "eng-1-1", "Gate red");
    expect(mail?.body).toContain("it ran longer than 600 s");
    await day.ada.says("/retry 1");
    await day.quiet();
    expect(day.room("merges").text()).toBe("batty: [merge open] #1 Build a");
  });

  it("a candidate that is red though its parts are green is run once more, and told", async () => {
    const day = await startDay({ agents: workers });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    day.repo.commitOnTrunk({ "b.js": "ok\n" });
    await day.quiet();
    day.gate.next("red");
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect(Object.keys(await day.trunk())).toContain("a.js");
    expect(day.room("task:1").text()).toContain("a flake was suspected");
    const gate = day
      .room("merges")
      .card()
      .card?.fields.find((f) => f.name === "gate");
    expect(gate?.value).toContain("flaky");
  });

  it("a candidate that stays red goes back to its author, and main stays where it is", async () => {
    const day = await startDay({
      agents: workers,
      gate: { judge: (files) => (files.has("a.js") && files.has("b.js") ? "red" : "green") },
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const head = day.repo.commitOnTrunk({ "b.js": "ok\n" });
    await day.quiet();
    await day.ada.reacts("✅", day.room("merges").card());
    await day.quiet();
    expect((await day.repo.trunk(new AbortController().signal)).head).toBe(head);
    expect(mails(day, "eng-1-1", "together with main")).toHaveLength(1);
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: "eng-1-1" });
    expect(day.room("merges").card().card?.state).toBe("superseded");
    // One run, one more for the suspected flake.
    expect(
      day.events("verification_evidence_collected").filter((e) => e.purpose === "candidate"),
    ).toHaveLength(2);
  });

  it("without a test command done is refused and nothing lands", async () => {
    const day = await startDay({
      team: simple({ testCommand: null }, 1),
      agents: { "eng-1-1": (me, turn) => void obey(me, turn) },
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(await day.as("eng-1-1", "done")).toMatchObject({
      ok: false,
      exit: 3,
      refusal: { code: "gate.no-command" },
    });
    expect(day.landings).toEqual([]);
    expect(day.gate.runs).toEqual([]);
  });
});
