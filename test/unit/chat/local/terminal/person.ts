// A person at the client's pure half: hears lines, presses keys, sees the screen; the requests are kept.

import { widthOfLine } from "../../../../../src/chat/local/spans.ts";
import { type Acted, act } from "../../../../../src/chat/local/terminal/act.ts";
import type { Key } from "../../../../../src/chat/local/terminal/keys.ts";
import { extentOf, type Size, screen } from "../../../../../src/chat/local/terminal/screen.ts";
import {
  blankView,
  hear,
  type Incoming,
  type View,
} from "../../../../../src/chat/local/terminal/view.ts";

export const rooms = [
  ...["commands", "events", "merges"].map((name) => ({ name, kind: "channel", title: name })),
  { name: "eng-1-1", kind: "member", title: "eng-1-1 (engineer)" },
  { name: "task:12", kind: "task", title: "#12 Add JWT auth" },
];

export interface AtTerminal {
  readonly view: View;
  readonly requests: object[];
  hears(...lines: readonly Incoming[]): void;
  /** Text is typed letter by letter; names of keys stand in brackets: `[enter]`. */
  types(keys: string): Acted;
  pastes(text: string): void;
  /** Without blanks at line ends. */
  sees(): string;
  readonly size: Size;
}

export function atTerminal(size: Size = { columns: 80, rows: 24 }): AtTerminal {
  let view = blankView;
  const requests: object[] = [];
  const press = (key: Key): Acted => {
    const acted = act(view, key, extentOf(view, size));
    view = acted.view;
    requests.push(...acted.requests);
    return acted;
  };
  return {
    get view() {
      return view;
    },
    requests,
    size,
    hears(...lines) {
      for (const line of lines) {
        const heard = hear(view, line);
        view = heard.view;
        requests.push(...heard.requests);
      }
    },
    types(keys) {
      let last: Acted = { view, requests: [] };
      for (const [token] of keys.matchAll(/\[[a-z-]+\]|[^[]/gu))
        last = press(
          /^\[.+\]$/.test(token)
            ? { key: "name", name: token.slice(1, -1) }
            : { key: "text", text: token },
        );
      return last;
    },
    pastes: (text) => void press({ key: "paste", text }),
    sees: () =>
      screen(view, size)
        .lines.map((line) =>
          line
            .map((s) => s.text)
            .join("")
            .trimEnd(),
        )
        .join("\n"),
  };
}

/** Just arrived, in the room commands. */
export function arrived(size?: Size): AtTerminal {
  const person = atTerminal(size);
  person.hears({ event: "ready", as: "ada", tier: "admin" }, { event: "rooms", rooms });
  person.requests.length = 0;
  return person;
}

/** Every line fits, and there are exactly as many as rows. */
export function fits({ view, size }: AtTerminal): boolean {
  const { lines, cursor } = screen(view, size);
  return (
    lines.length === size.rows &&
    lines.every((line) => widthOfLine(line) <= size.columns) &&
    cursor.row < size.rows &&
    cursor.column < size.columns
  );
}
