import fc from "fast-check";
import { expect, it } from "vitest";
import { acts } from "../fakes/random-acts.ts";
import { type Plan, randomDay } from "../fakes/random-day.ts";
import type { Tally } from "../fakes/random-mischief.ts";
import { effectTypes } from "../fakes/stories.ts";

/** More with BATTY_DAYS=1000; one seed again with BATTY_SEED=123. */
const days = Number(process.env["BATTY_DAYS"] ?? 70);
const seed = Number(process.env["BATTY_SEED"] ?? Date.now() % 2 ** 31);

/** A smaller day that goes wrong alike, with BATTY_SHRINK=1: takes minutes. */
const shrink = process.env["BATTY_SHRINK"] === "1";

/** What must have happened at least once in so many days. */
const expected = [
  ...acts.map((act) => `act: ${act}`),
  ...effectTypes.flatMap((type) => [`start of ${type}`, `end of ${type}`]),
  ...["board", "chat", "gate", "mailbox", "repo", "signals", "terminal"].flatMap((port) => [
    `fault of ${port}`,
    `lost answer of ${port}`,
  ]),
  ...["at an effect's start", "at an effect's end", "before an append", "after an append"].map(
    (where) => `kill ${where}`,
  ),
  ...["a port", "an answer", "a result", "a look"].map((what) => `lag of ${what}`),
];

const plan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  acts: fc.array(
    fc.record({
      act: fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom(...acts) },
        { weight: 1, arbitrary: fc.constantFrom("new task" as const, "approve" as const) },
      ),
      pause: fc.constantFrom(0, 300, 2_000, 7_000, 20_000, 60_000),
    }),
    { minLength: 1, maxLength: 45, size: "max" },
  ),
  odds: fc.record({
    kill: fc.constantFrom(0, 0.005, 0.03),
    fault: fc.constantFrom(0, 0.01, 0.05),
    lag: fc.constantFrom(0, 0.05, 0.3),
    lagMs: fc.constantFrom(50, 1_500),
  }),
  auto: fc.boolean(),
});

it(`random days with kills, faults and delays end well (seed ${seed})`, {
  timeout: 60_000 + days * 3_000,
}, async () => {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(plan, async (given) => {
      expect(await randomDay(given, tally)).toEqual([]);
    }),
    { seed, numRuns: days, endOnFailure: !shrink },
  );
  const missing = expected.filter((what) => !tally.has(what));
  const table = [...tally]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, n]) => `${n} × ${what}`);
  console.log(`${days} days, seed ${seed}\n${table.join("\n")}`);
  if (days >= 70) expect(missing).toEqual([]);
});
