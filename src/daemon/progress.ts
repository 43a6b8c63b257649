// Shows how far long work is while it runs, and the board as it is. Beside the loop: nothing is decided and nothing recorded here.
import type { Policy } from "../core/policy.ts";
import type { World } from "../core/ports.ts";
import type { State } from "../core/state.ts";
import { boardPost } from "../core/views/board-card.ts";
import { deadlinePosts } from "../core/views/news-escalations.ts";
import type { Shown } from "../core/views/post.ts";
import { progressPosts } from "../core/views/task-card.ts";
import type { Instant } from "../core/words.ts";

/** Between two looks, ms: a bar that moves, and few edits for a platform that counts them. */
const each = 5_000;

export interface ProgressParts {
  readonly state: () => State;
  readonly world: () => Pick<World, "board">;
  readonly policy: () => Policy;
  readonly now: () => Instant;
  readonly show: (shown: readonly Shown[]) => void;
}

/** @returns what ends it */
export function showProgress(parts: ProgressParts): () => void {
  const { state, policy, now, show } = parts;
  const board = newBoard(parts);
  const timer = setInterval(
    () =>
      show([
        ...progressPosts(state(), policy(), now()),
        ...deadlinePosts(state(), now()),
        ...board(),
      ]),
    each,
  );
  return () => clearInterval(timer);
}

/** The pinned board when it reads otherwise than before. */
function newBoard({ state, world, policy, now }: ProgressParts): () => readonly Shown[] {
  let before = "";
  let seen: readonly unknown[] = [];
  return () => {
    // It says no time shorter than a minute, and nothing that is in none of these.
    const files = world().board?.probe;
    const of = [state(), files?.known && files.value, Math.floor(now() / 60_000)];
    if (of.every((each, i) => each === seen[i])) return [];
    seen = of;
    const posts = boardPost(state(), world(), policy(), now());
    const newest = JSON.stringify(posts);
    if (newest === before) return [];
    before = newest;
    return posts;
  };
}
