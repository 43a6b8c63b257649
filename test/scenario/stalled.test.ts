import { describe, expect, it } from "vitest";
import { type Day, startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const minute = 60_000;
const alerts = (day: Day, room: string) => day.room(room).cards("alert");

/** Nothing moves from now on: each look says so. */
function quietSince(day: Day, member: string, more: { startedAt?: number } = {}): () => void {
  const since = day.now();
  const command = { name: "make", startedAt: more.startedAt ?? 0 };
  day.machine.vital.set(member, {
    get quietFor() {
      return day.now() - since;
    },
    commands: more.startedAt === undefined ? [] : [command],
    screen: ["› thinking", "press any key"],
  });
  return () => void day.machine.vital.delete(member);
}

async function busy(ms: number): Promise<Day> {
  const day = await startDay({ team, agents: { "eng-1-1": (me) => me.sleep(ms) } });
  await day.ada.says("/send eng-1-1 think about it");
  await day.pass(5_000);
  return day;
}

describe("a member that works without a sign", () => {
  it("is told once as stalled, with what was seen, and is not ended; once more when it goes on", async () => {
    const day = await busy(40 * minute);
    quietSince(day, "eng-1-1");
    await day.pass(9 * minute);
    expect(alerts(day, "eng-1-1")).toEqual([]);
    await day.pass(20 * minute);
    await day.crash();
    await day.pass(5 * minute);
    const [alert, ...more] = alerts(day, "eng-1-1");
    expect(more).toEqual([]);
    const text = alert?.card?.lines.join("\n") ?? "";
    expect(text).toContain("no signal, no output, no CPU for 10 min; no command of its own runs");
    expect(text).toContain("press any key");
    expect(text).toContain("batty attach eng-1-1");
    expect(alert?.loud).toBe(true);
    expect((await day.ada.says("/status")).text).toContain(
      "● eng-1-1 working: stalled: works since",
    );
    expect((await day.shell("status")).ok).toBe(true);
    expect(day.terminal.launches.filter((l) => l.member === "eng-1-1")).toHaveLength(1);
    await day.pass(10 * minute);
    await day.quiet();
    expect(alerts(day, "eng-1-1")).toHaveLength(1);
    const now = alerts(day, "eng-1-1")[0];
    expect(now?.card).toMatchObject({ title: "eng-1-1 goes on", tone: "calm" });
    expect(now?.card?.lines).toEqual(["It is over: it gave a sign."]);
    expect(day.events("member_stalled", "member_recovered")).toHaveLength(2);
  });

  it("is busy, not stalled, while its screen or its processes move", async () => {
    const day = await busy(120 * minute);
    day.machine.vital.set("eng-1-1", { quietFor: 20_000, commands: [], screen: [] });
    await day.pass(100 * minute);
    expect(day.events("member_stalled")).toEqual([]);
  });

  it("has six times as long while a command of its turn runs", async () => {
    const day = await busy(120 * minute);
    quietSince(day, "eng-1-1", { startedAt: day.now() });
    await day.pass(55 * minute);
    expect(day.events("member_stalled")).toEqual([]);
    await day.pass(10 * minute);
    expect(day.events("member_stalled")).toMatchObject([{ kind: "stalled" }]);
    expect(day.events("member_stalled")[0]?.seen).toContain("it waits for make");
  });

  it("is not judged by what could not be looked at, nor by programs that stood before its turn", async () => {
    const day = await busy(120 * minute);
    quietSince(day, "eng-1-1", { startedAt: day.now() - 60_000 });
    day.machine.blind = true;
    await day.pass(30 * minute);
    expect(day.events("member_stalled")).toEqual([]);
    day.machine.blind = false;
    await day.pass(2 * minute);
    expect(day.events("member_stalled")).toHaveLength(1);
  });

  it("whose screen moves again is told as going on, and its next episode is a new word", async () => {
    const day = await busy(120 * minute);
    const end = quietSince(day, "eng-1-1");
    await day.pass(11 * minute);
    end();
    day.machine.vital.set("eng-1-1", { quietFor: 0, commands: [], screen: ["moving"] });
    await day.pass(2 * minute);
    expect(alerts(day, "eng-1-1").map((a) => a.card?.lines)).toEqual([
      ["It is over: it moves again."],
    ]);
    quietSince(day, "eng-1-1");
    await day.pass(12 * minute);
    expect(alerts(day, "eng-1-1")).toHaveLength(2);
  });
});

describe("a member whose process", () => {
  const standing = (day: Day, agent: { stopped: boolean; mute: boolean }) => {
    const since = day.now();
    day.terminal.stop("eng-1-1", agent.stopped);
    day.machine.vital.set("eng-1-1", {
      get quietFor() {
        return day.now() - since;
      },
      ...{ commands: [], screen: ["› "], agent: { pid: 4711, ...agent } },
    });
  };

  it("is stopped while it works is told within a minute, once, with what lets it go on", async () => {
    const day = await busy(120 * minute);
    standing(day, { stopped: true, mute: false });
    await day.pass(minute);
    const [alert] = alerts(day, "eng-1-1");
    expect(alert?.card?.lines[0]).toContain("process 4711 is stopped");
    expect(alert?.card?.lines[0]).toContain("kill -CONT 4711");
    await day.pass(60 * minute);
    await day.crash();
    await day.pass(minute);
    expect(day.events("member_stalled")).toMatchObject([{ kind: "stopped" }]);
    expect(day.terminal.launches.filter((l) => l.member === "eng-1-1")).toHaveLength(1);
    standing(day, { stopped: false, mute: false });
    await day.pass(minute);
    expect(alerts(day, "eng-1-1").map((a) => a.card?.lines)).toEqual([
      ["It is over: its process runs again."],
    ]);
  });

  it("is stopped while it waits gets nothing typed; its message waits, and is typed once when it goes on", async () => {
    const day = await startDay({ team });
    standing(day, { stopped: true, mute: false });
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.pass(minute);
    expect(day.typed("eng-1-1").join("")).not.toContain("hello");
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("queued");
    expect(alerts(day, "eng-1-1")[0]?.card?.lines[0]).toContain("process 4711 is stopped");
    day.terminal.stop("eng-1-1", false);
    day.machine.vital.delete("eng-1-1");
    await day.quiet();
    expect(day.typed("eng-1-1").filter((t) => t.includes("hello"))).toHaveLength(1);
    expect(day.turns.map((t) => t.body)).toEqual(["hello"]);
    expect(day.events("delivery_failed")).toEqual([]);
  });

  it("closed its output and lives is told within a minute, once, until it ends", async () => {
    const day = await busy(5 * minute);
    standing(day, { stopped: false, mute: true });
    await day.pass(minute);
    expect(alerts(day, "eng-1-1")[0]?.card?.lines[0]).toContain("has closed its output");
    await day.pass(20 * minute);
    expect(alerts(day, "eng-1-1")[0]?.card?.title).toBe("eng-1-1 may be stuck");
    expect(day.events("member_stalled")).toHaveLength(1);
    day.machine.vital.delete("eng-1-1");
    await day.ada.says("/restart eng-1-1");
    await day.pass(minute);
    expect(alerts(day, "eng-1-1")[0]?.card?.lines).toEqual(["It is over: its agent ended."]);
  });
});

describe("a member that started and never said a word", () => {
  it("is told as silent once, and it is over with its first word", async () => {
    const day = await startDay({ team, start: false });
    day.lose("eng-1-1", "started", 1);
    day.machine.vital.set("eng-1-1", { quietFor: 0, commands: [], screen: ["Log in? [y/n]"] });
    await day.ada.says("/start");
    await day.pass(110_000);
    expect(day.events("member_stalled")).toEqual([]);
    await day.pass(30 * minute);
    const [alert, ...more] = alerts(day, "eng-1-1");
    expect(more).toEqual([]);
    expect(alert?.card?.lines.join("\n")).toMatch(/no word since its launch 2 min ago.*Log in\?/s);
    expect((await day.ada.says("/status")).text).toContain("… eng-1-1 starting: silent: no word");
    const word = { id: "x", member: "eng-1-1", epoch: 1, kind: "started", message: null };
    const text = JSON.stringify({ ...word, detail: "", ts: day.now() });
    await day.signals.drop("eng-1-1", `${day.now()}.000001.7`, text);
    await day.pass(minute);
    expect(alerts(day, "eng-1-1")[0]?.card?.title).toBe("eng-1-1 goes on");
  });

  it("idle members are never stalled, however long they are quiet", async () => {
    const day = await startDay({ team });
    quietSince(day, "eng-1-1");
    await day.pass(180 * minute);
    expect(day.events("member_stalled")).toEqual([]);
  });
});
