// The layout of a team's panes, as tmux's layout strings.
import { expect, test } from "vitest";
import {
  columnsOf,
  inOrder,
  layoutString,
  type Placed,
  roomFor,
  swapsTo,
} from "../../../src/world/tmux/layout.ts";

const placed = (member: string, column: number, pane: string): Placed => ({ member, column, pane });

test("the string is the one that tmux itself gives for the same cells", () => {
  // shape: #{window_layout} of tmux 3.3a after `select-layout even-vertical`
  const column = [placed("a", 2, "%0"), placed("b", 2, "%1"), placed("c", 2, "%2")];
  const size = { width: 200, height: 50 };
  expect(layoutString([column], size)).toBe(
    "8a29,200x50,0,0[200x16,0,0,0,200x16,0,17,1,200x16,0,34,2]",
  );
});

test("columns stand side by side, empty ones are skipped, and every cell is accounted for", () => {
  const team = inOrder([
    placed("eng-2", 2, "%3"),
    placed("arch", 0, "%1"),
    placed("eng-1", 2, "%2"),
  ]);
  expect(team.map(({ member }) => member)).toEqual(["arch", "eng-1", "eng-2"]);
  expect(layoutString(columnsOf(team), { width: 201, height: 51 }).slice(5)).toBe(
    "201x51,0,0{100x51,0,0,1,100x51,101,0[100x25,101,0,2,100x25,101,26,3]}",
  );
});

test("names are ordered by their numbers", () => {
  const team = inOrder(
    ["eng-1-10", "eng-1-9", "eng-2-1"].map((name, at) => placed(name, 2, `%${at}`)),
  );
  expect(team.map(({ member }) => member)).toEqual(["eng-1-9", "eng-1-10", "eng-2-1"]);
});

test("a crowd of engineers is spread over several columns with room for each", () => {
  const team = Array.from({ length: 12 }, (_, at) => placed(`eng-${at}`, 2, `%${at}`));
  const columns = columnsOf(inOrder(team));
  expect(columns.map((column) => column.length)).toEqual([4, 4, 4]);
  expect(roomFor(columns)).toEqual({ width: 302, height: 60 });
});

test("a window of a single pane is that pane", () => {
  expect(layoutString([[placed("a", 0, "%7")]], { width: 80, height: 24 }).slice(5)).toBe(
    "80x24,0,0,7",
  );
});

test("swaps bring any order into the wanted one", () => {
  const order = ["%3", "%1", "%2", "%0"];
  for (const [one, other] of swapsTo(order, ["%0", "%1", "%2", "%3"])) {
    const [at, to] = [order.indexOf(one), order.indexOf(other)];
    order[at] = other;
    order[to] = one;
  }
  expect(order).toEqual(["%0", "%1", "%2", "%3"]);
});
