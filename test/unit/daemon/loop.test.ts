// The loop's promise: what could not be written down did not happen, and nothing follows from it.
import { expect, it } from "vitest";
import type { Effect } from "../../../src/core/effect.ts";
import { empty } from "../../../src/core/state.ts";
import { Failure } from "../../../src/core/words.ts";
import { createLoop } from "../../../src/daemon/loop.ts";
import { simple } from "../../fakes/team.ts";

const ada = { name: "ada", via: "local", tier: "admin" } as const;

it("an order that cannot be written down is refused, changes nothing, and works when there is room", async () => {
  const begun: Effect[] = [];
  const written: string[] = [];
  const disk = { full: true };
  const loop = createLoop({
    initial: empty,
    journal: {
      append(recorded) {
        if (disk.full) throw new Failure("io.full", "writing the journal failed: the disk is full");
        written.push(...recorded.map((r) => r.event.event));
      },
      sync: async () => undefined,
      close: async () => undefined,
    },
    policy: () => simple(),
    now: () => 1_000,
    perform: { start: (effects) => void begun.push(...effects), release: () => undefined },
    onBug: () => undefined,
    defer: setImmediate,
  });
  const refused = await loop.intend(ada, { type: "start-team", resume: false });
  expect(refused).toMatchObject({ ok: false, refusal: { code: "io.full" } });
  expect(loop.state()).toBe(empty);
  expect(begun).toEqual([]);
  disk.full = false;
  expect(await loop.intend(ada, { type: "start-team", resume: false })).toMatchObject({ ok: true });
  expect(written).toEqual(["team_started"]);
  expect(loop.state()).toMatchObject({ team: "running", seq: 1 });
});
