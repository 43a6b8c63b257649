// Minutes of everything at once with a real bot: `npm run soak -- --minutes 20 --seed 7`. What it does and counts
// stands in test/soak/.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ROOT } from "./check.mjs";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "20" }, seed: { type: "string", default: "1" } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write("Use: npm run soak -- [--minutes 20] [--seed 1]\n");
  process.exit(2);
}
await build({ onlyIfStale: true });
const child = spawn(join(ROOT, "node_modules/.bin/vitest"), ["run", "--project", "soak"], {
  cwd: ROOT,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, BATTY_SOAK_MINUTES: String(minutes), BATTY_SOAK_SEED: String(seed) },
});
child.on("error", (error) => {
  process.stderr.write(`${error.message}: run npm ci\n`);
  process.exitCode = 1;
});
child.on("close", (code) => {
  process.exitCode = code ?? 1;
});
