// What the client knows: rooms, their messages, what is unread, what is being written. Pure; the bot's lines change it here.
import type { Card } from "../../../core/card.ts";
import type { Room } from "../../desk.ts";
import type { Mark } from "../render.ts";
import { blankEditor, type Editor } from "./editor.ts";

/** A line of the protocol (interface §4). */
export type Incoming = Readonly<Record<string, unknown>>;

export interface Entry {
  readonly id: string;
  readonly room: string;
  readonly thread: string | null;
  readonly from: string;
  readonly text: string;
  readonly card: Card | null;
  readonly loud: boolean;
  readonly ts: string;
  readonly reactions: readonly Mark[];
}

/** What Enter does with the one key that stands in the line. Fixed when it is typed: a card that comes later does not slip in. */
export type Choice =
  | {
      readonly kind: "press";
      readonly action: string;
      readonly message: string;
      readonly says: string;
    }
  | { readonly kind: "go"; readonly room: string };

/** An action that wants a text with it. */
export interface Asking {
  readonly action: string;
  readonly message: string;
  readonly label: string;
}

export interface View {
  readonly me: { readonly name: string; readonly tier: string } | null;
  readonly rooms: readonly Room[];
  readonly current: string;
  /** By room; what belongs to a task stands in the task's room too. Oldest first. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  /** Rooms whose history was asked for, and those of which all was. */
  readonly asked: ReadonlySet<string>;
  readonly visited: ReadonlySet<string>;
  readonly unread: ReadonlyMap<string, number>;
  readonly editor: Editor;
  readonly choice: Choice | null;
  readonly asking: Asking | null;
  /** The card whose actions have numbers; null: the newest open one. */
  readonly focus: string | null;
  /** First line shown; null: the end, and what comes is followed. */
  readonly top: number | null;
  readonly notice: string | null;
  /** The bot's last word, when it refused us or goes. */
  readonly farewell: { readonly code: string; readonly say: string } | null;
}

export const blankView: View = {
  me: null,
  rooms: [],
  current: "commands",
  entries: new Map(),
  asked: new Set(),
  visited: new Set(),
  unread: new Map(),
  editor: blankEditor,
  choice: null,
  asking: null,
  focus: null,
  top: null,
  notice: null,
  farewell: null,
};

export interface Step {
  readonly view: View;
  /** To the bot. */
  readonly requests: readonly object[];
}

const step = (view: View, ...requests: readonly object[]): Step => ({ view, requests });

const keptEntries = 1_000;
/** Of each room at once; all that the bot has at hand when a person goes there. */
const firstPage = 100;
const wholeHistory = 500;

export const entriesOf = (view: View, room: string): readonly Entry[] =>
  view.entries.get(room) ?? [];

export const isPressable = (entry: Entry): boolean => (entry.card?.actions.length ?? 0) > 0;
const isOpen = (entry: Entry): boolean => entry.card?.state === "open" && isPressable(entry);

/** Whether something in this room waits for a person. */
export const wantsSomebody = (view: View, room: string): boolean =>
  entriesOf(view, room).some((entry) => entry.loud && isOpen(entry));

/** The card whose actions have numbers. */
export function focused(view: View): Entry | undefined {
  const here = entriesOf(view, view.current);
  const chosen = here.find((entry) => entry.id === view.focus && isPressable(entry));
  return chosen ?? here.findLast(isOpen) ?? here.findLast(isPressable);
}

// ---------------------------------------------------------------- what the bot says

export function hear(view: View, line: Incoming): Step {
  switch (line["event"]) {
    case "ready":
      return step(
        { ...view, me: { name: String(line["as"]), tier: String(line["tier"]) } },
        { rooms: true },
      );
    case "rooms":
      return rooms(view, line["rooms"] as readonly Room[]);
    case "message":
      return message(view, line);
    case "edit":
      return step(file(view, entryOf(line)));
    case "reaction":
      return step(react(view, line));
    case "history":
      return step(history(view, line));
    case "error":
      return step(error(view, line));
    default:
      return step(view);
  }
}

function rooms(view: View, list: readonly Room[]): Step {
  const fresh = list.filter((room) => !view.asked.has(room.name)).map((room) => room.name);
  const current = list.some((room) => room.name === view.current)
    ? view.current
    : (list[0]?.name ?? view.current);
  const known = { ...view, rooms: list, current, asked: new Set([...view.asked, ...fresh]) };
  const here = visit(known);
  const asks = fresh.map((room) => ({ history: { room, limit: firstPage } }));
  return step(here.view, ...asks, ...here.requests);
}

/** The whole history of the room where the person is, once. */
export function visit(view: View): Step {
  const room = view.current;
  if (view.visited.has(room)) return step(view);
  const visited = new Set(view.visited).add(room);
  return step({ ...view, visited }, { history: { room, limit: wholeHistory } });
}

function message(view: View, line: Incoming): Step {
  const entry = entryOf(line);
  const filed = file(view, entry);
  const mine = line["echo"] !== undefined || entry.from === view.me?.name;
  const count = entry.room === view.current || mine ? 0 : 1;
  const unread = new Map(view.unread).set(entry.room, (view.unread.get(entry.room) ?? 0) + count);
  const known = [entry.room, entry.thread].every(
    (room) => room === null || view.rooms.some((r) => r.name === room),
  );
  return step({ ...filed, unread }, ...(known ? [] : [{ rooms: true }]));
}

function entryOf(line: Incoming): Entry {
  const { id, room, from, text, ts } = line as Record<string, string>;
  return {
    ...{ id: id ?? "", room: room ?? "", from: from ?? "", text: text ?? "", ts: ts ?? "" },
    thread: (line["thread"] as string | null | undefined) ?? null,
    card: (line["card"] as Card | null | undefined) ?? null,
    loud: line["loud"] === true,
    reactions: (line["reactions"] as readonly Mark[] | undefined) ?? [],
  };
}

const numberOf = (id: string): number => Number(id.slice(1));

/** Puts it where it belongs, by its id: a message once, an edit in its place. */
function put(list: readonly Entry[], entry: Entry): readonly Entry[] {
  const at = list.findLastIndex((e) => numberOf(e.id) <= numberOf(entry.id));
  const before = list[at];
  if (before?.id !== entry.id)
    return [...list.slice(0, at + 1), entry, ...list.slice(at + 1)].slice(-keptEntries);
  const reactions = entry.reactions.length > 0 ? entry.reactions : before.reactions;
  return [...list.slice(0, at), { ...entry, reactions }, ...list.slice(at + 1)];
}

function file(view: View, entry: Entry): View {
  const entries = new Map(view.entries);
  for (const room of new Set([entry.room, entry.thread]))
    if (room !== null) entries.set(room, put(entries.get(room) ?? [], entry));
  return { ...view, entries };
}

const history = (view: View, line: Incoming): View =>
  (line["messages"] as readonly Incoming[]).reduce((v, m) => file(v, entryOf(m)), view);

function react(view: View, line: Incoming): View {
  const { message: id, emoji, by, state, added } = line;
  const mark = { emoji, by, state } as Mark;
  const changed = (entry: Entry): Entry => {
    const others = entry.reactions.filter((m) => m.emoji !== emoji || m.by !== by);
    return { ...entry, reactions: added === true ? [...others, mark] : others };
  };
  const entries = new Map(view.entries);
  for (const [room, list] of entries) {
    const at = list.findLastIndex((entry) => entry.id === id);
    const before = list[at];
    if (before !== undefined) entries.set(room, list.with(at, changed(before)));
  }
  return { ...view, entries };
}

function error(view: View, line: Incoming): View {
  const say = [line["say"], line["hint"]].filter((part) => typeof part === "string").join(" ");
  const code = String(line["code"]);
  const last = view.me === null || code === "bot.gone";
  return { ...view, notice: say, ...(last ? { farewell: { code, say } } : {}) };
}
