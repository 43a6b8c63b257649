// Looks for a smaller day that goes wrong too: leaves out ever smaller pieces of its acts.
import type { Plan } from "./random-day.ts";

export async function shrink(
  plan: Plan,
  play: (plan: Plan) => Promise<readonly string[]>,
): Promise<Plan> {
  let best = plan;
  for (let size = Math.ceil(plan.acts.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.acts.length; ) {
      const acts = best.acts.filter((_, n) => n < from || n >= from + size);
      const tried = { ...best, acts };
      if ((await play(tried)).length > 0) best = tried;
      else from += size;
    }
  }
  return best;
}
