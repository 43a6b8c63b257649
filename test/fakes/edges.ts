// Every change of state there may be. A journal that shows another one is wrong, or this table is.

type Moves = Readonly<Record<string, readonly string[]>>;

const task: Moves = {};

const named = (what: string, moves: Moves): readonly string[] =>
  Object.entries(moves).flatMap(([from, list]) => list.map((to) => `${what}: ${from} → ${to}`));

export const edges: readonly string[] = named("task", task);
export const seldom: readonly string[] = [];
