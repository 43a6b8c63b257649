// What was looked at, for people: a line each.
import type { Check } from "../setup/check.ts";

const signs = { ok: "ok  ", warn: "warn", bad: "BAD " } as const;

export const sayFindings = (found: readonly Row[]): string => found.map(line).join("\n");

interface Row extends Check {
  readonly fixed?: boolean;
}

function line(row: Row): string {
  const fix = row.fixed === true ? " Fixed." : row.fix === "" ? "" : ` Fix: ${row.fix}`;
  return `${signs[row.result]} ${row.name}: ${row.say.replace(/\.$/, "")}.${fix}`;
}
