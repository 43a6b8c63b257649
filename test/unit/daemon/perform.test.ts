// Lanes and the disk: what cannot be seen afterwards waits for the journal; a lane does one thing at a time.
import { expect, it } from "vitest";
import type { Effect } from "../../../src/core/effect.ts";
import { createPerform } from "../../../src/daemon/perform.ts";
import { deferred } from "../../../src/lib/deferred.ts";

const landing: Effect = {
  ...{ type: "ensure.landing", lane: "merge", task: 1 },
  ...{ head: "h", commit: "c", tree: "t", base: "b" },
};
const irrevocable: readonly Effect[] = [
  landing,
  { type: "ensure.consume", lane: "signals", signals: [] },
  { type: "ensure.take", lane: "mail:eng", member: "eng", id: "1.1.1" },
];

/** A perform whose disk is slow. */
function desk() {
  const begun: string[] = [];
  const disk = deferred<void>();
  const settled = deferred<void>();
  const perform = createPerform({
    async act(effect) {
      begun.push(effect.type);
      return { of: "done" };
    },
    settle: () => settled.resolve(),
    sync: () => disk.promise,
    now: () => 0,
    onBug: (error) => expect.unreachable(String(error)),
  });
  return { begun, disk, settled, perform };
}

for (const effect of irrevocable)
  it(`${effect.type} begins when the journal is on the disk, and not before`, async () => {
    const { begun, disk, settled, perform } = desk();
    perform.start([effect]);
    await new Promise(setImmediate);
    expect(begun).toEqual([]);
    disk.resolve();
    await settled.promise;
    expect(begun).toEqual([effect.type]);
    await perform.stop();
  });

it("nothing that cannot be seen afterwards begins when the journal cannot be written", async () => {
  const { begun, disk, settled, perform } = desk();
  perform.start([irrevocable[2] as Effect]);
  disk.reject(Object.assign(new Error("no space"), { name: "TimeoutError" }));
  await settled.promise;
  expect(begun).toEqual([]);
  await perform.stop();
});
