// A shell's line taken apart into its simple commands. Pure. What is not wholly understood is said to be so; must not
// know what may run.

export interface Command {
  /** As it was written, blanks outside of quotes made one. */
  readonly text: string;
  /** What its program is given: without quotes. */
  readonly words: readonly Word[];
}

export interface Word {
  readonly text: string;
  /** A variable, a home or a wildcard stands in it: what it becomes is not known. */
  readonly expands: boolean;
}

export interface Line {
  readonly commands: readonly Command[];
  /** One of them hears another, by a pipe. */
  readonly piped: boolean;
}

interface Parsing {
  readonly commands: Command[];
  piped: boolean;
  text: string;
  words: Word[];
  word: string | null;
  expands: boolean;
  quote: string;
}

/** Null: it is not wholly understood. */
export function lineOf(text: string): Line | null {
  const parsing: Parsing = {
    ...{ commands: [], piped: false, text: "", words: [] },
    ...{ word: null, expands: false, quote: "" },
  };
  for (let at = 0; at < text.length; at += 1)
    if (!take(parsing, text[at] ?? "", text[at + 1] ?? "", text[at - 1] ?? "")) return null;
  if (parsing.quote !== "") return null;
  endCommand(parsing);
  return { commands: parsing.commands, piped: parsing.piped };
}

/** False: nobody can say what it means. */
function take(parsing: Parsing, character: string, next: string, before: string): boolean {
  if (parsing.quote === "'") return quoted(parsing, character);
  // `$'` has escapes of its own, `${` can run commands in some of its forms.
  if ("`\\".includes(character) || (character === "$" && /[({['"]/.test(next))) return false;
  if (parsing.quote === '"') return quoted(parsing, character);
  if (/[<>(){}]/.test(character) || /[^\P{C}\n\t]|[^\P{Z} ]/u.test(character)) return false;
  // A comment: the quotes in it are none.
  if (character === "#" && parsing.word === null) return false;
  if (";&|\n".includes(character)) {
    if (character === "|" && next !== "|" && before !== "|") parsing.piped = true;
    endCommand(parsing);
  } else if (character === " " || character === "\t") {
    endWord(parsing);
  } else if (character === "'" || character === '"') {
    begin(parsing);
    parsing.text += character;
    parsing.quote = character;
  } else {
    if (/[$*?[\]]/.test(character) || (character === "~" && parsing.word === null))
      parsing.expands = true;
    add(parsing, character);
  }
  return true;
}

function quoted(parsing: Parsing, character: string): true {
  if (character === parsing.quote) {
    parsing.text += character;
    parsing.quote = "";
    return true;
  }
  if (character === "$" && parsing.quote === '"') parsing.expands = true;
  add(parsing, character);
  return true;
}

function begin(parsing: Parsing): void {
  if (parsing.word === null && parsing.text !== "") parsing.text += " ";
  parsing.word ??= "";
}

function add(parsing: Parsing, character: string): void {
  begin(parsing);
  parsing.text += character;
  parsing.word = `${parsing.word ?? ""}${character}`;
}

function endWord(parsing: Parsing): void {
  if (parsing.word !== null) parsing.words.push({ text: parsing.word, expands: parsing.expands });
  parsing.word = null;
  parsing.expands = false;
}

function endCommand(parsing: Parsing): void {
  endWord(parsing);
  if (parsing.words.length > 0) parsing.commands.push({ text: parsing.text, words: parsing.words });
  parsing.text = "";
  parsing.words = [];
}
