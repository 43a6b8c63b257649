// Where panes stand: architects left, managers in the middle, engineers right. Pure; speaks tmux's layout strings.

export interface Placed {
  readonly pane: string;
  /** Null: not ours; it stands to the right of all. */
  readonly member: string | null;
  readonly column: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** More than this in one column leaves no pane a usable height: the column is split in two or more. */
const rowsPerColumn = 5;
/** What an agent's screen needs so that its own text is not wrapped or cut. */
const comfortable: Size = { width: 100, height: 14 };
const smallest: Size = { width: 200, height: 50 };

const byNumber = new Intl.Collator("en", { numeric: true }).compare;

/** Reading order on the screen: column by column, top to bottom. */
export function inOrder<P extends Placed>(panes: readonly P[]): P[] {
  return [...panes].sort(
    (a, b) => a.column - b.column || byNumber(a.member ?? a.pane, b.member ?? b.pane),
  );
}

/** Panes per screen column, from panes in order; empty columns are skipped. */
export function columnsOf<P extends Placed>(ordered: readonly P[]): P[][] {
  const columns: P[][] = [];
  for (const column of new Set(ordered.map((each) => each.column))) {
    const members = ordered.filter((each) => each.column === column);
    const parts = Math.ceil(members.length / rowsPerColumn);
    const sizes = shares(members.length, parts, 0).reverse();
    let from = 0;
    for (const size of sizes) {
      columns.push(members.slice(from, from + size));
      from += size;
    }
  }
  return columns;
}

/** The window's size while nobody is attached. */
export function roomFor(columns: readonly (readonly Placed[])[]): Size {
  const rows = Math.max(1, ...columns.map((column) => column.length));
  return {
    width: Math.max(smallest.width, columns.length * (comfortable.width + 1) - 1),
    height: Math.max(smallest.height, rows * (comfortable.height + 1)),
  };
}

/** tmux's own notation, with its checksum. @see select-layout in tmux(1) */
export function layoutString(
  columns: readonly (readonly Placed[])[],
  { width, height }: Size,
): string {
  const widths = shares(width, columns.length, 1);
  let x = 0;
  const cells = columns.map((column, at) => {
    const cell = columnCell(column, { width: widths[at] ?? 1, height }, x);
    x += (widths[at] ?? 1) + 1;
    return cell;
  });
  const body = cells.length === 1 ? cells.join() : `${width}x${height},0,0{${cells.join(",")}}`;
  return `${checksum(body)},${body}`;
}

function columnCell(column: readonly Placed[], { width, height }: Size, x: number): string {
  const heights = shares(height, column.length, 1);
  let y = 0;
  const cells = column.map(({ pane }, at) => {
    const cell = `${width}x${heights[at] ?? 1},${x},${y},${pane.slice(1)}`;
    y += (heights[at] ?? 1) + 1;
    return cell;
  });
  return cells.length === 1 ? cells.join() : `${width}x${height},${x},0[${cells.join(",")}]`;
}

/** Splits a length into even parts with gaps between; the last ones take what is left over. */
function shares(length: number, parts: number, gap: number): number[] {
  const room = length - gap * (parts - 1);
  const each = Math.floor(room / parts);
  const larger = room - each * parts;
  return Array.from({ length: parts }, (_, at) => each + (at >= parts - larger ? 1 : 0));
}

function checksum(text: string): string {
  let sum = 0;
  for (const character of text) {
    sum = (sum >> 1) + ((sum & 1) << 15);
    sum = (sum + character.charCodeAt(0)) & 0xffff;
  }
  return sum.toString(16).padStart(4, "0");
}

/** Pairs to swap, one after the other, until `now` reads as `wanted`. */
export function swapsTo(now: readonly string[], wanted: readonly string[]): [string, string][] {
  const order = [...now];
  const swaps: [string, string][] = [];
  for (const [at, pane] of wanted.entries()) {
    const from = order.indexOf(pane);
    const other = order[at];
    if (from < 0 || other === undefined || from === at) continue;
    swaps.push([pane, other]);
    order[from] = other;
    order[at] = pane;
  }
  return swaps;
}
