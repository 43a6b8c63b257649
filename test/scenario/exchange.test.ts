import { describe, expect, it } from "vitest";
import type { Script } from "../fakes/agents.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { newTask, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const minute = 60_000;

/** Whoever writes to it is thanked. */
const polite: Script = async (me, turn) => {
  if (turn.from === "batty") return;
  const to = turn.via === null ? turn.from : "manager";
  await me.batty("send", to, "Thank you. I acknowledge.");
};
const between = (day: Day) =>
  day
    .events("message_sent")
    .filter((e) => e.from !== "batty" && e.mail.via === undefined && e.mail.msg_type === "send");
const questions = (day: Day) =>
  ["eng-1-1", "manager", "architect"].flatMap((name) => day.room(name).cards("question"));

async function polites(): Promise<Day> {
  const day = await startDay({ team, agents: { "eng-1-1": polite, manager: polite } });
  await day.ada.says("/send eng-1-1 say hello to manager");
  return day;
}

describe("two members that answer each other for ever", () => {
  it("are stopped after twenty messages, with one question to people, however long it goes", async () => {
    const day = await polites();
    await day.pass(20 * minute);
    expect(between(day)).toHaveLength(20);
    expect(questions(day)).toHaveLength(1);
    const [card] = questions(day);
    expect(card?.loud).toBe(true);
    expect(card?.card?.lines[0]).toBe(
      "eng-1-1 and manager have written each other 20 messages, and nothing came of it: no task was made, handed out, declared done or landed.",
    );
    await day.crash();
    await day.pass(40 * minute);
    expect(between(day)).toHaveLength(20);
    expect(questions(day)).toHaveLength(1);
    expect(day.events("task_escalated", "escalation_repeated")).toHaveLength(1);
    expect((await day.shell("escalations")) as object).toMatchObject({
      json: [{ member: "eng-1-1", kind: "message-loop", state: "open" }],
    });
    expect(day.state().seats.get("eng-1-1")?.activity).toBe("idle");
  });

  it("hear why, and what to do instead; they still reach people and other members", async () => {
    const said: string[] = [];
    const day = await startDay({
      team,
      agents: {
        manager: polite,
        "eng-1-1": async (me, turn) => {
          if (turn.from === "batty") return;
          const reply = await me.batty("send", "manager", "Thanks");
          if (reply.ok) return;
          said.push(`${reply.refusal.code}: ${reply.refusal.say} ${reply.refusal.hint ?? ""}`);
          expect((await me.batty("ask", "Is this right?")).ok).toBe(true);
        },
      },
    });
    await day.ada.says("/send eng-1-1 say hello to manager");
    await day.pass(20 * minute);
    expect(said).toEqual([
      expect.stringMatching(
        /^message\.loop: The message to manager was not sent: .* nothing came of it.*`batty ask` reaches a person\.$/,
      ),
    ]);
    day.script("manager", (me) => void me.batty("send", "architect", "We are done here."));
    await day.ada.says("/send manager tell the architect");
    await day.pass(minute);
    expect(between(day).at(-1)).toMatchObject({ from: "manager", to: "architect" });
  });

  it("go on for as long again when a person says so; other words of theirs go to both", async () => {
    const day = await polites();
    await day.pass(20 * minute);
    const [card] = questions(day);
    if (card !== undefined) await day.ada.presses("let them go on", card);
    await day.pass(minute);
    await day.ada.says("/send eng-1-1 say hello to manager");
    await day.pass(20 * minute);
    expect(between(day)).toHaveLength(40);
    expect(questions(day)).toHaveLength(2);
    const open = day.events("task_escalated").at(-1)?.escalation ?? 0;
    day.script("eng-1-1", () => undefined);
    day.script("manager", () => undefined);
    await day.ada.says(`/escalations answer ${open} Stop thanking each other.`);
    await day.pass(minute);
    expect(day.typed("eng-1-1").join("\n")).toContain("Stop thanking each other.");
    expect(day.typed("manager").join("\n")).toContain("Stop thanking each other.");
    expect(day.events("task_escalated")).toHaveLength(2);
  });

  it("are not counted while something comes of it, and may go on once something did", async () => {
    const day = await polites();
    await day.pass(20 * minute);
    expect(questions(day)).toHaveLength(1);
    day.script("eng-1-1", worker);
    await newTask(day, "Build a", "write a.js ok");
    await day.quiet();
    expect(questions(day)[0]?.card?.footer).toBe("Withdrawn: something came of it");
    day.script("manager", async (me) => {
      for (let n = 0; n < 15; n += 1) await me.insist("send", "eng-1-1", `word ${n}`);
    });
    day.script("eng-1-1", () => undefined);
    await day.ada.says("/send manager talk");
    await day.pass(10 * minute);
    expect(between(day)).toHaveLength(35);
    expect(day.events("task_escalated")).toHaveLength(1);
  });

  it("cannot get round it by files in each other's inbox", async () => {
    const day = await startDay({ team });
    const mail = { from: "eng-1-1", to: "manager", msg_type: "send", timestamp: 1 };
    for (let n = 0; n < 30; n += 1)
      day.drop(
        "manager",
        `1.${String(n).padStart(6, "0")}.7`,
        JSON.stringify({ ...mail, body: `thanks ${n}` }),
      );
    await day.pass(20 * minute);
    expect(between(day)).toHaveLength(20);
    expect(day.events("message_refused")).toHaveLength(10);
    expect(day.events("message_refused")[0]?.code).toBe("message.loop");
    expect(questions(day)).toHaveLength(1);
  });
});
