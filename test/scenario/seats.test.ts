import { describe, expect, it } from "vitest";
import { startDay } from "../fakes/day.ts";
import { newTask, obey, worker, workers } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);

describe("agents that die", () => {
  it("an agent that dies while it works is started again, keeps its task, and is not typed its message twice", async () => {
    let deaths = 0;
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": async (me, turn) => {
          if (turn.task !== null && deaths++ === 0) {
            me.write("a.js", "half\n");
            await me.sleep(3_000);
            me.crash(1);
          }
          obey(me, turn);
        },
      },
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    const told = day.typed("eng-1-1").filter((t) => t.includes("Build a"));
    expect(told.filter((t) => t.includes("write a.js ok"))).toHaveLength(1);
    expect(told.filter((t) => t.includes("started anew"))).toHaveLength(1);
    expect(day.terminal.launches.filter((l) => l.member === "eng-1-1")).toHaveLength(2);
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: "eng-1-1" });
    expect(day.room("events").text()).toContain("eng-1-1's agent ended (exit 1).");
    expect(day.room("events").text()).toContain("eng-1-1 is up (script, launch 2).");
    // Uncommitted work stands where it was.
    expect(day.repo.member.read("eng-1-1", "a.js")).toBe("half\n");
    expect(day.events("pane_respawned")).toHaveLength(1);
    await day.ada.says("/send eng-1-1 go on\nwrite a.js ok");
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("an agent's certain end is told though tmux does not answer, and nobody else is taken for dead", async () => {
    const day = await startDay({ team: simple({}, 2) });
    await day.quiet();
    day.terminal.freeze();
    day.terminal.seat("eng-1-1").exit(137);
    await day.pass(100);
    expect(day.events("agent_died")).toEqual([
      { event: "agent_died", member: "eng-1-1", epoch: 1, exit: 137 },
    ]);
    day.terminal.thaw();
    await day.quiet();
    expect(day.room("events").text()).toContain("eng-1-1 is up (script, launch 2).");
    expect(day.terminal.launches.filter((l) => l.member !== "eng-1-1")).toHaveLength(3);
    expect(day.events("agent_died")).toHaveLength(1);
  });

  it("what a former agent says too late is not taken for the present one", async () => {
    const day = await startDay({ team });
    day.script("eng-1-1", async (me) => {
      await me.sleep(600_000);
    });
    await day.ada.says("/send eng-1-1 one");
    await day.pass(2_000);
    await day.ada.says("/restart eng-1-1");
    await day.pass(5_000);
    await day.ada.says("/send eng-1-1 two");
    await day.pass(5_000);
    await day.ada.says("/send eng-1-1 three");
    const late = { id: "x", member: "eng-1-1", epoch: 1, message: null, detail: "", ts: day.now() };
    const text = JSON.stringify({ ...late, kind: "idle" });
    await day.signals.drop("eng-1-1", `${day.now()}.000001.7`, text);
    await day.pass(20_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one", "two"]);
    expect(day.state().seats.get("eng-1-1")).toMatchObject({ epoch: 2, activity: "working" });
  });

  it("a message in the pane of an agent that died before its receipt is told as failed with Send again, once", async () => {
    const day = await startDay({ team });
    day.lose("eng-1-1", "taken", 1);
    day.script("eng-1-1", async (me) => {
      await me.sleep(1_000);
      day.script("eng-1-1", () => "here");
      me.crash(1);
    });
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.quiet();
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("failed");
    const cards = day.room("eng-1-1").cards("alert");
    expect(cards).toHaveLength(1);
    const [card] = cards as [(typeof cards)[number]];
    await day.ada.presses("Send again", card);
    await day.quiet();
    expect(day.room("eng-1-1").card("alert").card?.state).toBe("done");
    expect((await day.ada.presses("Send again", card)).refusal?.code).toBe("message.unknown");
    await day.quiet();
    expect(day.turns.filter((t) => t.body === "hello")).toHaveLength(2);
    expect(day.room("eng-1-1").text()).toContain("eng-1-1: here");
    expect(day.events("delivery_failed")).toHaveLength(1);
  });

  it("four failed starts within two minutes park the seat with one escalation; `start again` tries anew", async () => {
    const day = await startDay({ team, start: false });
    day.terminal.failLaunches("eng-1-1", 4);
    await day.ada.says("/start");
    await day.quiet();
    await day.pass(300_000);
    expect(day.room("eng-1-1").cards("question")).toHaveLength(1);
    const card = day.room("eng-1-1").card("question");
    expect(card.card?.lines.join("\n")).toContain("4 tries within 2 minutes");
    expect(day.events("spawn_failed")).toHaveLength(4);
    expect((await day.ada.says("/status")).text).toContain("✗ eng-1-1 parked");
    expect(day.terminal.launches.some((l) => l.member === "manager")).toBe(true);
    await day.ada.presses("start again", card);
    await day.quiet();
    expect(day.state().seats.get("eng-1-1")?.live).not.toBeNull();
    expect(day.room("eng-1-1").card("question").card?.state).toBe("done");
    expect(day.events("task_escalated")).toHaveLength(1);
  });

  it("a launch that came about after it was given up makes room for the next one", async () => {
    const day = await startDay({ team, start: false });
    const { Failure } = await import("../../src/core/words.ts");
    let late = 1;
    day.mischief = {
      afterCall(call) {
        if (call === "terminal.launch" && late-- > 0) throw new Failure("timeout", "too late");
      },
    };
    await day.ada.says("/start");
    await day.quiet();
    expect([...day.state().seats.values()].every((s) => s.live !== null)).toBe(true);
    const panes = await day.terminal.list(new AbortController().signal);
    expect(panes.filter((p) => !p.dead)).toHaveLength(3);
    await day.ada.says("/send architect hello");
    await day.quiet();
    expect(day.room("architect").text()).toBe("architect: taken");
    expect(day.room("architect").cards()).toEqual([]);
  });

  it("start answers when seats are up or given up, and names what did not come", async () => {
    const day = await startDay({ team, start: false });
    day.terminal.failLaunches("eng-1-1", 4);
    const reply = await day.shell("start");
    expect(reply).toMatchObject({ ok: true, json: { down: ["eng-1-1"] } });
    expect(reply.ok && reply.text).toContain("Not up: eng-1-1: eng-1-1 cannot be launched");
    expect(await day.shell("start")).toMatchObject({ exit: 1, refusal: { code: "team.running" } });
  });

  it("a pane that a person closes costs its own agent alone, which goes on with its task", async () => {
    const day = await startDay({ agents: { "eng-1-1": (me) => void me.write("a.js", "half\n") } });
    await newTask(day, "Build a", "", "--assignee", "eng-1-1");
    await day.quiet();
    const launched = day.terminal.launches.length;
    await day.terminal.kill(day.terminal.seat("eng-1-1").pane, new AbortController().signal);
    await day.quiet();
    expect(day.terminal.launches.slice(launched).map((l) => l.member)).toEqual(["eng-1-1"]);
    expect(day.events("agent_died")).toHaveLength(1);
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: "eng-1-1" });
    expect(day.typed("eng-1-1").filter((text) => text.includes("started anew"))).toHaveLength(1);
  });

  it("a tmux server that dies under three tasks: all agents are back within a minute, each with its task and work, and each end is told once", async () => {
    const names = ["eng-1-1", "eng-1-2", "eng-1-3"];
    const day = await startDay({ agents: {} });
    for (const name of names) {
      day.script(name, async (me) => {
        if (me.epoch === 1) {
          me.write(`${name}.js`, "kept\n");
          me.commit(`Begin ${name}`);
          me.write(`${name}.draft.js`, "half\n");
        }
        await me.sleep(600_000);
      });
      await newTask(day, `Build ${name}`, "", "--assignee", name);
    }
    await day.pass(10_000);
    const before = day.room("events").text().length;
    day.terminal.crash();
    await day.pass(60_000);
    const told = day.room("events").text().slice(before);
    for (const [at, name] of names.entries()) {
      expect(day.state().seats.get(name)?.live).not.toBeNull();
      expect(await day.task(at + 1)).toMatchObject({ status: "in-progress", claimedBy: name });
      expect(day.repo.commitFiles(`${name}/${at + 1}`).get(`${name}.js`)).toBe("kept\n");
      expect(day.repo.member.read(name, `${name}.draft.js`)).toBe("half\n");
      expect(day.typed(name).filter((text) => text.includes("started anew"))).toHaveLength(1);
      expect(day.room(name).cards()).toEqual([]);
    }
    expect(told.split("\n").filter((line) => line.includes("gone"))).toEqual([
      "batty: The panes of architect, manager, eng-1-1, eng-1-2, eng-1-3 are gone (tmux ended?); their agents are started again.",
    ]);
    expect(told).not.toContain("agent ended");
    expect(day.room("alerts").text()).toBe("");
    expect(day.terminal.launches).toHaveLength(10);
    expect(day.state().team).toBe("running");
  });

  it("a whole tmux server that dies is filled again, and tasks go on", async () => {
    const day = await startDay({ agents: { "eng-1-1": worker } });
    await newTask(day, "Build a", "write a.js RED");
    await day.quiet();
    day.terminal.crash();
    await day.quiet();
    expect(day.terminal.launches).toHaveLength(10);
    expect([...day.state().seats.values()].every((s) => s.live !== null)).toBe(true);
    await day.ada.says("/send eng-1-1 once more\nwrite a.js ok");
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
  });

  it("a frozen tmux is unknown, never no: for 60 s nothing is started or ended, and then it goes on", async () => {
    const day = await startDay({ team, agents: workers });
    const { length } = day.terminal.launches;
    day.terminal.freeze();
    await newTask(day, "Build a", "write a.js ok");
    await day.pass(60_000);
    expect(day.terminal.launches).toHaveLength(length);
    expect(day.events("agent_died", "agent_stopped", "spawn_failed", "member_parked")).toEqual([]);
    expect((await day.ada.says("/status")).text).toContain("~ eng-1-1 unknown");
    expect(day.state().team).toBe("running");
    day.terminal.thaw();
    await day.pass(60_000);
    await day.quiet();
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(day.terminal.launches).toHaveLength(length);
    expect(day.typed("eng-1-1").filter((t) => t.includes("Build a"))).toHaveLength(1);
  });

  it("restart of one member ends its agent and starts it anew with its task", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": (me, turn) => void obey(me, turn) } });
    const reply = await day.shell("restart", "eng-1-1");
    expect(reply).toMatchObject({ ok: true });
    await day.quiet();
    expect(day.terminal.launches.filter((l) => l.member === "eng-1-1")).toHaveLength(2);
    expect(day.events("agent_died")).toEqual([]);
    expect(day.room("eng-1-1").cards()).toEqual([]);
  });
});

describe("the bot comes back", () => {
  it("live panes are adopted: nobody is started anew, and signals told meanwhile count", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": async (me, turn) => {
          if (!obey(me, turn)) return;
          await me.sleep(10_000);
          await me.insist("done");
        },
      },
    });
    await newTask(day, "Build a", "write a.js ok");
    await day.pass(3_000);
    await day.crash(60_000);
    await day.quiet();
    expect(day.terminal.launches).toHaveLength(3);
    expect(day.events("daemon_started")).toHaveLength(2);
    expect(day.room("merges").cards()).toHaveLength(1);
    expect(day.typed("eng-1-1").filter((t) => t.includes("Build a"))).toHaveLength(1);
  });

  it("an agent that died while the bot was down is started again by the next one", async () => {
    const day = await startDay({ team });
    day.kill();
    day.terminal.seat("eng-1-1").exit(3);
    await day.crash(30_000);
    await day.quiet();
    expect(day.events("agent_died")).toMatchObject([{ member: "eng-1-1", exit: 3 }]);
    expect(day.state().seats.get("eng-1-1")?.epoch).toBe(2);
  });

  it("messages, cards and answers are shown once however often the bot comes back", async () => {
    const day = await startDay({ agents: workers });
    const { own } = await day.ada.says("/send architect hello");
    for (let n = 0; n < 5; n += 1) {
      await day.pass(300);
      await day.crash();
    }
    await newTask(day, "Build a", "write a.js ok");
    for (let n = 0; n < 5; n += 1) {
      await day.pass(700);
      await day.crash();
    }
    await day.quiet();
    expect(day.room("architect").text()).toBe("architect: taken");
    expect(day.chat.receipts(own ?? "")).toEqual(["queued", "typed", "taken", "answered"]);
    expect(day.room("merges").text()).toBe("batty: [merge open] #1 Build a");
    const goes = day
      .room("task:1")
      .text()
      .match(/#1 Build a goes to eng-1-1/g);
    expect(goes).toHaveLength(1);
  });

  it("a stopped team stays stopped over a restart, its work rescued, and starts again", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": (me) => me.write("a.js", "half\n") } });
    await newTask(day, "Build a", "");
    await day.quiet();
    const asked = await day.ada.says("/stop");
    expect(asked.text).toContain("Stop the team?");
    await day.ada.presses("Yes", asked);
    await day.quiet();
    expect(day.room("events").text()).toMatch(/was kept as refs\/batty\/rescue\/eng-1-1\//);
    await day.crash();
    await day.quiet();
    expect(day.state().team).toBe("stopped");
    expect((await day.terminal.list(new AbortController().signal)).filter((p) => !p.dead)).toEqual(
      [],
    );
    expect(await day.as("eng-1-1", "task", "next", "--claim")).toMatchObject({
      refusal: { code: "team.stopped" },
    });
    expect((await day.ada.says("/restart eng-1-1")).refusal?.code).toBe("team.stopped");
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.quiet();
    expect(day.chat.receipts(own ?? "")).toEqual(["queued"]);
    await day.ada.says("/start");
    await day.quiet();
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
    expect(day.repo.member.read("eng-1-1", "a.js")).toBe("half\n");
    expect(await day.task(1)).toMatchObject({ status: "in-progress", claimedBy: "eng-1-1" });
  });
});
