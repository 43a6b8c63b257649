// Where each command of the table stands under `/batty`: at the top or in a group. Knows names only.
import type { Command } from "../../../core/command.ts";

/** Beside the top level. */
export const groups = {
  board: "The board, and what becomes of its tasks",
  task: "One task",
  team: "Members, their messages and questions",
  report: "What was decided, and why",
  admin: "The bot itself",
} as const;
type Group = keyof typeof groups;

export interface Place {
  readonly command: Command;
  /** Null: at the top. */
  readonly group: Group | null;
  readonly name: string;
}

const atTheTop: ReadonlySet<string> = new Set(
  (
    "send assign status merge approve reject back diff queue standup escalations peek logs pause resume " +
    "start stop restart catchup help"
  ).split(" "),
);

/** By a verb's first word, where that is no group itself. */
const homes: Readonly<Record<string, Group>> = {
  ...{ queue: "board", dispatch: "board" },
  ...{ retry: "task", revert: "task", review: "task" },
  ...{
    cancel: "team",
    escalations: "team",
    inbox: "team",
    interrupt: "team",
    "send-again": "team",
  },
  ...{ bench: "team", unbench: "team", nudge: "team", goal: "team" },
  ...{ audit: "report", policy: "report", metrics: "report", report: "report", cost: "report" },
  ...{ retro: "report", telemetry: "report" },
};

/** Everything that people may say in chats, each once, as Discord lists it. */
export const placesOf = (commands: readonly Command[]): readonly Place[] =>
  commands.filter((c) => c.chat !== false && c.team !== "only").map(placeOf);

function placeOf(command: Command): Place {
  const { name } = command;
  const [first = "", ...more] = name.split(" ");
  if (atTheTop.has(name)) return { command, group: null, name };
  // The whole of a group's own verb: Discord can't call a group by its name alone.
  if (isGroup(first)) return { command, group: first, name: more.join("-") || "show" };
  return { command, group: homes[first] ?? "admin", name: name.replaceAll(" ", "-") };
}

const isGroup = (word: string): word is Group => Object.hasOwn(groups, word);
