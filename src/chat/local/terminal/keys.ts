// Bytes of a terminal in raw mode → keys. A bracketed paste is one key, with its newlines.

export type Key =
  | { readonly key: "text" | "paste"; readonly text: string }
  /** `enter`, `tab`, `shift-tab`, `up`, `ctrl-n`, `alt-b`, `escape`, … */
  | { readonly key: "name"; readonly name: string };

export interface Decoder {
  feed(text: string): Key[];
  /** Nothing followed an escape for a while: it was the key itself. */
  flush(): Key[];
  readonly pending: boolean;
}

const ESC = String.fromCharCode(27);
const pasteBegin = `${ESC}[200~`;
const pasteEnd = `${ESC}[201~`;
/** A paste without an end must not eat the keyboard. */
const longestPaste = 1_000_000;

const controlSequence = new RegExp(`^${ESC}\\[([0-?]*)[ -/]*([@-~])`);
const unfinished = new RegExp(`^${ESC}(?:\\[[0-?]*[ -/]*|O)?$`);
const printable = /^[^\p{Cc}]+/u;

const finals: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "shift-tab",
};
const numbered: Readonly<Record<string, string>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
};
const named: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "newline",
  "\t": "tab",
  "\b": "backspace",
  "\x7f": "backspace",
};

const name = (text: string): Key => ({ key: "name", name: text });

export function createDecoder(): Decoder {
  let rest = "";
  let paste: string | null = null;

  /** One key from the beginning of `rest`; null: more bytes are needed. */
  const take = (): { readonly key: Key | null; readonly length: number } | null => {
    const begun = printable.exec(rest);
    if (begun !== null) return { key: { key: "text", text: begun[0] }, length: begun[0].length };
    const first = rest[0] as string;
    if (first !== ESC) return { key: controlKey(first), length: 1 };
    if (unfinished.test(rest)) return null;
    const csi = controlSequence.exec(rest);
    if (csi !== null)
      return { key: sequenceKey(csi[1] ?? "", csi[2] ?? ""), length: csi[0].length };
    if (rest[1] === "O") return { key: sequenceKey("", rest[2] ?? ""), length: 3 };
    if (rest[1] === ESC) return { key: name("escape"), length: 1 };
    if (rest[1] === "[") return { key: null, length: 2 };
    return { key: altKey([...rest][1] as string), length: 1 + ([...rest][1] as string).length };
  };

  /** More of a paste; what follows its end stays in `rest`. */
  const takePaste = (): Key | null => {
    const all = paste + rest;
    const end = all.indexOf(pasteEnd);
    if (end < 0 && all.length < longestPaste) {
      paste = all;
      rest = "";
      return null;
    }
    paste = null;
    rest = end < 0 ? "" : all.slice(end + pasteEnd.length);
    return { key: "paste", text: end < 0 ? all : all.slice(0, end) };
  };

  return {
    get pending() {
      return rest !== "";
    },
    feed(text) {
      rest += text;
      const keys: Key[] = [];
      while (rest !== "") {
        if (paste !== null) {
          const pasted = takePaste();
          if (pasted !== null) keys.push(pasted);
          continue;
        }
        if (rest.startsWith(pasteBegin)) {
          paste = "";
          rest = rest.slice(pasteBegin.length);
          continue;
        }
        const taken = take();
        if (taken === null) break;
        if (taken.key !== null) keys.push(taken.key);
        rest = rest.slice(taken.length);
      }
      return keys;
    },
    flush() {
      const lone = rest === ESC;
      rest = "";
      return lone ? [name("escape")] : [];
    },
  };
}

function controlKey(char: string): Key | null {
  const known = named[char];
  if (known !== undefined) return name(known);
  const code = char.charCodeAt(0);
  return code >= 1 && code <= 26 ? name(`ctrl-${String.fromCharCode(96 + code)}`) : null;
}

/** `1;5C` and its like: the second number is 1 + (1 shift, 2 alt, 4 ctrl). */
function sequenceKey(numbers: string, final: string): Key | null {
  const [number = "", modifier = "1"] = numbers.split(";");
  const key = final === "~" ? numbered[number] : finals[final];
  if (key === undefined) return null;
  const held = Number(modifier) - 1;
  return name(`${held & 4 ? "ctrl-" : ""}${held & 2 ? "alt-" : ""}${key}`);
}

function altKey(char: string): Key | null {
  const known = named[char];
  return name(`alt-${known ?? char.toLowerCase()}`);
}
