// Each real agent alone, without the product: what fails here no adapter can put right. With a folder to record into,
// the same runs become the fixtures of test/fixtures/agents.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, test } from "vitest";
import { clis, install, versions } from "./install.ts";
import { writeFixture } from "./record/fixture.ts";
import type { Head } from "./record/line.ts";
import { record } from "./record/recorder.ts";
import { scenarios } from "./record/scenarios.ts";

const into = process.env["BATTY_AGENTS_RECORD"];
const runs = Number(process.env["BATTY_AGENTS_RUNS"] ?? 1);
/** Panes of the runs, in turn: where there is less room the same is drawn otherwise. */
const sizes = [
  [100, 40],
  [72, 30],
] as const;

describe.runIf(process.env["BATTY_E2E_AGENTS"] === "1").each(clis)("%s alone", (cli) => {
  let program: string;
  beforeAll(async () => {
    program = await install(cli);
  });

  for (const scenario of scenarios.filter((each) => each.clis.includes(cli)))
    for (let run = 1; run <= runs; run += 1)
      test(`${scenario.name}${runs > 1 ? ` ${run}` : ""}`, async ({ signal }) => {
        const size = sizes[(run - 1) % sizes.length] ?? sizes[0];
        const { env, args } = scenario;
        const order = { cli, program, size, signal, ...(env && { env }), ...(args && { args }) };
        const { folder, lines, failure } = await record(order, scenario.play);
        const name = `${cli}-${versions[cli]}/${scenario.name}-${run}.jsonl.gz`;
        // What failed is worth a look, but is no fixture.
        const place = failure === null ? into : join(tmpdir(), "batty-agents-failed");
        const recorded = new Date().toISOString().slice(0, 10);
        const of = { cli, version: versions[cli], scenario: scenario.name, run, size, recorded };
        const head: Head = { v: 1, ...of };
        if (place !== undefined) await writeFixture(join(place, name), head, folder, lines);
        if (failure !== null) throw failure;
      });
});
