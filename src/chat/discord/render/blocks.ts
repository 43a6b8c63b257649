// Foreign text as rows of prose and of code blocks, and rows as Discord's markdown. Fences are read as CommonMark has
// them (longer ones, tildes, in lists, never closed) and drawn as the one kind that Discord knows.
import { apart, inertCode, inertProse } from "./inert.ts";

export interface Row {
  readonly text: string;
  /** The code block it is a line of; null: prose. */
  readonly code: Block | null;
}

interface Block {
  readonly language: string;
  readonly mark: string;
  readonly length: number;
}

/** Discord shows other words behind a fence as code. */
const language = /^[\w+\-.#]{1,20}$/;
const opening = /^(\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?)(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const closing = /^\s*(`{3,}|~{3,})\s*$/;

/** A code block that is never closed ends with the text. One without a line is there, too. */
export function* rowsOf(text: string, plain: boolean): Generator<Row> {
  let code: Block | null = null;
  let isBare = false;
  for (const line of linesOf(text)) {
    if (code !== null) {
      const isEnd = closes(code, line);
      if (!isEnd || isBare) yield { text: isEnd ? "" : inertCode(line), code };
      isBare = false;
      if (isEnd) code = null;
      continue;
    }
    const [, lead = "", fence, info = ""] = line === "" ? [] : (opening.exec(line) ?? []);
    if (fence === undefined) {
      yield { text: inertProse(line, plain), code };
      continue;
    }
    if (lead.trim() !== "") yield { text: lead.trimEnd(), code };
    const [name, others] = languageOf(info.trim());
    code = { language: name, mark: fence.charAt(0), length: fence.length };
    isBare = others === "";
    if (!isBare) yield { text: inertCode(others), code };
  }
  if (isBare) yield { text: "", code };
}

/** A text of many lines whose beginning fills all the room is not read to its end. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; ; ) {
    const end = text.indexOf("\n", from);
    yield text.slice(from, end < 0 ? text.length : end);
    if (end < 0) return;
    from = end + 1;
  }
}

function languageOf(info: string): readonly [language: string, others: string] {
  const [name = "", ...others] = info.split(" ");
  return language.test(name) ? [name, others.join(" ")] : ["", info];
}

function closes({ mark, length }: Block, line: string): boolean {
  const fence = closing.exec(line)?.[1] ?? "";
  return fence.startsWith(mark) && fence.length >= length;
}

// ---------------------------------------------------------------- drawing

/** What a code block adds to its lines: two fences, their newlines, and a line for one that would be blank. */
const fences = 3 + 1 + 2 + 4;

/** With the longest language. */
export const fencesAtMost = fences + 20;

/** How long rows of this length are with one more. */
export const lengthWith = (length: number, before: Row | undefined, { text, code }: Row): number =>
  length +
  (before === undefined ? 0 : 1) +
  text.length +
  (code === null || before?.code === code ? 0 : code.language.length + fences);

/** Every code block that begins in them ends in them. */
export function draw(rows: readonly Row[]): string {
  const lines: string[] = [];
  let code: Block | null = null;
  let isFilled = true;
  const close = (): void => {
    // Without a sign in it Discord takes it for no block, and its fences for the next one's.
    if (code !== null) lines.push(...(isFilled ? [] : [apart]), "```");
  };
  for (const row of rows) {
    if (row.code !== code) {
      close();
      code = row.code;
      isFilled = false;
      if (code !== null) lines.push(`\`\`\`${code.language}`);
    }
    isFilled ||= row.text.trim() !== "";
    lines.push(row.text);
  }
  close();
  return lines.join("\n");
}
