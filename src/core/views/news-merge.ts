// What chats say of a way to trunk that fails again and again: once, with the world's own words.
import type { Event } from "../event.ts";
import { limits } from "../policy.ts";
import type { State } from "../state.ts";
import { alertCard } from "./cards.ts";
import { type Shown, withCard } from "./post.ts";

const steps = {
  review: "its card can't be made",
  candidate: "it can't be merged with trunk",
  landing: "it can't land",
} as const;

export function mergeNews(state: State, event: Event, key: string): Shown[] {
  if (event.event !== "merge_troubled" || event.tries !== limits.mergeTries) return [];
  const { task, step, tries, code, say } = event;
  const card = alertCard(
    `#${task} ${state.work.get(task)?.title ?? ""}: ${steps[step]}`,
    [
      `Tried ${tries} times; the last time (${code}):`,
      ...say.split("\n").slice(0, 8),
      "It is tried again by itself, at least once a minute; mend what is in its way.",
    ],
    "bad",
    { task },
  );
  return [withCard(key, "alerts", card, true, task)];
}
