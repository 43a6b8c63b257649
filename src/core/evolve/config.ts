// Whether the team file as it stands is in force, by what was told of it last.
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";

export function evolveConfig(state: State, { event }: Recorded): State {
  switch (event.event) {
    case "team_config_rejected":
      return { ...state, rejectedConfig: event.problems };
    case "team_config_loaded":
      return { ...state, rejectedConfig: [] };
    default:
      return state;
  }
}
