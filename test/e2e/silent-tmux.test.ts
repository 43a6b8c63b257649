// A tmux server that is there and answers nothing, as on a machine that swaps: the bot goes on with all that needs no pane.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { actionOf, isCard } from "./chat.ts";
import { team } from "./team.ts";
import { until } from "./waiting.ts";

test("while tmux is stopped nobody is launched or taken for dead, a task lands, and what was said is taken afterwards", async () => {
  const t = await team();
  const [begun, go] = [join(t.place.folder, "begun"), join(t.place.folder, "go")];
  await t.task("engineer", "one", `run touch ${begun}; until [ -e ${go} ]; do sleep 0.05; done`);
  await until("the turn", () => existsSync(begun));
  const seats = await t.seats();
  const server = Number((await t.tmux("display-message", "-p", "#{pid}")).stdout);
  process.kill(server, "SIGSTOP");
  onTestFinished(() => void process.kill(server, "SIGCONT"));
  const from = t.journal.lines().length;
  const id = await t.order("architect", "say here");
  await t.place.run("touch", [go]);
  const card = await t.chat.next("the card", isCard("merge", "open", 1));
  await t.chat.press(actionOf(card, "approve"), card["id"]);
  await t.journal.until("task_manual_merged", () => true, 10_000);
  expect((await t.batty("status")).code).toBe(0);
  expect(await t.git("show", "main:test/one.sh")).toBe("exit 0");
  expect(t.journal.of("message_typed", (l) => l["id"] === id)).toEqual([]);
  process.kill(server, "SIGCONT");
  await t.journal.until("message_answered", (l) => l["id"] === id);
  expect(await t.seats()).toEqual(seats);
  const since = t.journal.lines().slice(from);
  const forbidden = ["agent_spawned", "agent_died", "spawn_failed", "team_stopped"];
  expect(since.filter((l) => forbidden.includes(l.event))).toEqual([]);
  // Who waited for tmux in the loop would stand still for its whole deadline, 5 s.
  expect(since.filter((l) => l.event === "loop_stalled" && l["ms"] > 2_000)).toEqual([]);
});
