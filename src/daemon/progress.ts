// Shows how far long work is while it runs. Beside the loop: nothing is decided and nothing recorded here.
import type { Policy } from "../core/policy.ts";
import type { State } from "../core/state.ts";
import { deadlinePosts } from "../core/views/news-escalations.ts";
import type { Shown } from "../core/views/post.ts";
import { progressPosts } from "../core/views/task-card.ts";
import type { Instant } from "../core/words.ts";

/** Between two looks, ms: a bar that moves, and few edits for a platform that counts them. */
const each = 5_000;

export interface ProgressParts {
  readonly state: () => State;
  readonly policy: () => Policy;
  readonly now: () => Instant;
  readonly show: (shown: readonly Shown[]) => void;
}

/** @returns what ends it */
export function showProgress({ state, policy, now, show }: ProgressParts): () => void {
  const timer = setInterval(
    () => show([...progressPosts(state(), policy(), now()), ...deadlinePosts(state(), now())]),
    each,
  );
  return () => clearInterval(timer);
}
