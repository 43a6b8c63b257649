// The outbox in front of Discord through a bad hour: nothing lost, nothing twice, and each room in its order.
import { join } from "node:path";
import { REST } from "discord.js";
import { afterEach, expect, it } from "vitest";
import { askOver, restOptions } from "../../src/chat/discord/rest.ts";
import { openLedger } from "../../src/chat/outbox/ledger.ts";
import { createOutbox, type Outbox } from "../../src/chat/outbox/outbox.ts";
import { openSpool } from "../../src/chat/outbox/spool.ts";
import type { ChatPort, Letter } from "../../src/core/chat-port.ts";
import { openStage, postOf, type Stage, within } from "./discord-stage.ts";

let stage: Stage;
afterEach(() => stage.end());

interface Way {
  readonly outbox: Outbox;
  readonly letters: Letter[];
}

/** As in product, but that what was given up counts as arrived sooner. */
async function openWay(port: ChatPort): Promise<Way> {
  const letters: Letter[] = [];
  const ledger = await openLedger(join(stage.dir, "posts.jsonl"));
  const outbox = createOutbox({
    port: { ...port, lateness: 300 },
    spool: openSpool(join(stage.dir, "outbox"), "discord"),
    ledger: {
      ...ledger,
      keep(key, standing) {
        ledger.keep(key, standing);
        stage.owned.set(standing.id, key);
      },
    },
    prepare: async (post) => post,
    ...{ cursor: 0, replayed: 0, save: async () => undefined, now: Date.now },
    onLetter: (letter) => letters.push(letter),
    onTrouble: () => undefined,
  });
  return { outbox, letters };
}

it("takes 5xx before and after storing, limits and lost answers, and each room reads as if nothing had been", async () => {
  stage = await openStage();
  const { outbox, letters } = await openWay(stage.port);
  const { rest } = stage.discord.faults;
  const posts = "POST /channels/:channel/messages";
  let n = 0;
  const trouble = [
    () => rest.next({ match: posts, status: 502 }),
    () => rest.next({ match: posts, status: 503, afterStoring: true, times: 4 }),
    () => rest.limit({ match: posts, retryAfter: 1 }),
    () => rest.next({ match: posts, drop: true, afterStoring: true }),
  ];
  const rooms = ["merges", "events", "alerts"];
  const keys = Array.from({ length: 12 }, (_, i) => `${i}`);
  for (const key of keys) {
    trouble[n++ % trouble.length]?.();
    for (const room of rooms) void outbox.keep(postOf(`${room}:${key}`, { room, text: key }));
  }
  await outbox.idle();
  for (const room of rooms) expect(stage.texts(`batty-${room}`)).toEqual(keys);
  expect(letters).toEqual([]);
  await outbox.close();
}, 60_000);

it("waits while nobody is there, and shows everything in order when Discord is back", async () => {
  stage = await openStage();
  const { outbox } = await openWay(stage.port);
  await stage.discord.faults.refuse();
  const keys = Array.from({ length: 5 }, (_, i) => `${i}`);
  for (const key of keys) void outbox.keep(postOf(key, { text: key }));
  while (outbox.report().trouble === null) await new Promise((resolve) => setImmediate(resolve));
  expect(outbox.report()).toMatchObject({ waiting: 5, trouble: { code: "chat.unavailable" } });
  await stage.discord.faults.restore();
  await outbox.idle();
  expect(stage.texts("batty-merges")).toEqual(keys);
  await outbox.close();
}, 60_000);

it("asks no more than once with a token that is none, and says so each time", async () => {
  stage = await openStage();
  const rest = new REST({ ...restOptions, api: stage.discord.api }).setToken("not.a.token");
  const ask = askOver(rest, Date.now);
  const before = stage.requests(/./).length;
  for (let i = 0; i < 3; i += 1)
    await expect(
      ask("asking", { method: "get", route: "/users/@me" }, within()),
    ).rejects.toMatchObject({ code: "chat.login" });
  expect(stage.requests(/./).length - before).toBe(1);
  rest.setToken(stage.discord.token);
  await ask("asking", { method: "get", route: "/users/@me" }, within());
});
