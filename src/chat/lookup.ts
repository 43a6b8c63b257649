// From words to commands, rooms to members: the router's look-ups, without any effect.
import { split } from "../core/arguments.ts";
import { type Card, channels } from "../core/card.ts";
import { type Command, Refused } from "../core/command.ts";
import type { Policy } from "../core/policy.ts";
import type { State } from "../core/state.ts";
import { nearest } from "../core/suggest.ts";
import { isHeld, isOver, proposalOf } from "../core/work.ts";
import type { Room } from "./desk.ts";

/** The longest command name that the words begin with. @throws Refused `verb.unknown` */
export function lookUpWords(
  commands: readonly Command[],
  words: readonly string[],
): { found: Command; rest: readonly string[] } {
  for (const n of [2, 1]) {
    const name = words.slice(0, n).join(" ");
    const found = words.length >= n ? commands.find((c) => c.name === name) : undefined;
    if (found !== undefined) return { found, rest: words.slice(n) };
  }
  const verb = words[0] ?? "";
  const family = commands.filter((c) => c.name.startsWith(`${verb} `)).map((c) => c.name);
  if (family.length > 0)
    throw new Refused("usage", `\`${verb}\` needs a second word.`, `One of: ${family.join(", ")}.`);
  const near = nearest(
    verb,
    commands.map((c) => c.name),
  );
  throw new Refused(
    "verb.unknown",
    `There is no command "${verb}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
    "`batty help` lists them.",
  );
}

/** Members' own verbs are not for people's chats. */
export const isForChats = (command: Command): boolean =>
  command.team !== "only" && command.chat !== false;

/** What a hint says of the shell, as a person types it in every chat; what only the shell can stays. */
export const spokenIn =
  (commands: readonly Command[]) =>
  (text: string): string =>
    text.replace(/(`|Usage: )batty (?=([a-z-]+))/g, (whole, before: string, verb: string) =>
      commands.some((c) => isForChats(c) && c.name.split(" ")[0] === verb)
        ? `${before}/batty `
        : whole,
    );

export function lookUp(
  commands: readonly Command[],
  text: string,
): { found: Command; rest: string } {
  const words = split(text);
  if (words.length === 0) return { found: commandNamed(commands, "help"), rest: "" };
  const { found, rest } = lookUpWords(
    commands,
    words.map((w) => w.text),
  );
  const used = words.length - rest.length;
  const start = words[used]?.start;
  return { found, rest: start === undefined ? "" : text.slice(start) };
}

/** TASK as the id of the message that shows its card: the post's key says which task and which round. */
export function withCards(
  args: Readonly<Record<string, unknown>>,
  keyOf: (message: string) => string | null = () => null,
): Readonly<Record<string, unknown>> {
  const { task } = args;
  const key = typeof task === "string" && /^m\d+$/.test(task) ? keyOf(task) : null;
  return key === null ? args : { ...args, task: key };
}

/** Whom plain text in a room reaches. */
export function addressee(state: State, policy: Policy, room: string): string | null {
  if (policy.members.some((m) => m.name === room)) return room;
  const task = /^task:(\d+)$/.exec(room);
  if (task === null) return null;
  const work = state.work.get(Number(task[1]));
  return work === undefined || (isOver(work) && !isHeld(work)) ? null : work.member;
}

export function rooms(state: State, policy: Policy): readonly Room[] {
  const known = [...state.work.values()].filter((w) => !isOver(w) || proposalOf(w) !== undefined);
  const tasks = [...known, ...unbegun(state)];
  return [
    ...channels.map((name): Room => ({ name, kind: "channel", title: name })),
    ...policy.members.map(
      (m): Room => ({ name: m.name, kind: "member", title: `${m.name} (${m.roleType})` }),
    ),
    ...tasks.map(
      (w): Room => ({ name: `task:${w.task}`, kind: "task", title: `#${w.task} ${w.title}` }),
    ),
  ];
}

/** On the board, and nobody's so far. */
const unbegun = (state: State): readonly { readonly task: number; readonly title: string }[] =>
  [...state.requests.values()].flatMap(({ task, event: { title } }) =>
    task === null || state.work.has(task) || task <= state.forgotten ? [] : [{ task, title }],
  );

export function confirmCard(id: string, verb: string, words: string, footer: string): Card {
  return {
    kind: "confirm",
    subject: {},
    title: words,
    tone: "warn",
    lines: [],
    fields: [],
    actions: [
      { id: `${id}.confirm`, verb: "confirm", label: `Yes, ${verb}`, style: "danger", asks: null },
      { id: `${id}.cancel`, verb: "cancel", label: "No", style: "plain", asks: null },
    ],
    image: null,
    state: "open",
    footer,
  };
}

/** A command of the table that the router itself relies on. */
export function commandNamed(commands: readonly Command[], name: string): Command {
  const found = commands.find((c) => c.name === name);
  if (found === undefined) throw new Error(`the command table has no ${name}`);
  return found;
}
