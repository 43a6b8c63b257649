// Looks at the trunk every few seconds, for years: git is started only when the trunk's own file does not say what
// git said last. A ref that lies loose is what git would read; one that is packed or kept otherwise is git's to read.
import { join } from "node:path";
import type { Trunk } from "../../core/ports.ts";
import { readSmall } from "../small-file.ts";
import { type Ground, readTrunk } from "./ground.ts";
import type { Git } from "./run.ts";

export type TrunkLook = (ground: Ground, ref: string, signal: AbortSignal) => Promise<Trunk>;

export function createTrunkLook(git: Git): TrunkLook {
  let last: { readonly ref: string; readonly trunk: Trunk } | null = null;
  return async (ground, ref, signal) => {
    if (last?.ref === ref && looseAt(join(ground.common, ref)) === last.trunk.head)
      return last.trunk;
    last = null;
    const trunk = await readTrunk(git, ground, ref, signal);
    last = { ref, trunk };
    return trunk;
  };
}

function looseAt(path: string): string | null {
  try {
    return readSmall(path).text?.trim() ?? null;
  } catch {
    return null; // packed, or gone: git says which
  }
}
