// Figures of a comparison: product and floor measured in turn, round by round, and what becomes of them.

/** Of the machine's one monotonic clock: processes can compare what they read. ms */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Product and floor of one round, ms each. */
export interface Round {
  readonly product: number[];
  readonly floor: number[];
}

/** Each limit: what must be, what we want. A row meets one by its ratio or by its value. */
export interface Target {
  readonly ratio?: readonly [must: number, wanted: number];
  readonly value?: readonly [must: number, wanted: number];
}

export interface Row {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: number | null;
  readonly ratio: number | null;
  readonly target: string;
  readonly runs: number;
  readonly met: "wanted" | "must" | "missed";
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[Math.ceil(middle) - 1],
    sorted[Math.floor(middle)],
  ];
  return (low + high) / 2;
}

/** The median over rounds of (product p50 / floor p50): what a noisy machine leaves comparable. */
export function compare(id: string, what: string, rounds: readonly Round[], target: Target): Row {
  const product = rounds.flatMap((round) => round.product);
  const floor = rounds.flatMap((round) => round.floor);
  return rowOf({
    ...{ id, what, unit: "ms", target, runs: product.length },
    value: median(product),
    floor: median(floor),
    ratio: median(rounds.map((round) => median(round.product) / median(round.floor))),
  });
}

interface Figures extends Pick<Row, "id" | "what" | "unit" | "value" | "floor" | "ratio" | "runs"> {
  readonly target: Target;
}

export function rowOf({ target, ...figures }: Figures): Row {
  const isMet = (at: 0 | 1): boolean =>
    (target.ratio !== undefined && figures.ratio !== null && figures.ratio <= target.ratio[at]) ||
    (target.value !== undefined && figures.value <= target.value[at]);
  const words = [
    ...(target.ratio === undefined ? [] : [`<= ${both(target.ratio)} x`]),
    ...(target.value === undefined ? [] : [`<= ${both(target.value)} ${figures.unit}`]),
  ];
  return {
    ...figures,
    value: round(figures.value),
    floor: figures.floor === null ? null : round(figures.floor),
    ratio: figures.ratio === null ? null : round(figures.ratio),
    target: words.join(" or "),
    met: isMet(1) ? "wanted" : isMet(0) ? "must" : "missed",
  };
}

const both = (limits: readonly number[]): string => [...new Set(limits)].join(" / ");
const round = (value: number): number => Math.round(value * 100) / 100;
