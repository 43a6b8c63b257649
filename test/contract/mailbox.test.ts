import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Mail, Mailbox } from "../../src/core/ports.ts";
import { nextId, openMailbox } from "../../src/world/maildir.ts";
import { type FakeMailbox, fakeMailbox } from "../fakes/mailbox.ts";

const members = ["architect", "eng-1"];
const calm = AbortSignal.timeout(60_000);
const folders: string[] = [];

async function realMailbox(): Promise<FakeMailbox & { readonly dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), "batty-mail-"));
  folders.push(dir);
  const drop: FakeMailbox["drop"] = async (member, place, name, text) => {
    await mkdir(join(dir, member, place), { recursive: true });
    await writeFile(join(dir, member, place, name), text);
  };
  const names: FakeMailbox["names"] = async (member, place) =>
    (await readdir(join(dir, member, place)).catch(() => [])).sort();
  return { ...openMailbox({ dir, members }), drop, names, dir };
}

afterEach(async () => {
  for (const dir of folders.splice(0)) await rm(dir, { recursive: true });
});

const mailOf = (id: string, more: Partial<Mail> = {}): Mail => ({
  id,
  from: "ada",
  to: "eng-1",
  body: 'say "hi"\n\tünïcode 🙂',
  msg_type: "send",
  timestamp: 1_764_313_200,
  ...more,
});

const five = {
  from: "human",
  to: "eng-1",
  body: "hello",
  msg_type: "send",
  timestamp: 1_700_000_000,
};

async function queuedIds(box: Mailbox, member = "eng-1"): Promise<readonly string[] | undefined> {
  return (await box.list(calm)).get(member)?.queued.map(({ id }) => id);
}

function describeMailbox(name: string, make: () => Promise<FakeMailbox>): void {
  describe(`a mailbox (${name})`, () => {
    let box: FakeMailbox;
    beforeEach(async () => {
      box = await make();
    });

    it("lists only members that have an inbox, and no messages in an empty one", async () => {
      expect(await box.list(calm)).toEqual(new Map());
      await box.put(mailOf("1"), calm);
      await box.take("eng-1", "1", calm);
      expect(await box.list(calm)).toEqual(new Map([["eng-1", { queued: [], broken: [] }]]));
    });

    it("gives a message back as it was put, extra keys too", async () => {
      const mail = {
        ...mailOf("1", { via: "local", task: 12, echo: "m3", now: true }),
        colour: "red",
      };
      await box.put(mail, calm);
      expect((await box.list(calm)).get("eng-1")?.queued).toEqual([mail]);
      expect(await box.read("eng-1", "1", calm)).toEqual(mail);
    });

    it("lists in the order of names, whenever they came", async () => {
      for (const id of [
        "1764313200000.000002.9",
        "1764313200000.000001.9",
        "1764313200001.000000.9",
      ])
        await box.put(mailOf(id), calm);
      expect(await queuedIds(box)).toEqual([
        "1764313200000.000001.9",
        "1764313200000.000002.9",
        "1764313200001.000000.9",
      ]);
    });

    it("does nothing for an id that is queued or taken already", async () => {
      await box.put(mailOf("1"), calm);
      await box.put(mailOf("1", { body: "again" }), calm);
      expect(await box.read("eng-1", "1", calm)).toEqual(mailOf("1"));
      await box.take("eng-1", "1", calm);
      await box.put(mailOf("1"), calm);
      expect(await queuedIds(box)).toEqual([]);
    });

    it("moves a taken message to cur, where it can still be read; taking twice is fine", async () => {
      await box.put(mailOf("1"), calm);
      await box.take("eng-1", "1", calm);
      await box.take("eng-1", "1", calm);
      expect(await box.names("eng-1", "new")).toEqual([]);
      expect(await box.names("eng-1", "cur")).toEqual(["1"]);
      expect(await box.read("eng-1", "1", calm)).toEqual(mailOf("1"));
    });

    it("knows nothing of an id that is nowhere", async () => {
      expect(await box.read("eng-1", "none", calm)).toBeNull();
      await box.take("eng-1", "none", calm);
    });

    it("reads Batty's five fields; the file's name is the id and the folder the recipient", async () => {
      await box.drop(
        "eng-1",
        "new",
        "1700000000.#1M2P3.host",
        JSON.stringify({ ...five, id: "x", to: "eve" }),
      );
      expect((await box.list(calm)).get("eng-1")?.queued).toEqual([
        { ...five, id: "1700000000.#1M2P3.host", to: "eng-1" },
      ]);
    });

    it.each([
      ["half", '{"from":"ada","bo'],
      ["empty", ""],
      ["no-object", "[1]"],
      ["no-body", JSON.stringify({ ...five, body: undefined })],
      ["number-from", JSON.stringify({ ...five, from: 7 })],
      ["text-task", JSON.stringify({ ...five, task: "12" })],
      ["a name with blanks", JSON.stringify(five)],
    ])(
      "reports a broken file (%s) beside the whole ones and leaves it where it is",
      async (file, text) => {
        await box.drop("eng-1", "new", file, text);
        await box.put(mailOf("1"), calm);
        const listed = (await box.list(calm)).get("eng-1");
        expect(listed?.queued).toEqual([mailOf("1")]);
        expect(listed?.broken).toEqual([{ file, why: expect.stringMatching(/^its? /) }]);
        expect(await box.names("eng-1", "new")).toContain(file);
      },
    );

    it("takes a broken file for a message once its writer is done", async () => {
      await box.drop("eng-1", "new", "1", '{"from"');
      expect(await queuedIds(box)).toEqual([]);
      await box.drop("eng-1", "new", "1", JSON.stringify(five));
      expect(await box.list(calm)).toEqual(
        new Map([["eng-1", { queued: [{ ...five, id: "1" }], broken: [] }]]),
      );
    });

    it("overlooks hidden files", async () => {
      await box.drop("eng-1", "new", ".nfs0001", "?");
      expect((await box.list(calm)).get("eng-1")).toEqual({ queued: [], broken: [] });
    });

    it("fails to read a broken message by its id", async () => {
      await box.drop("eng-1", "cur", "1", "{");
      await expect(box.read("eng-1", "1", calm)).rejects.toMatchObject({ code: "mail.unreadable" });
    });

    it.each(["../1", "", ".hidden", "a b", "a\nb", "a]"])("refuses %j as an id", async (id) => {
      await expect(box.put(mailOf(id), calm)).rejects.toMatchObject({ code: "io.failed" });
    });

    it("refuses a recipient that is no member", async () => {
      await expect(box.put(mailOf("1", { to: "nobody" }), calm)).rejects.toMatchObject({
        code: "io.failed",
      });
    });

    it("ends with the signal", async () => {
      const gone = AbortSignal.abort();
      await expect(box.list(gone)).rejects.toMatchObject({ code: "timeout" });
      await expect(box.put(mailOf("1"), gone)).rejects.toMatchObject({ code: "timeout" });
      expect(await box.names("eng-1", "new")).toEqual([]);
    });
  });
}

describeMailbox("in memory", async () => fakeMailbox(members));
describeMailbox("on disk", realMailbox);

describe("inboxes on disk", () => {
  it("are private: folders 0700, files 0600, nothing left in tmp", async () => {
    const box = await realMailbox();
    await box.put(mailOf("1"), calm);
    const modeOf = async (path: string) =>
      ((await stat(join(box.dir, "eng-1", path))).mode & 0o777).toString(8);
    expect(await Promise.all(["tmp", "new", "cur", "new/1"].map(modeOf))).toEqual([
      "700",
      "700",
      "700",
      "600",
    ]);
    expect(await readdir(join(box.dir, "eng-1", "tmp"))).toEqual([]);
  });

  it("read a whole file once, however often they are listed", async () => {
    const box = await realMailbox();
    await box.put(mailOf("1"), calm);
    await box.list(calm);
    // Files are immutable; one that changes all the same shows whether it was read again.
    await box.drop("eng-1", "new", "1", JSON.stringify({ ...five, body: "changed" }));
    expect((await box.list(calm)).get("eng-1")?.queued).toEqual([mailOf("1")]);
  });

  it("read a broken file again only when it changed", async () => {
    const box = await realMailbox();
    const path = join(box.dir, "eng-1", "new", "1");
    const whole = JSON.stringify(five);
    await box.drop("eng-1", "new", "1", "?".repeat(whole.length));
    const then = new Date(1_700_000_000_000);
    await utimes(path, then, then);
    expect(await queuedIds(box)).toEqual([]);
    await writeFile(path, whole);
    await utimes(path, then, then);
    expect(await queuedIds(box)).toEqual([]);
    await utimes(path, then, new Date(1_700_000_001_000));
    expect(await queuedIds(box)).toEqual(["1"]);
  });

  it("do not even look into cur: 10,000 unreadable files there change nothing", async () => {
    const box = await realMailbox();
    await box.put(mailOf("1"), calm);
    const cur = join(box.dir, "eng-1", "cur");
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => mkdir(join(cur, `m${n}`))));
    expect(await queuedIds(box)).toEqual(["1"]);
    await box.take("eng-1", "1", calm);
    expect(await box.read("eng-1", "1", calm)).toEqual(mailOf("1"));
  });

  it("find what Batty moved to cur with a flag behind the name", async () => {
    const box = await realMailbox();
    await box.drop("eng-1", "cur", "7:2,", JSON.stringify(five));
    expect(await box.read("eng-1", "7", calm)).toEqual({ ...five, id: "7" });
    await box.put(mailOf("7"), calm);
    expect(await box.names("eng-1", "new")).toEqual([]);
  });

  it("take a message from an inbox that a person made without cur", async () => {
    const box = await realMailbox();
    await box.drop("eng-1", "new", "1", JSON.stringify(five));
    await box.take("eng-1", "1", calm);
    expect(await box.names("eng-1", "cur")).toEqual(["1"]);
  });

  it("never open a link or a folder, and never wait for a pipe", async () => {
    const box = await realMailbox();
    await mkdir(join(box.dir, "eng-1", "new", "folder"), { recursive: true });
    const { symlink } = await import("node:fs/promises");
    await symlink("/dev/zero", join(box.dir, "eng-1", "new", "link"));
    await promisify(execFile)("mkfifo", [join(box.dir, "eng-1", "new", "pipe")]);
    const why = "it is not a regular file";
    expect((await box.list(calm)).get("eng-1")?.broken).toEqual([
      { file: "folder", why },
      { file: "link", why },
      { file: "pipe", why },
    ]);
  });

  it("say where they failed when the folder cannot be made", async () => {
    const box = await realMailbox();
    await writeFile(join(box.dir, "eng-1"), "in the way");
    await expect(box.put(mailOf("1"), calm)).rejects.toMatchObject({
      code: "io.failed",
      message: expect.stringContaining(join(box.dir, "eng-1")),
    });
  });

  it("see a message moved in by hand", async () => {
    const box = await realMailbox();
    await box.put(mailOf("1"), calm);
    await box.put(mailOf("2", { to: "architect" }), calm);
    await rename(join(box.dir, "architect/new/2"), join(box.dir, "eng-1/new/2"));
    expect((await box.list(calm)).get("eng-1")?.queued).toEqual([mailOf("1"), mailOf("2")]);
  });
});

describe("message ids", () => {
  it("grow strictly while the clock stands still or runs backwards", () => {
    const now = 1_964_313_200_000;
    const ids = [nextId(now), nextId(now), nextId(now - 5000), nextId(now + 1)];
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toMatch(new RegExp(`^\\d{13}\\.\\d{6}\\.${process.pid}$`));
  });
});
