// One line of `batty validate`: what was looked at, and the one thing that mends it.

export interface Check {
  readonly name: string;
  /** `warn`: it works, but perhaps not as meant. */
  readonly result: "ok" | "warn" | "bad";
  readonly say: string;
  /** Empty when there is nothing to mend. */
  readonly fix: string;
}

export const ok = (name: string, say: string): Check => ({ name, result: "ok", say, fix: "" });

export const warn = (name: string, say: string, fix: string): Check => ({
  name,
  result: "warn",
  say,
  fix,
});

export const bad = (name: string, say: string, fix: string): Check => ({
  name,
  result: "bad",
  say,
  fix,
});
