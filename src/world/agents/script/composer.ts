// The composer's look: draft to screen rows and back. Shared by the program, which paints it, and by the
// driver, which reads it from a captured pane. Pure.

/** Begins the first row. The composer is always the last thing on the screen. */
const firstMark = "› ";
/** Begins the row after a newline of the draft. */
const lineMark = "│ ";
/** Begins the row that continues one too long for the pane. */
const wrapMark = "┊ ";
/** Stands for the rows that do not fit. The first ones are always shown: they hold the message's id. */
const moreMark = "⋮ ";

export function renderComposer(
  draft: string,
  size: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const room = Math.max(4, size.columns - 3);
  const rows = draft.split("\n").flatMap((line, index) =>
    wrapLine(line.replaceAll("\t", "  "), room).map((part, at) => {
      const mark = at > 0 ? wrapMark : index > 0 ? lineMark : firstMark;
      return `${mark}${part}`;
    }),
  );
  const limit = Math.max(2, size.rows - 2);
  if (rows.length <= limit) return rows;
  const shown = rows.slice(0, limit - 1);
  return [...shown, `${moreMark}${rows.length - shown.length} more rows`];
}

/** The draft on a captured screen; null: no composer there. */
export function readComposer(screen: readonly string[]): string | null {
  const start = screen.findLastIndex(
    (row) => row === firstMark.trimEnd() || row.startsWith(firstMark),
  );
  const first = screen[start];
  if (first === undefined) return null;
  let draft = first.slice(firstMark.length);
  for (const row of screen.slice(start + 1)) {
    const mark = `${row.charAt(0)} `;
    const text = row.slice(mark.length);
    if (mark === lineMark) draft += `\n${text}`;
    else if (mark === wrapMark) draft += text;
    else if (mark === moreMark) draft += "\n…";
    else if (row.trim() !== "") return null;
  }
  return draft;
}

function wrapLine(line: string, room: number): readonly string[] {
  const parts: string[] = [];
  let part = "";
  let used = 0;
  for (const char of line) {
    const width = widthOf(char);
    // A trailing blank would be cut from the capture: it goes to the next row.
    if (used + width > room && part !== "") {
      const blanks = /\s+$/.exec(part)?.[0] ?? "";
      const keeps = blanks !== "" && blanks.length < part.length;
      parts.push(keeps ? part.slice(0, -blanks.length) : part);
      part = keeps ? blanks : "";
      used = part.length;
    }
    part += char;
    used += width;
  }
  return [...parts, part];
}

/** Columns a character takes. Close enough to wrap before the terminal does. */
export function widthOf(char: string): number {
  if (/^(?:\p{M}|\p{Cf})$/u.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

const wide =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += widthOf(char);
  return columns;
}
