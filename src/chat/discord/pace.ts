// How quickly posts may go to Discord, known without its library.
import type { Millis } from "../../core/words.ts";

export const pace: { readonly width: number; readonly lateness: Millis } = {
  // Rooms at once: a message takes 100 to 300 ms, and the limit for all of a bot is 50 requests a second.
  width: 6,
  // The library's own time-out is 15 s: what was given up may arrive that much later.
  lateness: 15_000,
};
