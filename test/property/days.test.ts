// Random days with kills, faults and delays. Enough of them that the bot died at every crash point of the code, and that
// every fault and every transition came often; the table is printed.
import fc from "fast-check";
import { expect, it } from "vitest";
import { chance as chanceOf } from "../fakes/chance.ts";
import { crashPoints, effectTypes, eventNames } from "../fakes/crash-points.ts";
import { edges, isNews, reopened } from "../fakes/edges.ts";
import { acts } from "../fakes/random-acts.ts";
import { type Plan, randomDay } from "../fakes/random-day.ts";
import { count, type Tally } from "../fakes/random-mischief.ts";
import { shrink } from "../fakes/shrink.ts";
import { actsTowards } from "../fakes/towards.ts";

/** More with BATTY_DAYS=1000. Everybody's run has the same days, so that a red one is of the change; BATTY_SEED=$RANDOM looks for others. */
const days = Number(process.env["BATTY_DAYS"] ?? 200);
const seed = Number(process.env["BATTY_SEED"] ?? 5);
/** A day that went wrong again, as it was printed; with BATTY_SHRINK=1 a smaller one is looked for. */
const again = process.env["BATTY_PLAN"];

/** How often each transition and each fault must have come. */
const often = 50;
/** Days that are added while something did not come often enough. */
const mostDays = days * 4;

const ports = [
  ...["board", "chat", "disk", "gate", "mailbox", "repo", "signals", "spool", "terminal", "vitals"],
];
const expected: Readonly<Record<string, number>> = {
  ...at(
    1,
    crashPoints.map((point) => `crash ${point}`),
  ),
  ...at(
    often,
    eventNames.map((name) => `event: ${name}`),
  ),
  ...at(often, edges),
  ...at(
    often,
    acts.map((act) => `act: ${act}`),
  ),
  ...at(
    often,
    effectTypes.flatMap((type) => [`start of ${type}`, `end of ${type}`]),
  ),
  ...at(
    often,
    ports.flatMap((port) => [`fault of ${port}`, `lost answer of ${port}`]),
  ),
  ...at(
    often,
    ["before an append", "after an append"].map((where) => `kill ${where}`),
  ),
  ...at(
    often,
    ["start", "end"].map((side) => `kill at an effect's ${side}`),
  ),
  ...at(
    often,
    ["a port", "an answer", "a result", "a look"].map((what) => `lag of ${what}`),
  ),
  ...at(often, ["draft between look and paste"]),
};

function at(times: number, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, times]));
}

const boosted = [
  ...(["new task", "new task", "new task", "approve", "reject", "reject", "send back"] as const),
  ...(["second thoughts in a pause", "main conflicts with a card", "send back"] as const),
  ...(["answer retry", "answer retry", "retry", "trouble twice", "cancel what goes on"] as const),
  ...(["launches fail", "start a parked member", "edit done by hand", "set-up fails"] as const),
  ...(["acknowledge", "work without a task", "take back a message", "done out of turn"] as const),
  ...(["swallow an Enter", "agent dies", "ask", "begin a merge", "open edits"] as const),
  ...(["HEAD on no branch", "HEAD on no branch", "HEAD on no branch"] as const),
];

const plan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  acts: fc.array(
    fc.record({
      act: fc.oneof(fc.constantFrom(...acts), fc.constantFrom(...boosted)),
      pause: fc.constantFrom(0, 300, 2_000, 7_000, 20_000, 60_000),
    }),
    { minLength: 1, maxLength: 80, size: "max" },
  ),
  odds: fc.record({
    kill: fc.constantFrom(0, 0.005, 0.03),
    fault: fc.constantFrom(0, 0.01, 0.05),
    lag: fc.constantFrom(0, 0.05, 0.3),
    lagMs: fc.constantFrom(50, 1_500),
  }),
  auto: fc.constantFrom(true, false, false),
  hasty: fc.constantFrom(true, false, false, false, false),
  aims: fc.constant([]),
});

/** Most of a day's acts make way for what brings about lines that have not come often enough, the rarest by far the most. */
function aimed(drawn: Plan, tally: Tally): Plan {
  const lines = missing(tally);
  const some = lines.flatMap((what) => {
    const lack = 1 - (tally.get(what) ?? 0) / (expected[what] ?? 1);
    return Array.from({ length: Math.ceil(lack ** 2 * 20) }, () => actsTowards(what)).flat();
  });
  if (some.length === 0) return drawn;
  const chance = chanceOf(drawn.seed + 1);
  const landsAlone = lines.some((what) =>
    /auto_merged|main_broken|queued → reviewing|reviewing → queued/.test(what),
  );
  const expires = lines.some((what) => /asking → (verifying|reviewing)|→ expired/.test(what));
  return {
    ...drawn,
    hasty: drawn.hasty || (expires && lines.length < 10),
    // Towards the end only what lands alone may lack.
    auto: landsAlone && (drawn.auto || lines.length < 10),
    acts: drawn.acts.map((each) =>
      chance.hits(0.8) ? { act: chance.one(some), pause: chance.one([0, 2_000, 7_000]) } : each,
    ),
  };
}

const missing = (tally: Tally): readonly string[] =>
  Object.keys(expected).filter((what) => (tally.get(what) ?? 0) < (expected[what] ?? 0));

const lacking = (tally: Tally): readonly string[] =>
  missing(tally).map((what) => `${tally.get(what) ?? 0} of ${expected[what]} × ${what}`);

const everyDay = again === undefined ? it : it.skip; // one printed day was asked for instead
everyDay(
  `random days end well, and everything happens in them (seed ${seed})`,
  { timeout: 120_000 + mostDays * 3_000 },
  async () => {
    const tally: Tally = new Map();
    const bad: string[] = [];
    const all = fc.sample(plan, { seed, numRuns: mostDays });
    for (const [n, drawn] of all.entries()) {
      if (n >= days && lacking(tally).length === 0) break;
      const given = {
        ...aimed(drawn, tally),
        aims: crashPoints.filter((p) => !tally.has(`crash ${p}`)),
      };
      count(tally, "days");
      const wrong = await randomDay(given, tally);
      if (wrong.length > 0)
        bad.push(`day ${n}: ${wrong.join("\n")}\nBATTY_PLAN='${JSON.stringify(given)}'`);
      if (bad.length >= 3) break;
    }
    console.log(table(tally));
    expect(bad.join("\n\n")).toBe("");
    expect(lacking(tally)).toEqual([]);
    expect([...tally.keys()].filter(reopened)).toEqual([]);
    expect([...tally.keys()].filter(isNews)).toEqual([]);
  },
);

if (again !== undefined)
  it("a printed day once more", { timeout: 600_000 }, async () => {
    const given = JSON.parse(again ?? "") as Plan;
    const play = (tried: Plan) => randomDay(tried, new Map());
    const smaller = process.env["BATTY_SHRINK"] === "1" ? await shrink(given, play) : given;
    expect(await play(smaller), `BATTY_PLAN='${JSON.stringify(smaller)}'`).toEqual([]);
  });

function table(tally: Tally): string {
  const rows = [...tally].filter(([what]) => !what.startsWith("crash "));
  const crashes = crashPoints.filter((point) => tally.has(`crash ${point}`)).length;
  const lines = rows.sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, n]) => `${n} × ${what}`);
  return `seed ${seed}; ${crashes} of ${crashPoints.length} crash points\n${lines.join("\n")}`;
}
