// What an argument may name, as it stands now: open tasks, members, questions, the board's words. Changes nothing.
import type { Policy } from "../core/policy.ts";
import type { BoardView, World } from "../core/ports.ts";
import type { Named } from "../core/slots.ts";
import { type Delivery, isOpen, nobody, type State } from "../core/state.ts";
import type { Caller } from "../core/words.ts";
import { isOver } from "../core/work.ts";
import type { Completion } from "./desk.ts";

/** What is there to be named. */
export interface Known {
  readonly state: State;
  readonly policy: Policy;
  readonly world: World;
}

const bare = (words: readonly string[]): readonly Completion[] =>
  words.map((word) => ({ word, about: "" }));

const firstLine = (text: string): string => text.trim().split("\n")[0] ?? "";

/** @param beginning what is typed of it */
export function named(
  of: Exclude<Named, "verb">,
  by: Caller,
  { state, policy, world }: Known,
  beginning: string,
): readonly Completion[] {
  const board = world.board?.probe.known === true ? world.board.probe.value : null;
  switch (of) {
    case "task":
      return tasks(state, board);
    case "tasks":
      return afterComma(tasks(state, board), beginning);
    case "member":
      return bare(policy.members.map((m) => m.name));
    case "engineer":
      return bare(policy.members.filter((m) => m.roleType === "engineer").map((m) => m.name));
    case "status":
      return bare(board?.config.statuses ?? []);
    case "priority":
      return bare(board?.config.priorities ?? []);
    case "escalation":
      return [...state.escalations.values()].filter(isOpen).map((e) => ({
        word: `${e.id}`,
        about: `${e.member === nobody ? "" : `${e.member}: `}${firstLine(e.question)}`,
      }));
    case "message":
      return mail(state, (d) => d.state === "queued" && d.mail.from === by.name);
    case "undelivered":
      return [
        ...mail(state, (d) => d.state === "failed"),
        ...[...state.letters.values()].map((l) => ({ word: l.letter, about: l.say })),
      ];
  }
}

/** What is under way first, then what the board has besides. */
function tasks(state: State, board: BoardView | null): readonly Completion[] {
  const begun = [...state.work.values()].filter((w) => !isOver(w));
  const more = [...(board?.tasks.values() ?? [])].filter(
    (t) => t.status !== "done" && t.status !== "archived" && !state.work.has(t.id),
  );
  return [
    ...begun.map((w) => ({ word: `${w.task}`, about: w.title })),
    ...more.map((t) => ({ word: `${t.id}`, about: t.title })),
  ];
}

/** Each as one more of those that stand there. */
function afterComma(all: readonly Completion[], beginning: string): readonly Completion[] {
  const before = beginning.slice(0, beginning.lastIndexOf(",") + 1);
  const given = before.split(",").map((word) => word.trim());
  return all
    .filter(({ word }) => !given.includes(word))
    .map(({ word, about }) => ({ word: before + word, about }));
}

/** The newest first. */
const mail = (state: State, isMeant: (d: Delivery) => boolean): readonly Completion[] =>
  [...state.messages.values()]
    .filter(isMeant)
    .map(({ mail: m }) => ({ word: m.id, about: `to ${m.to}: ${firstLine(m.body)}` }))
    .reverse();
