// A chat that is new to a team in the middle of its work: what waits for a person is there at once, and once.
import { expect, it } from "vitest";
import { createOutbox } from "../../src/chat/outbox/outbox.ts";
import { openCards } from "../../src/core/views/open-cards.ts";
import { createPump } from "../../src/daemon/pump.ts";
import type { Hands, Turn } from "../fakes/agents.ts";
import { chance } from "../fakes/chance.ts";
import { fakePlatform } from "../fakes/chat-platform.ts";
import { startDay } from "../fakes/day.ts";
import { outboxDisk } from "../fakes/outbox-disk.ts";
import { newTask, workers } from "../fakes/scripts.ts";

it("a chat that comes late shows open merge cards and questions, and none that are over, however often the bot starts", async () => {
  const architect = async (me: Hands, turn: Turn) => {
    if (turn.from === "ada")
      await me.batty("ask", "Which way?", "--option", "left", "--option", "right");
    return undefined;
  };
  const day = await startDay({ agents: { architect, ...workers } });
  await newTask(day, "Build login", "write login.js ok");
  await day.pass(30_000);
  await day.ada.presses("Approve", day.room("merges").card("merge"));
  await newTask(day, "Build logout", "write logout.js ok");
  await day.ada.says("/send architect find the way");
  await day.pass(60_000);

  const platform = fakePlatform({ now: day.clock.now, sleep: day.clock.sleep, chance: chance(1) });
  const disk = outboxDisk();
  for (let life = 0; life < 3; life += 1) {
    const outbox = createOutbox({
      ...{ port: platform.port, spool: disk.spool, ledger: disk.ledger, now: day.clock.now },
      ...{ cursor: day.state().seq, replayed: day.state().seq },
      prepare: async (post) => post,
      save: async () => undefined,
      onLetter: () => undefined,
      onTrouble: () => undefined,
    });
    createPump([outbox]).refresh(day.state(), day.clock.now());
    await day.pass(60_000);
    await outbox.close();
  }
  expect(openCards(day.state(), day.clock.now())).toHaveLength(2);
  expect(platform.posts("merges").map(({ post }) => [post.card?.title, post.card?.state])).toEqual([
    ["#2 Build logout", "open"],
  ]);
  expect(platform.posts("architect").map(({ post }) => post.card?.kind)).toEqual(["question"]);
  day.end();
});
