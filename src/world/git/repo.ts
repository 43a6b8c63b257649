// The Repo port on git: puts its parts together, keeps what need be found only once, and lets a member's
// worktree be written by one call at a time.
import { join } from "node:path";
import type { Landing, Repair, Repo } from "../../core/ports.ts";
import type { MemberName, Oid } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";
import { keepLast } from "../../lib/kept.ts";
import { childEnvironment } from "../environment.ts";
import type { Processes } from "../processes.ts";
import { runSetUp } from "../set-up.ts";
import { candidate, type Merged } from "./candidate.ts";
import { change, patch } from "./change.ts";
import type { GitContext } from "./context.ts";
import { findGround, findTrunk, type Ground } from "./ground.ts";
import { createIdentities, type Identity } from "./identity.ts";
import { inspect } from "./inspect.ts";
import { contains, land, lookAround } from "./land.ts";
import { takeMergeLock } from "./merge-lock.ts";
import { adoptBranch, follow, startTask } from "./moves.ts";
import { rescueWork } from "./rescue.ts";
import { createGit } from "./run.ts";
import { createStrays } from "./strays.ts";
import { createTrunkLook } from "./trunk-look.ts";
import { ensurePlace, type Place, setUpMarker, statusOf } from "./worktrees.ts";

export interface RepoOptions {
  readonly root: string;
  readonly worktreesDir: string;
  /** Whose branches are looked after [nobody's]. */
  readonly members?: readonly MemberName[];
  readonly processes: Processes;
  readonly mergeLock: string;
  readonly now: () => number;
  /** `trunk_branch`; null: see ground.ts. */
  readonly trunkBranch?: string | null;
  /** The bot's name in commits [git's own, else Batty]. */
  readonly identity?: Identity;
  /** What git and set-ups see [the allow-list of environment.ts]. */
  readonly env?: () => Readonly<Record<string, string>>;
  /** Repairs, a line each. */
  readonly told?: (line: string) => void;
  readonly repaired?: (repair: Repair) => void;
  /** s to wait for another landing [60]. */
  readonly lockPatience?: number;
}

export interface GitRepo extends Repo {
  /** Git's author variables for a member's own commits, only where git finds no identity. */
  identityFor(member: MemberName, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

/** Candidates and merges of the last tasks. */
const remembered = 200;
/** ms for which a look made before the lock was taken counts. */
const freshMs = 500;

export function openRepo(options: RepoOptions): GitRepo {
  const env = options.env ?? (() => childEnvironment(process.env));
  const context = contextOf(options, env);
  const inOrder = inTurn();
  /** Candidates made here, by commit: their first parent is known. */
  const parents = keepLast<Oid, Oid>(remembered);
  const merges = keepLast<string, Merged>(remembered);
  const strays = createStrays(options.worktreesDir, options.members ?? []);
  const lookAtTrunk = createTrunkLook(context.git);
  let released: Promise<unknown> = Promise.resolve();
  const place = (member: MemberName, signal: AbortSignal): Promise<Place> =>
    ensurePlace(context, { name: member, from: context.trunkRef }, signal);
  /** The member's worktree, nobody else of us writing in it. */
  const at = <T>(
    member: MemberName,
    signal: AbortSignal,
    work: (place: Place) => Promise<T>,
  ): Promise<T> =>
    inOrder(`member:${member}`, async () => {
      signal.throwIfAborted();
      return work(await place(member, signal));
    });

  async function landLocked(commit: Oid, base: Oid, signal: AbortSignal): Promise<Landing> {
    const { processes, mergeLock, now, lockPatience } = options;
    const how = { env: env(), now, ...(lockPatience ? { patience: lockPatience } : {}) };
    const move = { commit, base, isChild: parents.get(commit) === base };
    await released;
    const since = now();
    const early = lookAround(context, move, signal);
    early.catch(() => undefined); // told below, once there is a lock to give back
    const held = await takeMergeLock(processes, mergeLock, `landing ${commit}`, how, signal);
    try {
      // Who waited for the lock looks again: somebody has landed meanwhile.
      const fresh = now() - since < freshMs ? early : lookAround(context, move, signal);
      return await land(context, move, await fresh, signal);
    } finally {
      // The trunk has moved: only our own next landing waits until the holder has ended.
      released = held.release().catch(() => undefined); // a holder that is lost has freed it
    }
  }

  return {
    trunk: async (signal) => {
      const ground = await context.ground(signal);
      const now = await lookAtTrunk(ground, await context.trunkRef(signal), signal);
      return { ...now, strays: await strays.look(ground.common) };
    },
    ensureWorktree: (member, signal) => at(member, signal, async ({ path }) => path),
    startTask: ({ member, branch, base }, signal) =>
      at(member, signal, (found) => startTask(context, found, { branch, base }, signal)),
    setUp: async (path, setUp, signal) => {
      const from = options.root;
      const marker = join(await gitDirAt(context, path, signal), setUpMarker);
      const parts = { processes: options.processes, env: env(), from };
      await inOrder(`set-up:${path}`, () => runSetUp(parts, { tree: path, marker }, setUp, signal));
    },
    follow: (member, to, signal) =>
      at(member, signal, (found) => follow(context, found, to, signal)),
    inspect: (member, base, signal) =>
      at(member, signal, (found) => inspect(context, found, base, signal)),
    adoptBranch: (member, branch, signal) =>
      at(member, signal, (found) => adoptBranch(context, found, branch, signal)),
    rescue: (member, signal) =>
      at(member, signal, async (found) => {
        const status = await statusOf(context, found, "all", signal);
        return (await rescueWork(context, found, status, [], signal))?.ref ?? null;
      }),
    change: (head, onto, signal) =>
      change(context, head, onto, parents.get(head) === onto ? onto : null, signal),
    patch: (head, onto, path, maxBytes, signal) =>
      patch(context, { head, onto, path }, maxBytes, signal),
    candidate: async (build, signal) => {
      const built = await candidate(context, build, merges, signal);
      if (built.ok) parents.keep(built.commit, build.base);
      return built;
    },
    land: (commit, base, signal) =>
      inOrder("land", async () => {
        signal.throwIfAborted();
        return landLocked(commit, base, signal);
      }),
    contains: (of, ancestor, signal) => contains(context, of, ancestor, signal),
    identityFor: (member, signal) => context.identities.of(member, signal),
  };
}

function contextOf(options: RepoOptions, env: () => Readonly<Record<string, string>>): GitContext {
  const git = createGit(options.processes, withoutGit(env()));
  let ground: Promise<Ground> | null = null;
  let trunk: Promise<string> | null = null;
  const findOnce = (signal: AbortSignal): Promise<Ground> => {
    ground ??= findGround(git, options.root, signal).catch((error: unknown) => {
      ground = null;
      throw error;
    });
    return ground;
  };
  return {
    git,
    ground: findOnce,
    trunkRef: (signal) => {
      trunk ??= findOnce(signal)
        .then((found) => findTrunk(git, found, options.trunkBranch ?? null, signal))
        .catch((error: unknown) => {
          trunk = null;
          throw error;
        });
      return trunk;
    },
    identities: createIdentities(git, options.root, options.identity ?? null, options.now),
    worktreesDir: options.worktreesDir,
    now: options.now,
    told: options.told ?? (() => undefined),
    repaired: options.repaired ?? (() => undefined),
  };
}

/** `env_pass` may name them for tests; git itself must not be pointed elsewhere by them. */
function withoutGit(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}

async function gitDirAt({ git }: GitContext, path: string, signal: AbortSignal): Promise<string> {
  const args = ["rev-parse", "--path-format=absolute", "--git-dir"];
  return (await git({ args, cwd: path }, signal)).stdout.trim();
}
