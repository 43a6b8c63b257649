// A captured row as its text alone.

/** CSI and OSC sequences, as `capture-pane -e` gives them (colours, links). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sequences = /\x1b\[[0-9;:]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;

export const withoutColours = (row: string): string => row.replace(sequences, "").trimEnd();
