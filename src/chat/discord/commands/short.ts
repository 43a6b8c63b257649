// A text that fits where Discord shows one line.

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** On one line. */
export function shortened(text: string, most: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${beginning(line, most - 1)}…`;
}

/** Cut between what people take for characters. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  let cut = "";
  for (const { segment } of letters.segment(text)) {
    if (cut.length + segment.length > most) break;
    cut += segment;
  }
  return cut;
}
