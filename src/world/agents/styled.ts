// A captured row without what is printed dim: agents print there what is no input, as placeholders and suggestions.

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const parts = /\x1b\[([0-9;:]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|([^\x1b])/gu;

/** A cursor on a placeholder's first letter shows it reversed and not dim: it goes with the rest. */
export function undimmed(row: string): string {
  let dim = false;
  let reverse = false;
  let text = "";
  let underCursor = -1;
  for (const [, numbers = "", final = "", letter] of row.matchAll(parts)) {
    if (letter === undefined) {
      if (final === "m") ({ dim, reverse } = styleAfter({ dim, reverse }, numbers));
      continue;
    }
    if (dim) {
      if (underCursor === text.length - 1 && underCursor >= 0) text = text.slice(0, underCursor);
      underCursor = -1;
      continue;
    }
    underCursor = reverse ? text.length : -1;
    text += letter;
  }
  return text.trimEnd();
}

interface Style {
  readonly dim: boolean;
  readonly reverse: boolean;
}

function styleAfter(was: Style, numbers: string): Style {
  let style = was;
  const given = numbers === "" ? ["0"] : numbers.split(";");
  for (let at = 0; at < given.length; at += 1) {
    const number = Number(given[at]);
    if (number === 38 || number === 48) at += given[at + 1] === "5" ? 2 : 4;
    else if (number === 0) style = { dim: false, reverse: false };
    else if (number === 2) style = { ...style, dim: true };
    else if (number === 22) style = { ...style, dim: false };
    else if (number === 7) style = { ...style, reverse: true };
    else if (number === 27) style = { ...style, reverse: false };
  }
  return style;
}
