// What a key does: keys → the next view and requests to the bot. Pure.
import type { Action } from "../../../core/card.ts";
import { labelOf } from "../render.ts";
import { clean } from "../width.ts";
import { erase, insert, type Motion, move, newer, older, sent, withText } from "./editor.ts";
import type { Key } from "./keys.ts";
import {
  type Choice,
  type Entry,
  entriesOf,
  focused,
  isPressable,
  type View,
  visit,
  wantsSomebody,
} from "./view.ts";

export interface Acted {
  readonly view: View;
  readonly requests: readonly object[];
  readonly quit?: true;
  readonly redraw?: true;
}

/** What scrolling must know of the screen. */
export interface Extent {
  /** Lines of the current room. */
  readonly lines: number;
  /** Rows that show them. */
  readonly rows: number;
}

const acted = (view: View, ...requests: readonly object[]): Acted => ({ view, requests });

const motions: Readonly<Record<string, Motion>> = {
  left: "left",
  right: "right",
  home: "home",
  end: "end",
  "ctrl-a": "home",
  "ctrl-e": "end",
  "ctrl-b": "left",
  "ctrl-f": "right",
  "alt-b": "word-left",
  "alt-f": "word-right",
  "ctrl-left": "word-left",
  "ctrl-right": "word-right",
};
const erasures: Readonly<Record<string, Motion>> = {
  backspace: "left",
  delete: "right",
  "ctrl-u": "home",
  "ctrl-k": "end",
  "ctrl-w": "word-left",
  "alt-backspace": "word-left",
};

export const quitHint = "Ctrl-C again ends the chat; the bot and the team go on.";

export function act(before: View, key: Key, extent: Extent): Acted {
  const view = { ...before, notice: null };
  if (key.key !== "name") return acted(edited(view, insert(view.editor, typed(key.text))));
  const { name } = key;
  const motion = motions[name];
  if (motion !== undefined) return acted({ ...view, editor: move(view.editor, motion) });
  const erasure = erasures[name];
  if (erasure !== undefined) return acted(edited(view, erase(view.editor, erasure)));
  switch (name) {
    case "enter":
      return enter(view);
    case "newline":
    case "alt-enter":
      return acted(edited(view, insert(view.editor, "\n")));
    case "up":
      return acted(edited(view, older(view.editor)));
    case "down":
      return acted(edited(view, newer(view.editor)));
    case "tab":
    case "ctrl-n":
      return beside(view, 1);
    case "shift-tab":
    case "ctrl-p":
      return beside(view, -1);
    case "ctrl-g":
      return goTo(view, waiting(view) ?? view.current);
    case "ctrl-o":
      return acted(refocus(view));
    case "page-up":
    case "page-down":
      return acted(scrolled(view, name === "page-up" ? -1 : 1, extent));
    case "escape":
      return acted(cleared(view));
    case "ctrl-l":
      return { ...acted(view), redraw: true };
    case "ctrl-c":
      return before.notice === quitHint
        ? { ...acted(view), quit: true }
        : acted({ ...cleared(view), notice: quitHint });
    case "ctrl-d":
      return view.editor.text === ""
        ? { ...acted(view), quit: true }
        : acted(edited(view, erase(view.editor, "right")));
    default:
      return acted(before);
  }
}

/** Newlines as they are; nothing that is no text. */
const typed = (text: string): string => text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "");

const cleared = (view: View): View => ({
  ...view,
  editor: withText({ ...view.editor, at: null }, ""),
  choice: null,
  asking: null,
});

const edited = (view: View, editor: View["editor"]): View => ({
  ...view,
  editor,
  choice: view.asking === null ? choiceOf(view, editor.text) : null,
});

// ---------------------------------------------------------------- keys that choose

/** A single key in the line that stands for something here: shown, and done by Enter. */
function choiceOf(view: View, text: string): Choice | null {
  if (text === "u") {
    const room = waiting(view);
    return room === null ? null : { kind: "go", room };
  }
  const card = text === "y" ? approvable(view) : focused(view);
  const actions = card?.card?.actions ?? [];
  const action =
    text === "y"
      ? actions.find(isYes)
      : /^[1-9]\d?$/.test(text)
        ? actions[Number(text) - 1]
        : undefined;
  if (card === undefined || action === undefined) return null;
  const says = `${labelOf(action)}: ${clean(card.card?.title ?? "")}`;
  return { kind: "press", action: action.id, message: card.id, says };
}

const isYes = (action: Action): boolean => action.verb === "approve" || action.verb === "confirm";

const approvable = (view: View): Entry | undefined =>
  entriesOf(view, view.current).findLast(
    (entry) => entry.card?.state === "open" && entry.card.actions.some(isYes),
  );

/** The next room after this one in which something waits for a person. */
function waiting(view: View): string | null {
  const names = view.rooms.map((room) => room.name);
  const at = names.indexOf(view.current);
  const order = [...names.slice(at + 1), ...names.slice(0, Math.max(0, at))];
  return order.find((room) => wantsSomebody(view, room)) ?? null;
}

/** The next older card with actions; after the oldest the newest again. */
function refocus(view: View): View {
  const cards = entriesOf(view, view.current).filter(isPressable);
  const at = cards.findIndex((entry) => entry.id === focused(view)?.id);
  const next = cards.at(at - 1);
  return next === undefined ? view : { ...view, focus: next.id, choice: null };
}

// ---------------------------------------------------------------- Enter

function enter(view: View): Acted {
  const { text } = view.editor;
  const { choice, asking } = view;
  if (asking !== null) return tell(view, asking.action, asking.message);
  if (choice?.kind === "go") return goTo(cleared(view), choice.room);
  if (choice?.kind === "press") return press(cleared(view), choice.action, choice.message);
  const words = text.trim();
  if (words === "") return acted(view);
  const idle = idleKey(view, words);
  if (idle !== null) return acted({ ...cleared(view), notice: idle });
  const next = { ...view, editor: sent(view.editor), choice: null, top: null };
  if (words === "/quit") return { ...acted(next), quit: true };
  const room = /^\/go\s+(\S+)$/.exec(words)?.[1];
  if (room === undefined) return acted(next, { say: text, room: view.current });
  const found = view.rooms.find((r) => r.name === room || r.name === `task:${room}`);
  return goTo(next, (found ?? view.rooms.find((r) => r.name.startsWith(room)))?.name ?? room);
}

/** A key that has nothing to choose is no message; in a member's room `y` may be one. */
function idleKey(view: View, words: string): string | null {
  if (words === "u") return "Nothing else waits for you.";
  const isChannel = view.rooms.some((r) => r.name === view.current && r.kind === "channel");
  return words === "y" && isChannel ? "Nothing here waits for a ✅." : null;
}

function press(view: View, action: string, message: string): Acted {
  const card = entriesOf(view, view.current).find((entry) => entry.id === message)?.card;
  const found = card?.actions.find((a) => a.id === action);
  if (found === undefined)
    return acted({ ...view, notice: "That card has changed meanwhile: nothing was done." });
  if (found.asks === "text")
    return acted({ ...view, asking: { action, message, label: labelOf(found) } });
  return acted({ ...view, focus: null }, { press: action, message });
}

/** The text that an action asked for. */
function tell(view: View, action: string, message: string): Acted {
  const { text } = view.editor;
  if (text.trim() === "") return acted({ ...view, notice: "It needs a text. Esc gives up." });
  return acted(
    { ...view, editor: sent(view.editor), asking: null, focus: null },
    { press: action, message, text },
  );
}

// ---------------------------------------------------------------- rooms and scrolling

function beside(view: View, by: number): Acted {
  const names = view.rooms.map((room) => room.name);
  if (names.length === 0) return acted(view);
  const at = Math.max(0, names.indexOf(view.current));
  return goTo(view, names[(at + by + names.length) % names.length] as string);
}

/** Rooms come and go with their tasks: the list is asked for anew. */
function goTo(view: View, room: string): Acted {
  if (!view.rooms.some((r) => r.name === room))
    return acted({ ...view, notice: `There is no room "${room}".` }, { rooms: true });
  const unread = new Map(view.unread);
  unread.delete(room);
  // What was written for an action must not become a message elsewhere.
  const calm = view.asking === null ? view : cleared(view);
  const next = { ...calm, current: room, unread, top: null, focus: null };
  const there = visit({ ...next, choice: choiceOf(next, next.editor.text) });
  return acted(there.view, { rooms: true }, ...there.requests);
}

function scrolled(view: View, by: -1 | 1, { lines, rows }: Extent): View {
  const last = Math.max(0, lines - rows);
  const top = Math.max(0, (view.top ?? last) + by * Math.max(1, rows - 2));
  return { ...view, top: top >= last ? null : top };
}
