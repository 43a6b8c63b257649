// Deaths that the terminal tells: one that is certain is seen at once, before the panes are asked. Knows no wrapper.
import type { Pane } from "../core/ports.ts";
import { known } from "../core/words.ts";
import type { Loop } from "./loop.ts";
import type { Wake } from "./wake.ts";

/** Null: only a hint that somebody may have died. */
export type TellDeath = (pane: Pane | null) => void;

export function createDeaths(
  loop: Pick<Loop, "world" | "observe">,
  nudge: Wake["nudge"],
): TellDeath {
  return (pane) => {
    const { panes } = loop.world();
    // As of the last look, for all others: nobody who was not listed then is judged by it.
    if (pane !== null && panes?.probe.known) {
      const others = panes.probe.value.filter((each) => each.pane !== pane.pane);
      loop.observe({ panes: { at: panes.at, probe: known([...others, pane]) } });
    }
    nudge("panes");
  };
}
