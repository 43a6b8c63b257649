// The day that had its standup: there is one a day, however often the bot is restarted.
import type { Recorded } from "../event.ts";
import type { State } from "../state.ts";

export const evolveStandup = (state: State, { event }: Recorded): State =>
  event.event === "standup_posted" || event.event === "standup_skipped"
    ? { ...state, standupDay: event.day }
    : state;
