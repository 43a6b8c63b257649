// Bytes from the terminal to keys: text, bracketed paste, and the few editing keys. Knows no composer.

export type Key =
  | { readonly key: "text" | "paste"; readonly text: string }
  | {
      readonly key:
        | "enter"
        | "newline"
        | "backspace"
        | "word-back"
        | "clear"
        | "interrupt"
        | "escape"
        | "end"
        | "ready";
    };

const pasteStart = "\u001b[200~";
const pasteEnd = "\u001b[201~";
/** The terminal's reply to the status request that the screen sends at the start. */
const wellReply = "\u001b[0n";

const controls: Readonly<Record<string, Key>> = {
  "\r": { key: "enter" },
  "\n": { key: "newline" },
  "\u007f": { key: "backspace" },
  "\b": { key: "backspace" },
  "\u0015": { key: "clear" },
  "\u0017": { key: "word-back" },
  "\u0003": { key: "interrupt" },
  "\u0004": { key: "end" },
};

/** Removes C0 but tab and newline, and DEL: what is left can neither move the cursor nor end a paste. */
export function stripControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

export interface Decoder {
  feed(chunk: string): readonly Key[];
  /** Whether a sequence stands unfinished; after a short silence `settle` says what it was. */
  readonly isWaiting: boolean;
  /** An ESC that nothing followed is the Escape key. */
  settle(): readonly Key[];
}

export function createDecoder(): Decoder {
  let pending = "";

  function feed(chunk: string): readonly Key[] {
    pending += chunk;
    const keys: Key[] = [];
    while (pending !== "") {
      const step = readKey(pending);
      if (step === null) break;
      pending = pending.slice(step.length);
      if (step.key) keys.push(step.key);
    }
    return keys;
  }

  return {
    feed,
    get isWaiting() {
      return pending !== "" && !pending.startsWith(pasteStart);
    },
    settle() {
      if (!pending.startsWith("\u001b") || pending.startsWith(pasteStart)) return [];
      const rest = pending.slice(1);
      pending = "";
      return [{ key: "escape" }, ...feed(rest)];
    },
  };
}

/** The key at the start of `text` and its length; a null key is swallowed; null: more is needed to tell. */
function readKey(text: string): { readonly length: number; readonly key: Key | null } | null {
  const first = text.charAt(0);
  if (first === "\u001b") return readEscape(text);
  const control = controls[first];
  if (control) return { length: 1, key: control };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a run of text ends at one
  const run = /^[^\u0000-\u0008\u000a-\u001f\u007f]+/.exec(text)?.[0];
  return run ? { length: run.length, key: { key: "text", text: run } } : { length: 1, key: null };
}

function readEscape(text: string): { readonly length: number; readonly key: Key | null } | null {
  if (text.startsWith(pasteStart)) {
    const end = text.indexOf(pasteEnd);
    if (end < 0) return null;
    const body = text.slice(pasteStart.length, end).replace(/\r\n?/g, "\n");
    return { length: end + pasteEnd.length, key: { key: "paste", text: stripControls(body) } };
  }
  // Two in a row: the first was the key.
  if (text.startsWith("\u001b\u001b")) return { length: 1, key: { key: "escape" } };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the forms of arrow and function keys
  const sequence = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])/.exec(text)?.[0];
  if (sequence)
    return { length: sequence.length, key: sequence === wellReply ? { key: "ready" } : null };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a sequence whose end has not arrived
  if (/^\u001b(?:\[[0-?]*[ -/]*|O)?$/.test(text)) return null;
  return { length: 1, key: { key: "escape" } };
}
