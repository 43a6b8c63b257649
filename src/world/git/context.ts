// What the parts of the repository adapter share: git, where the repository is, whose name commits bear.

import type { Repair } from "../../core/ports.ts";
import type { Ground } from "./ground.ts";
import type { Identities } from "./identity.ts";
import type { Git } from "./run.ts";

export interface GitContext {
  readonly git: Git;
  /** Found once; a failed look is made again by the next call. */
  readonly ground: (signal: AbortSignal) => Promise<Ground>;
  /** In full: `refs/heads/main`. */
  readonly trunkRef: (signal: AbortSignal) => Promise<string>;
  readonly identities: Identities;
  readonly worktreesDir: string;
  readonly now: () => number;
  /** Repairs of our own, a line each. */
  readonly told: (line: string) => void;
  /** A worktree that was put right: for people and for the count. */
  readonly repaired: (repair: Repair) => void;
}

/** Our own worktrees: a lock that nobody holds is taken away after this, ms. */
export const staleLockMs = 10_000;
