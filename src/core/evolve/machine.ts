// What the machine under us did: space that runs out, stalls of the event loop.
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";

export function evolveMachine(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "daemon_started":
      return { ...state, stalls: { times: 0, worst: 0, at: 0 } };
    case "loop_stalled": {
      const { times, worst } = state.stalls;
      const next = { times: times + event.times, worst: Math.max(worst, event.ms), at };
      return { ...state, stalls: next };
    }
    case "disk_level_changed": {
      const { level, path, free } = event;
      return { ...state, disk: level === "ok" ? null : { level, path, free, at } };
    }
    case "disk_hygiene_cleanup":
      return { ...state, tidiedAt: at };
    default:
      return state;
  }
}
