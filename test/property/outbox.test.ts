// The way out to a platform that fails, stalls, reorders, doubles and limits at random, under a bot that dies now and
// then: nothing is lost, nothing doubled, nothing out of order within a room.
import { afterEach, expect, it } from "vitest";
import { createOutbox, type Outbox } from "../../src/chat/outbox/outbox.ts";
import type { Card } from "../../src/core/card.ts";
import { post, type Shown } from "../../src/core/views/post.ts";
import { chance } from "../fakes/chance.ts";
import { faceOf, fakePlatform, type Mood } from "../fakes/chat-platform.ts";
import { type Clock, installClock } from "../fakes/clock.ts";
import { outboxDisk } from "../fakes/outbox-disk.ts";

let clock: Clock;
afterEach(() => clock.uninstall());

const rooms = ["merges", "alerts", "events", "architect", "eng-1-1", "eng-1-2", "task:1", "task:2"];
const moods: readonly Mood[] = [
  { slow: 300 },
  { slow: 300, limits: 0.1, fails: 0.1 },
  { slow: 2_000, doubles: 0.2, forgets: 0.05 },
  { slow: 300, stalls: 0.05, lags: 0.05 },
  { slow: 500, limits: 0.05, fails: 0.05, forgets: 0.05, stalls: 0.02, lags: 0.02, doubles: 0.1 },
  { hangs: true },
];

const cardOf = (kind: Card["kind"], title: string, state: Card["state"]): Card => ({
  ...{ kind, title, state, subject: {}, tone: "calm", lines: [], fields: [], actions: [] },
  ...{ image: null, footer: "" },
});

const messages = 10_000;

it("loses, doubles and reorders none of 10,000 decisions and messages", {
  timeout: 60_000,
}, async () => {
  clock = installClock(Date.UTC(2026, 0, 5, 8));
  const luck = chance(2026);
  const platform = fakePlatform({ now: clock.now, sleep: clock.sleep, chance: luck });
  const disk = outboxDisk();
  const journal: Shown[] = [];
  const wanted = new Map<string, { room: string; face: string }>();
  const seen = { deaths: 0, filed: 0, mostWaiting: 0 };
  let life = 0;

  const live = (): Outbox => {
    life += 1;
    const mine = life;
    const dead =
      <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
      async (...given: A): Promise<R> =>
        mine === life ? call(...given) : new Promise<never>(() => undefined);
    const { spool } = disk;
    const outbox = createOutbox({
      ...{ port: platform.port, now: clock.now, cursor: disk.cursor, replayed: journal.length },
      spool: {
        ...spool,
        write: dead(async (id, filed) => {
          seen.filed += 1;
          await spool.write(id, filed);
        }),
        remove: dead(spool.remove),
      },
      ledger: { ...disk.ledger, keep: (k, v) => void (mine === life && disk.ledger.keep(k, v)) },
      prepare: async (p) => p,
      save: dead(async (seq) => {
        disk.cursor = seq;
      }),
      onLetter: ({ key }) => expect.fail(`${key} was given up`),
      onTrouble: () => undefined,
    });
    for (let seq = disk.cursor + 1; seq <= journal.length; seq += 1)
      outbox.take(seq, [journal[seq - 1] as Shown]);
    return outbox;
  };
  let outbox = live();

  const say = (shown: Shown): void => {
    journal.push(shown);
    if ("post" in shown)
      wanted.set(shown.post.key, { room: shown.post.room, face: faceOf(shown.post) });
    outbox.take(journal.length, [shown]);
  };
  const pass = async (ms: number): Promise<void> => {
    const target = clock.now() + ms;
    for (;;) {
      for (let n = 0; n < 2; n += 1) await new Promise((resolve) => setImmediate(resolve));
      const next = clock.next();
      if (next === null || next > target) break;
      clock.moveTo(next);
    }
    clock.moveTo(target);
  };

  for (let n = 1; n <= messages; n += 1) {
    const room = luck.one(rooms);
    const of = luck.below(10);
    if (of < 3)
      say(post(`merge:${n}:1`, room, "", { card: cardOf("merge", `#${n}`, "open"), loud: true }));
    else if (of < 6 && n > 100) {
      // A decision on a card of before: an edit of it.
      const old = [...wanted].at(-1 - luck.below(90)) as [string, { room: string }];
      if (old[0].startsWith("merge:")) {
        const card = cardOf("merge", `#${old[0]}`, "decided");
        say(post(old[0], old[1].room, "", { card }));
      } else say(post(`answer:${n}`, room, `answer ${n}`));
    } else say(post(`e${n}`, room, `event ${n}`));
    seen.mostWaiting = Math.max(seen.mostWaiting, outbox.report().waiting);
    if (luck.hits(0.005)) platform.mood = luck.one(moods);
    if (luck.hits(0.002)) {
      void outbox.close();
      outbox = live();
      seen.deaths += 1;
    }
    if (luck.hits(0.3)) await pass(luck.below(2_000));
  }
  platform.mood = { slow: 100 };
  for (let n = 0; outbox.report().waiting > 0; n += 1) {
    if (n > 5_000) expect.fail(`still waiting: ${JSON.stringify(outbox.report())}`);
    await pass(1_000);
  }
  await outbox.idle();

  const shown = platform.posts();
  console.log(JSON.stringify({ messages, keys: wanted.size, ...seen, ...platform.counts }));
  const lost = [...wanted.keys()].filter((key) => !shown.some((p) => p.key === key));
  const doubled = shown.map((p) => p.key).filter((key, at, all) => all.indexOf(key) !== at);
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  for (const room of rooms) {
    const here = platform.posts(room);
    const order = [...wanted].filter(([, w]) => w.room === room).map(([key]) => key);
    expect(here.map((p) => p.key)).toEqual(order);
    for (const { key, shown: states } of here) expect(states.at(-1)).toBe(wanted.get(key)?.face);
  }
  expect(disk.waiting.size).toBe(0);
  // A new life does not know for how long the platform wanted to be left alone.
  expect(platform.early()).toBeLessThanOrEqual(seen.deaths);
});
