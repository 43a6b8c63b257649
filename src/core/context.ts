// How full an agent's conversation is.
import type { Usage } from "./agent.ts";

/** Tokens that fit where the record does not say: the common size, and the large one for a conversation beyond it. */
const windows = [200_000, 1_000_000] as const;

/** Percent of its window; null: not known. */
export function filled({ context, window }: Usage): number | null {
  if (context === null) return null;
  const size = window ?? (context > windows[0] ? windows[1] : windows[0]);
  return Math.min(100, Math.round((100 * context) / size));
}
