// Acts on a member's seat: its worktree, its pane, its task's branch.
import type { Brought } from "../../core/effect.ts";
import { Failure } from "../../core/words.ts";
import type { ActContext, Of } from "./context.ts";

export async function seat(
  c: ActContext,
  { member, epoch, resume }: Of<"ensure.seat">,
  signal: AbortSignal,
): Promise<Brought> {
  const worktree = await c.repo.ensureWorktree(member, signal);
  const launch = await c.seats.launchOf({ member, epoch, worktree, resume }, signal);
  const own = (await c.terminal.list(signal)).filter((p) => p.member === member && !p.dead);
  // A launch whose answer was lost is found again instead of being made twice.
  const standing = own.find((p) => p.epoch === epoch);
  // One that was given up and came about all the same: nobody listens to it, and it would bar the next.
  for (const stray of own.filter((p) => p !== standing)) {
    await c.repo.rescue(member, signal);
    await c.terminal.kill(stray, signal);
  }
  const pane = standing ?? (await c.terminal.launch(launch, signal));
  return { of: "ensure.seat", pane, worktree, resume: resume !== null };
}

/** Work first: what is uncommitted becomes reachable before the pane ends. */
export async function gone(
  c: ActContext,
  { member, pane }: Of<"ensure.gone">,
  signal: AbortSignal,
): Promise<Brought> {
  const rescued = await c.repo.rescue(member, signal);
  await c.terminal.kill(pane, signal);
  return { of: "ensure.gone", rescued };
}

export async function start(
  c: ActContext,
  effect: Of<"ensure.start">,
  signal: AbortSignal,
): Promise<Brought> {
  const { member, branch, base } = effect;
  const path = await c.repo.ensureWorktree(member, signal);
  let rescued: string | null = null;
  if (effect.adopt) await c.repo.adoptBranch(member, branch, signal);
  else ({ rescued } = await c.repo.startTask({ member, branch, base }, signal));
  const setUp = c.setUp();
  if (setUp !== null) await c.repo.setUp(path, setUp, signal);
  return { of: "ensure.start", rescued };
}

export async function inspect(
  c: ActContext,
  { member, base }: Of<"ensure.inspect">,
  signal: AbortSignal,
): Promise<Brought> {
  return { of: "ensure.inspect", worktree: await c.repo.inspect(member, base, signal) };
}

/** The branch goes forward to what was committed past it; where that would lose something, the worktree goes back. */
export async function attach(
  c: ActContext,
  { member, branch, base }: Of<"ensure.attach">,
  signal: AbortSignal,
): Promise<Brought> {
  try {
    await c.repo.adoptBranch(member, branch, signal);
    return { of: "ensure.attach", moved: true, rescued: null };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "git.refused") throw error;
  }
  const { rescued } = await c.repo.startTask({ member, branch, base }, signal);
  return { of: "ensure.attach", moved: false, rescued };
}
