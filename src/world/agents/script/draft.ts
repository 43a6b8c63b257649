// What stands in the composer, and what the editing keys do to it. Knows no turns and no signals.
import type { Key } from "./keys.ts";

export interface Draft {
  /** Applies an editing key; gives the text when it submits, else null. */
  press(key: Key): string | null;
  add(text: string): void;
  clear(): void;
  /** Lets the next `count` submits do nothing, as a busy terminal program may. */
  ignoreEnter(count: number): void;
  readonly isEmpty: boolean;
}

/** @param show called with the whole text after each change */
export function createDraft(show: (text: string) => void): Draft {
  let text = "";
  let ignored = 0;

  function put(next: string): null {
    text = next;
    show(text);
    return null;
  }

  function submit(): string | null {
    if (text.trim() === "") return null;
    if (ignored > 0) {
      ignored -= 1;
      return null;
    }
    const submitted = text;
    put("");
    return submitted;
  }

  return {
    press(key) {
      switch (key.key) {
        case "text":
        case "paste":
          return put(text + key.text);
        case "newline":
          return put(`${text}\n`);
        case "backspace":
          return put([...text].slice(0, -1).join(""));
        case "word-back":
          return put(text.replace(/\S*\s*$/, ""));
        case "clear":
          return put("");
        case "enter":
          return submit();
        default:
          return null;
      }
    },
    add: (more) => void put(text + more),
    clear: () => void put(""),
    ignoreEnter(count) {
      ignored = count;
    },
    get isEmpty() {
      return text === "";
    },
  };
}
