// One line of `batty validate` or `batty doctor`: what was looked at, and the one thing that mends it.

export interface Check {
  readonly name: string;
  /** `warn`: it works, but perhaps not as meant. */
  readonly result: "ok" | "warn" | "bad";
  readonly say: string;
  /** Empty when there is nothing to mend. */
  readonly fix: string;
}

export interface Finding extends Check {
  /** What `--fix` does; absent: a person's to do. */
  readonly mend?: () => Promise<void>;
  /** The file that it mends; absent: what its name says. */
  readonly on?: string;
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
