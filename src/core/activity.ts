// What an agent is doing, from all that is known of it: its own words first, its screen last. One pure fold, so that
// what was believed at any time can be replayed. Must not know which agent it is.
import type { Heard, Reading } from "./agent.ts";
import type { Instant, Millis } from "./words.ts";

export const activities = ["starting", "idle", "working", "waiting", "unknown"] as const;
export type Activity = (typeof activities)[number];

export interface Doing {
  readonly activity: Activity;
  /** Since when, or since when that was last confirmed by the agent's own word. */
  readonly since: Instant;
  /** What it waits for; "": nothing that is known. */
  readonly what: string;
  /** The bot pressed the keys that stop its turn: some agents say no word about that. */
  readonly stopping: boolean;
}

/** A look at the screen and how long it had not moved by then. */
export interface Sighting {
  readonly reading: Reading;
  readonly quietFor: Millis;
}

/** A screen in motion shows what is already over. */
const settled = 1_500;
/** … of an agent that starts and does not take input at once. */
const settledStart = 300;
/** Its word may be on its way: the screen does not contradict it sooner. */
const patience = 3_000;
/** A screen that nobody can read, after so long without a word, makes known things unknown. */
const forgets = 30_000;

type Word = Pick<Heard, "kind" | "detail" | "trouble">;

/** By its own word: that counts at once. */
export function byWord(was: Doing, word: Word, at: Instant): Doing {
  const now = (activity: Activity, what = ""): Doing => ({
    ...{ activity, since: at, what },
    // What its tools still say comes late.
    stopping: was.stopping && word.kind === "working",
  });
  switch (word.kind) {
    case "started":
    case "idle":
      return now("idle");
    case "taken":
    case "working":
      return now("working");
    case "waiting":
      return now("waiting", word.detail);
    case "error":
      // With a cause it says that the turn is over; without one the agent goes on.
      return word.trouble === undefined ? was : now("idle");
    default:
      return was;
  }
}

/** The bot pressed the keys that stop its turn. */
export const interrupted = (was: Doing): Doing => ({
  ...was,
  stopping: was.activity === "working" || was.activity === "waiting",
});

/**
 * By its screen, which only takes back: a turn whose end was not told, a dialog, an answer given in the pane. It never
 * makes an idle agent busy. Null: nothing is different.
 */
export function bySight(was: Doing, { reading, quietFor }: Sighting, at: Instant): Doing | null {
  const { shows, what } = reading;
  const still = quietFor >= settled;
  const silent = at - was.since;
  const now = (activity: Activity): Doing => ({ activity, since: at, what, stopping: false });
  if (shows === "waiting" && still)
    return was.activity === "waiting" && (was.what !== "" || what === "") ? null : now("waiting");
  switch (was.activity) {
    case "starting":
      return shows === "idle" && (reading.ready || quietFor >= settledStart) ? now("idle") : null;
    case "working":
      if (shows === "idle" && was.stopping) return now("idle");
      if (shows === "idle" && still && silent >= patience) return now("idle");
      return shows === "unknown" && quietFor >= forgets && silent >= forgets
        ? now("unknown")
        : null;
    case "waiting":
      if (silent < settled) return null;
      if (shows === "idle" && still) return now("idle");
      return shows === "working" ? now("working") : null;
    case "unknown":
      if (shows === "working") return now("working");
      return shows === "idle" && still ? now("idle") : null;
    default:
      return null;
  }
}
