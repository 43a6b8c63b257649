// What we decided is so, past tense. The zod schemas in events/ are the journal's line format: {v, seq, ts, event, …}.
import * as z from "zod";
import { landingEvents } from "./events/landing.ts";
import { machineEvents } from "./events/machine.ts";
import { messageEvents } from "./events/messages.ts";
import { peopleEvents } from "./events/people.ts";
import { seatEvents } from "./events/seats.ts";
import { taskEvents } from "./events/tasks.ts";

export const eventSchema = z.discriminatedUnion("event", [
  ...machineEvents,
  ...seatEvents,
  ...messageEvents,
  ...taskEvents,
  ...landingEvents,
  ...peopleEvents,
]);

export type Event = z.infer<typeof eventSchema>;
export type EventName = Event["event"];
export type EventOf<N extends EventName> = Extract<Event, { event: N }>;

/** A line of the journal, parsed. `at` is `ts` in ms. */
export interface Recorded {
  readonly seq: number;
  readonly at: number;
  readonly event: Event;
}

/** The journal line's version; a reader for each older one stays. */
export const journalVersion = 1;
