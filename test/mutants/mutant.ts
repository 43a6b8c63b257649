// What a planted bug is: data. Must not know how it is run.

/** One bug, of at most three lines, and where it should be found. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What would happen to people if it shipped. */
  readonly why: string;
  /** Test files that are run first, under test/: the likely ones, quick ones. */
  readonly tests: readonly string[];
}
