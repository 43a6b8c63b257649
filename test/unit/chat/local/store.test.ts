import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../../../../src/chat/local/store.ts";
import type { Post } from "../../../../src/core/card.ts";
import { landed, mergeCard } from "./samples.ts";

let dir: string;
let store: Store;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "batty-chat-"));
  store = await openStore(join(dir, "local"));
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

const restart = async (): Promise<void> => {
  await store.close();
  store = await openStore(join(dir, "local"));
};

const noon = Date.UTC(2026, 10, 28, 12);
const postOf = (key: string, more: Partial<Post> = {}): Post => ({
  ...{ key, room: "commands", thread: null, from: "batty", text: key, card: null },
  ...{ loud: false, mentions: [], replyTo: null },
  ...more,
});
const post = (key: string, more: Partial<Post> = {}, now = noon) =>
  store.post(postOf(key, more), now);
const texts = (room = "commands", limit = 1_000) =>
  store.history(room, limit).map((message) => message.text);
const file = (room = "commands") => join(dir, "local", `${encodeURIComponent(room)}.jsonl`);
const written = async (room?: string): Promise<readonly string[]> =>
  (await readFile(file(room), "utf8")).trimEnd().split("\n");

describe("the chat's history", () => {
  it("survives a restart with ids, edits, reactions and times", async () => {
    const { message } = await post("one");
    await post("two", { room: "task:12", thread: "task:12", card: mergeCard, loud: true });
    await post("one", { text: "one, better" }, noon + 5_000);
    const reaction = { message: message.id, emoji: "✅", state: null, by: "ada", added: true };
    await store.react(reaction, noon);
    const before = [store.history("commands", 9), store.history("task:12", 9)];
    await restart();
    expect([store.history("commands", 9), store.history("task:12", 9)]).toEqual(before);
    expect(store.byKey("one")).toEqual({ ...message, text: "one, better" });
    expect(store.reactions(message.id)).toMatchObject([{ emoji: "✅", by: "ada" }]);
  });

  it("never gives an id twice, over restarts and rooms", async () => {
    const ids: string[] = [];
    for (const room of ["commands", "merges", "commands", "events"]) {
      ids.push((await post(`k${ids.length}`, { room })).message.id);
      await restart();
    }
    expect(ids).toEqual(["m1", "m2", "m3", "m4"]);
  });

  it("shows a post once, however often it is posted, also after a restart", async () => {
    expect((await post("one")).what).toBe("new");
    expect((await post("one")).what).toBe("same");
    await restart();
    expect((await post("one")).what).toBe("same");
    expect(await written()).toHaveLength(1);
    expect((await post("one", { card: mergeCard })).what).toBe("edit");
    expect((await post("one", { card: mergeCard })).what).toBe("same");
    expect((await post("one", { card: landed })).what).toBe("edit");
    expect(await written()).toHaveLength(3);
  });

  it("a post that is posted again while it is being written is not done before it is written", async () => {
    const order: string[] = [];
    await Promise.all([
      post("one").then(() => order.push("new")),
      post("one").then(({ what }) => order.push(what)),
    ]);
    expect(order).toEqual(["new", "same"]);
  });

  it("is private", async () => {
    await post("one", { room: "task:12" });
    expect((await stat(join(dir, "local"))).mode & 0o777).toBe(0o700);
    expect((await stat(file("task:12"))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(dir, "local"))).toEqual(["task%3A12.jsonl"]);
  });

  it("stays inside its folder, whatever a room is called", async () => {
    await post("one", { room: "../../etc" });
    expect(await readdir(dir)).toEqual(["local"]);
    await restart();
    expect(texts("../../etc")).toEqual(["one"]);
  });
});

describe("a history that was broken", () => {
  it("loses a torn last line alone, and goes on after it", async () => {
    await post("one");
    await post("two");
    await store.close();
    const whole = await readFile(file());
    for (const cut of [1, 2, whole.length / 2 - 1]) {
      await writeFile(file(), whole.subarray(0, whole.length - cut));
      store = await openStore(join(dir, "local"));
      expect(texts(), `cut by ${cut}`).toEqual(["one"]);
      expect((await post("two", { text: "again" })).message.id).toBe("m2");
      await restart();
      expect(texts()).toEqual(["one", "again"]);
      await store.close();
    }
    store = await openStore(join(dir, "local"));
  });

  it("loses a tail that was cut inside a character, and nothing before it", async () => {
    await post("one", { text: "ünï" });
    await appendFile(file(), Buffer.from('{"kind":"message","message":{"text":"ü').subarray(0, -1));
    await restart();
    await post("two");
    await restart();
    expect(texts()).toEqual(["ünï", "two"]);
  });

  it("shows the others when a line in the middle is unreadable", async () => {
    await post("one");
    await appendFile(file(), Buffer.from([0xff, 0x00, 0x0a]));
    await appendFile(file(), 'no json\n{}\nnull\n{"kind":"message"}\n{"kind":"reaction"}\n');
    await appendFile(
      file(),
      '{"kind":"message","message":{"id":"x","key":"k","room":"commands"}}\n',
    );
    await restart();
    expect((await post("two")).message.id).toBe("m2");
    await appendFile(file(), "{");
    await restart();
    expect(texts()).toEqual(["one", "two"]);
  });
});

describe("a disk that is full", () => {
  it("is told with its code, and what could not be written is written later", async () => {
    await symlink("/dev/full", file());
    await expect(post("one")).rejects.toMatchObject({ name: "Failure", code: "io.full" });
    expect(texts()).toEqual([]);
    expect(store.byKey("one")).toBeNull();
    await rm(file());
    expect(await post("one")).toMatchObject({ what: "new" });
    await restart();
    expect(texts()).toEqual(["one"]);
  });

  it("leaves a receipt as it was", async () => {
    const { message } = await post("one");
    await restart();
    await rm(file());
    await symlink("/dev/full", file());
    const receipt = { message: message.id, emoji: "👀", state: "taken", by: "batty" } as const;
    await expect(store.react({ ...receipt, added: true }, noon)).rejects.toMatchObject({
      code: "io.full",
    });
    expect(store.receipt(message.id)).toBeNull();
  });
});

/** Files of the chat that this process holds open. */
async function held(): Promise<number> {
  const fds = await readdir("/proc/self/fd");
  const targets = await Promise.all(
    fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "closed meanwhile")),
  );
  return targets.filter((target) => target.startsWith(join(dir, "local"))).length;
}

it("holds few files open however many rooms there are, and each room's lines stand in order", async () => {
  const rooms = Array.from({ length: 60 }, (_, n) => `task:${n}`);
  for (const word of ["first", "then"])
    await Promise.all(rooms.map((room) => post(`${room} ${word}`, { room })));
  for (const room of rooms) await post(`${room} last`, { room });
  expect(await held()).toBeLessThanOrEqual(16);
  await restart();
  for (const room of rooms)
    expect(texts(room)).toEqual([`${room} first`, `${room} then`, `${room} last`]);
});

describe("a long history", () => {
  const fill = async (count: number): Promise<void> => {
    const line = (n: number): string => {
      const { key: _key, ...rest } = postOf(`f${n}`);
      const message = { ...rest, id: `m${n}`, key: `f${n}`, files: [], ts: "" };
      return `${JSON.stringify({ kind: "message", message })}\n`;
    };
    await store.close();
    const lines = Array.from({ length: count }, (_, i) => line(i + 100));
    await appendFile(file(), lines.join(""));
    store = await openStore(join(dir, "local"));
  };

  it("keeps the newest 500 of a room in memory", async () => {
    await post("old");
    await fill(600);
    expect(texts()).toHaveLength(500);
    expect(texts("commands", 2)).toEqual(["f698", "f699"]);
    expect(store.byId("m1")).toBeNull();
    expect((await post("old")).what).toBe("same");
    expect((await post("new")).message.id).toBe("m700");
  });

  it("keeps old open cards at hand, by id and by key", async () => {
    await post("card", { card: mergeCard });
    await fill(600);
    expect(store.byId("m1")?.card?.state).toBe("open");
    const decided = await post("card", { card: landed });
    expect(decided).toMatchObject({ what: "edit", message: { id: "m1" } });
    expect(store.byKey("card")?.card?.state).toBe("done");
  });

  it("an old message that is edited does not come back as the newest", async () => {
    const { message } = await post("old");
    await fill(600);
    const edit = await post("old", { text: "better" }, noon + 1);
    expect(edit).toMatchObject({ what: "edit", message: { id: "m1", ts: message.ts } });
    expect(texts("commands", 1)).toEqual(["f699"]);
    await restart();
    expect(texts("commands", 1)).toEqual(["f699"]);
    expect((await post("old", { text: "better" })).what).toBe("same");
  });

  it("opens with no more than the newest at hand, however long it is, and still knows every key", async () => {
    await fill(20_000);
    await restart();
    expect(texts("commands", 20_000)).toHaveLength(500);
    expect(texts("commands", 1)).toEqual(["f20099"]);
    expect([store.byId("m100"), store.byId("m19599")]).toEqual([null, null]);
    expect(store.byId("m19600")?.text).toBe("f19600");
    expect([store.idOf("f100"), store.idOf("f20099")]).toEqual(["m100", "m20099"]);
  });
});
