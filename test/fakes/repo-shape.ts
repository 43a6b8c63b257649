// What tests may do with the fake repository, beside what the port has.
import type { Repo } from "../../src/core/ports.ts";
import type { MemberName, Oid } from "../../src/core/words.ts";

type Files = ReadonlyMap<string, string>;

export type Edits = Readonly<Record<string, string | null>>;

export interface FakeRepo extends Repo {
  /** A person commits on trunk, wherever it is checked out. */
  commitOnTrunk(edits: Edits, message?: string): Oid;
  /** A person merges a branch into trunk by hand, the branch's side where both changed. */
  mergeOnTrunk(branch: string): Oid;
  commitFiles(oidOrRef: string): Files;
  messageOf(oid: Oid): string;
  readonly member: {
    write(member: MemberName, edits: Edits): void;
    read(member: MemberName, path: string): string | null;
    commit(member: MemberName, message: string): Oid;
    /** Merges trunk into where it stands; on a conflict its own side is taken. */
    mergeTrunk(member: MemberName): Oid;
    detach(member: MemberName): void;
    begin(member: MemberName, operation: string | null): void;
  };
  readonly person: {
    write(edits: Edits): void;
    read(path: string): string | null;
    /** Null: detached where they are. */
    checkOut(branch: string | null): void;
    begin(operation: string | null): void;
  };
  /** Set-ups that ran: worktree and command. */
  readonly setUps: readonly { readonly path: string; readonly command: string }[];
  /** The next set-ups fail with these lines; null: they work again. */
  failSetUps(lines: string | null): void;
}

export interface FakeRepoOptions {
  /** The first commit [README.md]; null: a repository without commits. */
  readonly files?: Readonly<Record<string, string>> | null;
  readonly trunk?: string;
  readonly now?: () => number;
}
