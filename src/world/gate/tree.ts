// The gate's own worktree: brought to a commit, cleaned, and looked at before and after. Must not know what is run.
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { SetUp } from "../../core/ports.ts";
import type { Oid } from "../../core/words.ts";
import { patiently } from "../git/patience.ts";
import { readStatus } from "../git/status.ts";
import { ensurePlace, type Place, type PlaceContext, setUpMarker } from "../git/worktrees.ts";
import { isSetUp, markSetUp, runSetUp, type SetUpParts, setUpKey } from "../set-up.ts";

/** Nobody else writes in there: a lock without a living holder is a dead gate's. */
const patience = { staleMs: 500 };

/**
 * Puts the worktree `_gate` at the commit: tracked files as there, what git does not ignore gone. Ignored files
 * (installed packages, build caches) stay while the set-up is the same, and go with it.
 * @throws Failure `worktree.blocked` | `git.*` | `setup.failed`
 */
export async function prepareTree(
  context: PlaceContext,
  order: { readonly commit: Oid; readonly setUp: SetUp | null },
  parts: SetUpParts,
  signal: AbortSignal,
): Promise<Place> {
  const from = async (): Promise<string> => order.commit;
  const place = await ensurePlace(context, { name: "_gate", from }, signal);
  const write = (args: readonly string[], accept: readonly number[] = [0]) =>
    patiently(
      context.git,
      { args, cwd: place.path, accept, timeoutMs: 300_000 },
      place.gitDir,
      { ...patience, told: context.told },
      signal,
    );
  await write(["checkout", "--quiet", "--force", "--detach", order.commit, "--"]);
  const set = { tree: place.path, marker: join(place.gitDir, setUpMarker) };
  const key = await setUpKey(place.path, order.setUp);
  const isSame = await isSetUp(set, key);
  await write(["clean", "--quiet", "-ffd", ...(isSame ? [] : ["-x"])]);
  if (order.setUp !== null) await runSetUp(parts, set, order.setUp, signal);
  else if (!isSame) await markSetUp(set, key);
  return place;
}

/** How the worktree differs from the commit in HEAD or tracked files; null: not at all. */
export async function differenceIn(
  { git }: PlaceContext,
  place: Place,
  commit: Oid,
  signal: AbortSignal,
): Promise<string | null> {
  const { head, changed } = await readStatus(git, place.path, "no", signal);
  if (head !== commit) return `HEAD moved to ${head ?? "nothing"}`;
  if (changed.length === 0) return null;
  const paths = changed.slice(0, 5).map((each) => each.path);
  const more = changed.length > paths.length ? ` and ${changed.length - paths.length} more` : "";
  return `tracked files changed: ${paths.join(", ")}${more}`;
}

/** Bytes free where the tests write; null: not known. */
export async function freeAt(paths: readonly string[]): Promise<number | null> {
  const free = await Promise.all(
    paths.map((path) =>
      statfs(path).then(
        (found) => found.bavail * found.bsize,
        () => Number.POSITIVE_INFINITY,
      ),
    ),
  );
  const least = Math.min(...free);
  return Number.isFinite(least) ? least : null;
}
