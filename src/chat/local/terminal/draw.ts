// Brings a screen to the terminal: only lines that differ from what stands there are written, all at once.
import type { Writable } from "node:stream";
import { type Line, paint, widthOfLine } from "../spans.ts";
import type { Screen, Size } from "./screen.ts";

export interface Drawer {
  draw(screen: Screen, size: Size): void;
  /** What stands there is not known any more. */
  forget(): void;
  open(): void;
  /** Leaves the terminal as it was. Repeatable. */
  restore(): void;
}

/** Another screen, bracketed paste; the person's own screen comes back afterwards. */
const enter = "\x1b[?1049h\x1b[?2004h\x1b[2J\x1b[H";
const leave = "\x1b[?2004l\x1b[?25h\x1b[0m\x1b[?1049l";
/** Shown at once where the terminal knows of it, ignored elsewhere. */
const beginUpdate = "\x1b[?2026h\x1b[?25l";
const endUpdate = "\x1b[?25h\x1b[?2026l";

export function createDrawer(output: Writable, colour: boolean): Drawer {
  let standing: readonly string[] = [];
  let of: Size | null = null;
  let cursorAt = "";
  let isOpen = false;

  return {
    open() {
      isOpen = true;
      output.write(enter);
    },
    forget() {
      of = null;
    },
    draw(screen, size) {
      if (!isOpen) return;
      const anew = of === null || of.columns !== size.columns || of.rows !== size.rows;
      const painted = screen.lines.map((line) => paint(line, colour));
      const changes = painted
        .map((text, row) =>
          anew || standing[row] !== text
            ? `\x1b[${row + 1};1H${text}${rest(screen.lines[row] ?? [], size)}`
            : "",
        )
        .join("");
      const cursor = `\x1b[${screen.cursor.row + 1};${screen.cursor.column + 1}H`;
      standing = painted;
      of = size;
      if (changes === "" && cursor === cursorAt) return;
      cursorAt = cursor;
      output.write(`${beginUpdate}${anew ? "\x1b[2J" : ""}${changes}${cursor}${endUpdate}`);
    },
    restore() {
      if (!isOpen) return;
      isOpen = false;
      output.write(leave);
    },
  };
}

/** Behind a full line the cursor still stands on its last column: erasing would take that. */
const rest = (line: Line, { columns }: Size): string =>
  widthOfLine(line) < columns ? "\x1b[K" : "";
