// tmux that is late, silent or lost: what is not known counts for nothing, and everything else goes on.
import { expect, it } from "vitest";
import { Failure } from "../../src/core/words.ts";
import { startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);

it("a message whose paste was lost with the line to tmux is queued again under its id, and taken once", async () => {
  const day = await startDay({ team });
  let losses = 2;
  day.mischief = {
    beforeCall(call) {
      if (call === "terminal.paste" && losses === 2 && losses-- > 0)
        throw new Failure("tmux.gone", "the tmux control client ended");
    },
    afterCall(call) {
      if (call === "terminal.paste" && losses === 1 && losses-- > 0)
        throw new Failure("tmux.timeout", "tmux did not answer");
    },
  };
  const { own } = await day.ada.says("/send eng-1-1 hello");
  await day.quiet();
  expect(losses).toBe(0);
  expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
  expect(day.typed("eng-1-1").filter((text) => text.includes("hello"))).toHaveLength(1);
  expect(day.turns.map((t) => t.body)).toEqual(["hello"]);
  expect(day.events("message_held")).toHaveLength(1);
  expect(day.events("delivery_failed")).toEqual([]);
});

it("tmux that takes 30 s for an answer, and then gives none: nobody is launched, ended or typed to, and a task lands in its own time", async () => {
  let answersAfter = 0;
  const day = await startDay({
    team,
    mischief: {
      async beforeCall(call) {
        if (!call.startsWith("terminal.")) return;
        for (const since = day.now(); day.now() - since < answersAfter; ) {
          // What is not answered within 5 s is given up, as the real one does.
          if (day.now() - since >= 5_000) throw new Failure("tmux.timeout", "no answer");
          await day.clock.sleep(1_000);
        }
      },
    },
    agents: {
      "eng-1-1": async (me, turn) => {
        me.write(`${turn.task}.js`, "ok\n");
        me.commit("Build");
        await me.sleep(10_000);
        await me.insist("done");
      },
    },
  });
  await newTask(day, "Build a", "", "--assignee", "eng-1-1");
  await day.until(() => day.isBusy("eng-1-1"));
  const launched = day.terminal.launches.length;
  const typed = day.terminal.typed.length;
  for (const silence of [30_000, Number.POSITIVE_INFINITY]) {
    answersAfter = silence;
    await day.pass(35_000);
    const asked = day.now();
    expect((await day.ada.says("/status")).text).toContain("~ eng-1-1 unknown");
    const { own } = await day.ada.says("/send architect hello");
    expect(day.now() - asked).toBe(0);
    expect(day.chat.receipts(own ?? "")).toEqual(["queued"]);
  }
  const [card] = day.room("merges").cards();
  if (card === undefined) throw new Error("no card came");
  const pressed = day.now();
  await day.ada.presses("Approve", card);
  await day.until(() => day.state().work.get(1)?.phase === "landed", 5_000);
  expect(day.now() - pressed).toBeLessThan(5_000);
  expect(await day.trunk()).toMatchObject({ "1.js": "ok\n" });
  await day.pass(5 * 60_000);
  expect(day.terminal.launches).toHaveLength(launched);
  expect(day.terminal.typed).toHaveLength(typed);
  expect(day.events("agent_died", "agent_stopped", "spawn_failed", "member_parked")).toEqual([]);
  expect(day.state().team).toBe("running");
  expect(day.life().gaveUp()).toBe(false);
  answersAfter = 0;
  const hellos = () => day.turns.filter((turn) => turn.body === "hello").length;
  await day.until(() => hellos() === 2, 90_000);
  await day.quiet();
  expect(hellos()).toBe(2);
  expect(day.terminal.launches).toHaveLength(launched);
});
