// What an outbox keeps: the files as the bot has them, and the ones in memory that tests use.
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAttachments } from "../../src/chat/attachments.ts";
import { openLedger } from "../../src/chat/outbox/ledger.ts";
import { type Filed, openSpool, type Spool } from "../../src/chat/outbox/spool.ts";
import { outboxDisk } from "../fakes/outbox-disk.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "batty-outbox-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const filed = (seq: number): Filed => ({
  ...{ at: 1, seq, shown: { mark: { echo: `m${seq}`, state: "queued" } } },
});

describe.each<[string, () => Spool]>([
  ["on disk", () => openSpool(dir, "local")],
  ["in memory", () => outboxDisk().spool],
])("a spool %s", (_where, open) => {
  it("keeps what waits in the order of its names, and the newest of each", async () => {
    const spool = open();
    for (const [id, seq] of [
      ["2", 2],
      ["1", 1],
      ["1", 3],
    ] as const)
      await spool.write(id, filed(seq));
    expect(await spool.waiting()).toEqual(["1", "2"]);
    expect(await spool.read("1")).toEqual(filed(3));
    await spool.remove("1");
    await spool.remove("1");
    expect([await spool.read("1"), await spool.waiting()]).toEqual([null, ["2"]]);
  });

  it("keeps what was given up apart, until it is sent again", async () => {
    const spool = open();
    await spool.write("1", filed(1));
    await spool.bury("1", { ...filed(1), code: "chat.refused", say: "no" });
    expect([await spool.waiting(), await spool.letters()]).toEqual([[], ["1"]]);
    expect((await spool.letter("1"))?.say).toBe("no");
    await spool.unbury("1");
    expect(await spool.letters()).toEqual([]);
  });
});

describe("a spool on disk", () => {
  it("is private, and knows its own chat's files among the others'", async () => {
    await openSpool(dir, "local").write("1", filed(1));
    expect((await stat(join(dir, "new", "1.local"))).mode & 0o777).toBe(0o600);
    expect(await openSpool(dir, "elsewhere").waiting()).toEqual([]);
    await writeFile(join(dir, "new", "2.local"), "torn {");
    expect(await openSpool(dir, "local").read("2")).toBeNull();
  });

  it("gives a post up in its newest form though it is being filed at that time", async () => {
    const spool = openSpool(dir, "local");
    const ids = Array.from({ length: 50 }, (_, n) => String(100 + n));
    await Promise.all(ids.flatMap((id) => [spool.write(id, filed(1)), spool.bury(id, filed(2))]));
    expect([await spool.waiting(), await spool.letters()]).toEqual([[], ids]);
    expect(await spool.letter("100")).toEqual(filed(2));
  });

  it("takes a file that can't be read for no empty one", async () => {
    const spool = openSpool(dir, "local");
    await spool.write("1", filed(1));
    await rm(join(dir, "new", "1.local"));
    await openAttachments(join(dir, "new", "1.local")).store("x", "a folder in its place");
    await expect(spool.read("1")).rejects.toMatchObject({ code: "io.failed" });
  });
});

describe("a ledger", () => {
  it("knows after a restart what stands where, whatever a crash has torn", async () => {
    const path = join(dir, "posts.jsonl");
    const ledger = await openLedger(path);
    ledger.keep("a", { id: "1", digest: "x", seq: 1 });
    ledger.keep("a", { id: "1", digest: "y", seq: 2 });
    await ledger.written();
    await appendFile(path, '{"key":"b","i');
    const later = await openLedger(path);
    expect(later.get("a")).toEqual({ id: "1", digest: "y", seq: 2 });
    expect(later.get("b")).toBeNull();
    later.keep("c", { id: "3", digest: "z", seq: 3 });
    await later.written();
    expect((await openLedger(path)).get("c")?.id).toBe("3");
  });

  it("knows of each message which post it shows or goes on, and forgets those that were replaced", async () => {
    const path = join(dir, "posts.jsonl");
    const ledger = await openLedger(path);
    ledger.keep("long", { id: "7/1+2", digest: "x", seq: 1 });
    ledger.keep("moved", { id: "7/3", digest: "x", seq: 2 });
    ledger.keep("moved", { id: "8/4", digest: "x", seq: 3 });
    await ledger.written();
    const later = await openLedger(path);
    const asked = ["7/1", "7/2", "7/3", "8/4"];
    expect(asked.map(later.keyOf)).toEqual(["long", "long", null, "moved"]);
  });
});

describe("attachments", () => {
  it("go when they are old, and the newest stay", async () => {
    const kept = openAttachments(dir);
    const { path } = await kept.store("old.md", "12345");
    await kept.store("new.md", "1");
    await utimes(path, 1_000, 1_000);
    expect(await kept.trim(Date.now())).toEqual({ files: 1, bytes: 5 });
    expect(await readdir(join(dir, "out"))).toEqual(["new.md"]);
  });

  it("have names that lead nowhere else", async () => {
    const { path } = await openAttachments(dir).store("../../.x y", "1");
    expect(path).toBe(join(dir, "out", "x_y"));
    expect(await readFile(path, "utf8")).toBe("1");
  });
});
