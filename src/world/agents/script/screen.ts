// Paints the terminal: what happened scrolls up, the composer stays the last thing on the screen. Decides nothing.
import type { WriteStream } from "node:tty";
import { columnsOf, renderComposer } from "./composer.ts";
import { stripControls } from "./keys.ts";

export interface Screen {
  /** Prints lines above the composer. Foreign text: its control sequences are not obeyed. False: the terminal lags. */
  print(text: string): boolean;
  /** Replaces what stands in the composer. */
  show(draft: string): void;
  /** Paints the composer anew (the pane's size changed). */
  repaint(): void;
  /** Takes the composer off the screen: a pane without a program must not look ready. */
  close(): void;
}

const bracketedPasteOn = "\u001b[?2004h";
const bracketedPasteOff = "\u001b[?2004l";
/** "Are you well?": the terminal's reply proves that it has obeyed everything written before. */
export const askTerminal = "\u001b[5n";

export function openScreen(out: WriteStream): Screen {
  let draft = "";
  let painted: readonly string[] = [];
  const columns = (): number => out.columns || 80;

  /** Moves to the composer's first row and clears from there, counting rows as they lie at today's width. */
  function erase(): string {
    const rows = painted.reduce(
      (sum, row) => sum + Math.max(1, Math.ceil(columnsOf(row) / columns())),
      0,
    );
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ""}\u001b[J`;
  }

  function compose(): string {
    painted = renderComposer(draft, { columns: columns(), rows: out.rows || 24 });
    return painted.join("\r\n");
  }

  const repaint = (): void => void out.write(erase() + compose());
  out.write(bracketedPasteOn + compose() + askTerminal);
  return {
    print(text) {
      // One write: a capture never sees the lines without the composer.
      return out.write(`${erase()}${plain(text).replaceAll("\n", "\r\n")}\r\n${compose()}`);
    },
    show(next) {
      draft = next;
      repaint();
    },
    repaint,
    close() {
      out.write(erase() + bracketedPasteOff);
    },
  };
}

/** Text without colours and cursor moves; a lone CR (a progress bar) becomes a new line. */
export function plain(text: string): string {
  const uncoloured = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that are removed
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g, "")
    .replace(/\r\n?/g, "\n");
  return stripControls(uncoloured).replace(/\n$/, "");
}
