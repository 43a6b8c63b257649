import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSignals } from "../../src/world/signals.ts";
import { ears, type FakeSignals, fakeSignals, seatKey } from "../fakes/signals.ts";

const members = ["architect", "eng-1"];
const calm = AbortSignal.timeout(60_000);
const folders: string[] = [];

async function realSignals(): Promise<FakeSignals> {
  const dir = await mkdtemp(join(tmpdir(), "batty-signals-"));
  folders.push(dir);
  const drop: FakeSignals["drop"] = async (member, name, text) => {
    await mkdir(join(dir, member, "new"), { recursive: true });
    await writeFile(join(dir, member, "new", name), text);
  };
  const names: FakeSignals["names"] = async (member, place) =>
    (await readdir(join(dir, member, place)).catch(() => [])).sort();
  return { ...openSignals({ dir, members, ...ears }), drop, names };
}

afterEach(async () => {
  for (const dir of folders.splice(0)) await rm(dir, { recursive: true });
});

const idle = { member: "eng-1", epoch: 2, kind: "idle", message: "m1", detail: "done\nall", ts: 5 };

function describeSignals(name: string, make: () => Promise<FakeSignals>): void {
  describe(`signals (${name})`, () => {
    let signals: FakeSignals;
    beforeEach(async () => {
      signals = await make();
    });

    it("are none while there are no folders", async () => {
      expect(await signals.list(calm)).toEqual([]);
    });

    it("are read whole; the file's name is the id", async () => {
      await signals.drop(
        "eng-1",
        "100.000001.7",
        JSON.stringify({ ...idle, id: "other", more: 1 }),
      );
      expect(await signals.list(calm)).toEqual([{ ...idle, id: "100.000001.7" }]);
    });

    it("may leave out message and detail", async () => {
      const { member, epoch, ts } = idle;
      await signals.drop("eng-1", "1", JSON.stringify({ member, epoch, kind: "started", ts }));
      expect(await signals.list(calm)).toMatchObject([
        { kind: "started", message: null, detail: "" },
      ]);
    });

    it("come in name order over all members, again and again until consumed", async () => {
      await signals.drop("eng-1", "3", JSON.stringify(idle));
      await signals.drop("architect", "2", JSON.stringify({ ...idle, member: "architect" }));
      await signals.drop("eng-1", "1", JSON.stringify(idle));
      const ids = async () => (await signals.list(calm)).map(({ id }) => id);
      expect(await ids()).toEqual(["1", "2", "3"]);
      await signals.consume(
        [
          { member: "eng-1", id: "1" },
          { member: "architect", id: "2" },
        ],
        calm,
      );
      expect(await ids()).toEqual(["3"]);
      expect(await signals.names("eng-1", "cur")).toEqual(["1"]);
    });

    it("an agent's own event says what its driver hears in it, and is gone with the last of that", async () => {
      const said = (kind: string, message: string) => ({ kind, message, detail: "" });
      const event = { says: [said("taken", "m1"), said("taken", "m2")] };
      const file = {
        member: "eng-1",
        epoch: 2,
        kind: "hook",
        key: seatKey("eng-1", 2),
        ts: 7,
        event,
      };
      await signals.drop("eng-1", "5", JSON.stringify(file));
      const heard = await signals.list(calm);
      expect(heard.map(({ id, kind, message, keyed }) => [id, kind, message, keyed])).toEqual([
        ["5", "taken", "m1", true],
        ["5~1", "taken", "m2", true],
      ]);
      await signals.consume(heard, calm);
      expect(await signals.list(calm)).toEqual([]);
      expect(await signals.names("eng-1", "cur")).toEqual(["5"]);
    });

    it("an agent's own event without the key that its command always writes is nobody's", async () => {
      const event = { says: [{ kind: "idle", message: null, detail: "" }] };
      const file = { member: "eng-1", epoch: 2, kind: "hook", ts: 7, event };
      await signals.drop("eng-1", "5", JSON.stringify(file));
      expect(await signals.list(calm)).toMatchObject([{ kind: "idle", keyed: false }]);
    });

    it("an event that says nothing goes out of the way", async () => {
      const file = { member: "eng-1", epoch: 2, kind: "hook", ts: 7, event: { says: [] } };
      await signals.drop("eng-1", "5", JSON.stringify(file));
      expect(await signals.list(calm)).toEqual([]);
      expect(await signals.names("eng-1", "new")).toEqual([]);
    });

    it("may be consumed twice, and unknown ones are nothing", async () => {
      await signals.drop("eng-1", "1", JSON.stringify(idle));
      for (const _ of [1, 2]) await signals.consume([{ member: "eng-1", id: "1" }], calm);
      await signals.consume(
        [
          { member: "nobody", id: "1" },
          { member: "eng-1", id: "9" },
        ],
        calm,
      );
      expect(await signals.list(calm)).toEqual([]);
    });

    it.each([
      ["half a file", '{"member":"eng-1"'],
      ["an unknown kind", JSON.stringify({ ...idle, kind: "bored" })],
      ["another member's name", JSON.stringify({ ...idle, member: "architect" })],
      ["no epoch", JSON.stringify({ ...idle, epoch: undefined })],
      ["a time in words", JSON.stringify({ ...idle, ts: "now" })],
      ["a message that is no id", JSON.stringify({ ...idle, message: 7 })],
      ["an event on which a driver fails", JSON.stringify({ ...idle, kind: "hook", event: null })],
    ])("with %s go out of the way with a suffix", async (_, text) => {
      await signals.drop("eng-1", "1", text);
      await signals.drop("eng-1", "2", JSON.stringify(idle));
      expect((await signals.list(calm)).map(({ id }) => id)).toEqual(["2"]);
      expect(await signals.names("eng-1", "cur")).toEqual(["1.broken"]);
      expect(await signals.names("eng-1", "new")).toEqual(["2"]);
    });

    it("end with the signal", async () => {
      await expect(signals.list(AbortSignal.abort())).rejects.toMatchObject({ code: "timeout" });
    });
  });
}

it("what comes by the door stands between the files by its time, until consumed", async () => {
  const signals = openSignals({ dir: "/nowhere", members, ...ears });
  const event = { says: [{ kind: "working", message: null, detail: "" }] };
  signals.heard("eng-1", 2, event, 1_000);
  const heard = await signals.list(calm);
  expect(heard).toMatchObject([{ member: "eng-1", epoch: 2, kind: "working", keyed: true }]);
  await signals.consume(heard, calm);
  expect(await signals.list(calm)).toEqual([]);
});

describeSignals("in memory", async () => fakeSignals(members));
describeSignals("on disk", realSignals);
