// Nobody waits for trunk's own gate: it gives way to a task's.
import { expect, it } from "vitest";
import type { Effect, Outcome } from "../../../src/core/effect.ts";
import { createPerform, type Perform } from "../../../src/daemon/perform.ts";
import { deferred } from "../../../src/lib/deferred.ts";

const gate = (purpose: "done" | "trunk", commit: string): Effect => ({
  type: "ensure.gate",
  lane: "gate",
  purpose,
  task: purpose === "done" ? 1 : null,
  order: { commit, tree: commit, base: "b", command: "true", setUp: null, timeoutMs: 60_000 },
  anew: false,
  rerun: false,
});

it("a task's gate ends trunk's running one, which is no evidence and is run again later", async () => {
  const settled = deferred<{ effect: Effect; outcome: Outcome }>();
  const begun: string[] = [];
  const perform: Perform = createPerform({
    act: (effect, signal) => {
      begun.push(effect.type === "ensure.gate" ? effect.purpose : effect.type);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
    settle: (effect, outcome) => settled.resolve({ effect, outcome }),
    sync: async () => undefined,
    now: () => 0,
    onBug: () => undefined,
  });
  const trunk = gate("trunk", "t");
  const done = gate("done", "d");
  perform.start([trunk]);
  perform.start([done]);
  const { effect, outcome } = await settled.promise;
  expect(effect).toBe(trunk);
  expect(outcome).toMatchObject({ ok: false, code: "timeout" });
  perform.release(effect, outcome);
  perform.start([done]);
  expect(begun).toEqual(["trunk", "done"]);
  await perform.stop();
});

it("a task's gate waits for another task's", async () => {
  const begun: Effect[] = [];
  const perform = createPerform({
    act: (effect, signal) => {
      begun.push(effect);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
    settle: () => expect.unreachable("nothing may end"),
    sync: async () => undefined,
    now: () => 0,
    onBug: () => undefined,
  });
  const first = gate("done", "a");
  perform.start([first]);
  perform.start([gate("done", "b"), gate("trunk", "t")]);
  expect(begun).toEqual([first]);
  await perform.stop();
});
