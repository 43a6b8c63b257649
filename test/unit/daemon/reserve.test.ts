import { describe, expect, it } from "vitest";
import type { Recorded } from "../../../src/core/event.ts";
import { Failure } from "../../../src/core/words.ts";
import type { Journal } from "../../../src/daemon/journal.ts";
import { withReserve } from "../../../src/daemon/reserve.ts";

const line: Recorded = { seq: 1, at: 0, event: { event: "team_stopped", by: "ada" } };

/** A disk with room for nothing until the reserve is given up. */
function stage(code: "io.full" | "io.failed", room: boolean) {
  const it = { written: [] as Recorded[], reserved: room, released: 0 };
  const journal: Journal = {
    append(recorded) {
      if (it.released === 0 || code === "io.failed") throw new Failure(code, "no");
      it.written.push(...recorded);
    },
    sync: async () => undefined,
    close: async () => undefined,
  };
  const reserve = {
    take: () => true,
    release() {
      const had = it.reserved;
      it.reserved = false;
      it.released += had ? 1 : 0;
      return had;
    },
  };
  return { ...it, it, journal: withReserve(journal, reserve) };
}

describe("a journal with a reserve", () => {
  it("writes the line on a full disk, once, by giving the reserve up", () => {
    const { it: seen, journal } = stage("io.full", true);
    journal.append([line]);
    expect(seen).toMatchObject({ written: [line], released: 1 });
  });

  it("says so when the reserve is spent", () => {
    const { journal } = stage("io.full", false);
    expect(() => journal.append([line])).toThrow(Failure);
  });

  it("keeps its reserve when the trouble is another one", () => {
    const { it: seen, journal } = stage("io.failed", true);
    expect(() => journal.append([line])).toThrow(Failure);
    expect(seen).toMatchObject({ written: [], released: 0, reserved: true });
  });
});
