import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOutbox, type Outbox } from "../../../../src/chat/outbox/outbox.ts";
import type { OutboxParts } from "../../../../src/chat/outbox/parts.ts";
import { postOf } from "../../../../src/core/views/post.ts";
import { Failure } from "../../../../src/core/words.ts";
import { deferred } from "../../../../src/lib/deferred.ts";
import { chance } from "../../../fakes/chance.ts";
import { fakePlatform, type Platform } from "../../../fakes/chat-platform.ts";
import { type Clock, installClock } from "../../../fakes/clock.ts";
import { type OutboxDisk, outboxDisk } from "../../../fakes/outbox-disk.ts";

let clock: Clock;
let platform: Platform;
let disk: OutboxDisk;
beforeEach(() => {
  clock = installClock(Date.UTC(2026, 0, 5, 8));
  platform = fakePlatform({ now: clock.now, sleep: clock.sleep, chance: chance(1) });
  disk = outboxDisk();
});
afterEach(() => clock.uninstall());

const open = (more: Partial<OutboxParts> = {}): Outbox =>
  createOutbox({
    ...{ port: platform.port, now: clock.now, cursor: disk.cursor, replayed: disk.cursor },
    ...{ spool: disk.spool, ledger: disk.ledger, prepare: async (post) => post },
    save: async (seq) => {
      disk.cursor = seq;
    },
    ...{ onLetter: () => undefined, onTrouble: () => undefined },
    ...more,
  });

const settle = async (): Promise<void> => {
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
};
const pass = async (ms: number): Promise<void> => {
  const target = clock.now() + ms;
  for (;;) {
    await settle();
    const next = clock.next();
    if (next === null || next > target) break;
    clock.moveTo(next);
  }
  clock.moveTo(target);
  await settle();
};
const say = (outbox: Outbox, seq: number, key: string, text = key): void =>
  outbox.take(seq, [{ post: postOf(key, "events", text) }]);
const shown = (): readonly string[] => platform.posts().map((p) => p.shown.at(-1) ?? "");

describe("an outbox", () => {
  it("asks a disk that takes nothing once in a while, however much waits for it", async () => {
    platform.mood = { hangs: true };
    const tried: number[] = [];
    const write = async (): Promise<never> => {
      tried.push(clock.now());
      await new Promise((resolve) => setImmediate(resolve));
      throw new Failure("io.full", "no space left");
    };
    const outbox = open({ spool: { ...disk.spool, write } });
    for (let seq = 1; seq <= 300; seq += 1) say(outbox, seq, `e${seq}`);
    await pass(10_000);
    expect(tried.length).toBeGreaterThan(2);
    expect(tried.length).toBeLessThan(20);
    void outbox.close();
  });

  it("shows the newer state of a post, though an older one is asked for again meanwhile", async () => {
    const old = { post: postOf("a", "events", "old") };
    await disk.spool.bury("1", { at: 1, seq: 1, shown: old, code: "chat.refused", say: "no" });
    platform.mood = { hangs: true };
    const outbox = open();
    say(outbox, 5, "a", "new");
    await pass(2_000);
    outbox.take(6, [{ again: { chat: "elsewhere", letter: "1.elsewhere" } }]);
    await pass(100);
    platform.mood = {};
    await pass(60_000);
    expect([shown(), disk.letters.size, disk.waiting.size]).toEqual([["new"], 0, 0]);
  });

  it("shows a state that came back, though the one between was shown and the bot died before it noted that", async () => {
    const first = open();
    say(first, 1, "a", "open");
    await pass(5_000);
    const noted = disk.ledger.get("a");
    say(first, 2, "a", "approved");
    await pass(5_000);
    await first.close();
    if (noted !== null) disk.ledger.keep("a", noted);
    const next = open({ replayed: 3 });
    say(next, 2, "a", "approved");
    say(next, 3, "a", "open");
    await pass(5_000);
    expect(shown()).toEqual(["open"]);
    await next.close();
  });

  it("shows what former lives left though one of their files can't be read", async () => {
    for (const id of ["1", "2"])
      await disk.spool.write(id, { at: 1, seq: 1, shown: { post: postOf(id, "events", id) } });
    const told: string[] = [];
    const read: typeof disk.spool.read = async (id) => {
      if (id === "1") throw new Failure("io.failed", "reading 1 failed");
      return disk.spool.read(id);
    };
    const outbox = open({
      spool: { ...disk.spool, read },
      onTrouble: (error) => void told.push(String(error)),
    });
    await pass(10_000);
    expect([shown(), told.length, [...disk.waiting.keys()]]).toEqual([["2"], 1, ["1"]]);
    await outbox.close();
  });

  it("shows what became of a post while it was given up", async () => {
    platform.mood = { refuses: () => "chat.refused" };
    const told: string[] = [];
    const outbox = open({
      spool: {
        ...disk.spool,
        async bury(id, filed) {
          await clock.sleep(2_000);
          await disk.spool.bury(id, filed);
        },
      },
      onLetter: ({ key }) => void told.push(key),
    });
    await pass(100);
    say(outbox, 1, "a", "old");
    await pass(1_500);
    platform.mood = {};
    say(outbox, 2, "a", "new");
    await pass(10_000);
    expect([shown(), told, disk.waiting.size, disk.cursor]).toEqual([["new"], ["a"], 0, 2]);
  });

  it("files at its end an answer that no journal line holds", async () => {
    platform.mood = { hangs: true };
    const outbox = open();
    const kept = outbox.keep(postOf("trimmed", "events", "files were removed"));
    await pass(100);
    await outbox.close();
    await kept;
    expect([...disk.waiting.values()].map(({ shown: of }) => of)).toEqual([
      { post: postOf("trimmed", "events", "files were removed") },
    ]);
  });

  it("leaves nothing behind when it ends while it still reads what former lives left", async () => {
    const outbox = open();
    say(outbox, 1, "a");
    await outbox.close();
    await settle();
    expect([clock.next(), shown(), disk.cursor]).toEqual([null, [], 0]);
  });

  it("knows where its posts stand before it says how far it is", async () => {
    const written = deferred<void>();
    const outbox = open({ ledger: { ...disk.ledger, written: () => written.promise } });
    say(outbox, 1, "a");
    await pass(10_000);
    expect([shown(), disk.cursor]).toEqual([["a"], 0]);
    written.resolve();
    await settle();
    expect(disk.cursor).toBe(1);
  });
});
