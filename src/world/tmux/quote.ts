// Words for tmux's command parser, as it reads them from a control client: one line, nothing expanded.

/** A word in double quotes; any text without NUL comes out as it went in. */
export function quote(word: string): string {
  return `"${word.replace(/[\\"$\n\r\t]/g, (character) => escapes[character] ?? `\\${character}`)}"`;
}

// Inside double quotes tmux knows these, `$` would be a variable, and a raw newline would end the command.
const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A literal inside a format: `#`, `,` and `}` would be read as its syntax. */
export function formatLiteral(text: string): string {
  return text.replace(/[#,}]/g, (character) => `#${character}`);
}

/** All of the conditions, as one format (tmux's && takes two). */
export function every(conditions: readonly string[]): string {
  return conditions.reduceRight((rest, each) => (rest === "" ? each : `#{&&:${each},${rest}}`), "");
}
