// p16: the wall time of `batty status` with the bot up, against node doing nothing.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { compare, now, type Round, type Row } from "./measure.ts";
import type { Place } from "./place.ts";

const rounds = 5;
const perRound = 8;

function wallTime(place: Place, root: string, argv: readonly string[]): Promise<number> {
  const at = now();
  const child = spawn(process.execPath, argv, { cwd: root, env: place.env, stdio: "ignore" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve(now() - at);
      else reject(new Error(`node ${argv.join(" ")} ended with ${code}`));
    });
  });
}

export async function measureStatus(place: Place, root: string): Promise<Row[]> {
  const inClone: Round[] = [];
  const installed: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const floor: number[] = [];
    const [one, two]: [Round, Round] = [
      { product: [], floor },
      { product: [], floor },
    ];
    for (let k = 0; k < perRound; k += 1) {
      const clone = join(place.clone, "bin", "batty");
      one.product.push(await wallTime(place, root, [clone, "status"]));
      floor.push(await wallTime(place, root, ["-e", "0"]));
      two.product.push(await wallTime(place, root, [place.installed, "status"]));
    }
    inClone.push(one);
    installed.push(two);
  }
  const target = { ratio: [2, 1.6] } as const;
  return [
    compare("p16", "`batty status` from a clone / node -e 0", inClone, target),
    compare("p16-installed", "the same from an installed package", installed, target),
  ];
}
