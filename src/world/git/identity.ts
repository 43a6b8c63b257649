// Under whose name commits are made where git knows none. Reads git's configuration, writes nothing.
import type { MemberName } from "../../core/words.ts";
import type { Git } from "./run.ts";

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface Identities {
  /** Git's author variables for our own commits. */
  ours(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** The same for a member's, only where git finds none: else nothing. */
  of(member: MemberName, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

const bot: Identity = { name: "Batty", email: "bot@batty.invalid" };
/** ms a look at git's configuration counts: a landing should not pay for it each time. */
const counts = 60_000;

export function createIdentities(
  git: Git,
  root: string,
  given: Identity | null,
  now: () => number,
): Identities {
  let last: { readonly at: number; readonly found: boolean } | null = null;

  async function configured(signal: AbortSignal): Promise<boolean> {
    if (last !== null && now() - last.at < counts) return last.found;
    // Without useConfigOnly git would make one up from login and host name.
    const args = ["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"];
    const { code } = await git({ args, cwd: root, accept: "any" }, signal);
    last = { at: now(), found: code === 0 };
    return last.found;
  }

  return {
    ours: async (signal) => {
      if (given !== null) return variables(given);
      return (await configured(signal)) ? {} : variables(bot);
    },
    of: async (member, signal) =>
      (await configured(signal))
        ? {}
        : variables({ name: member, email: `${member}@batty.invalid` }),
  };
}

const variables = ({ name, email }: Identity): Record<string, string> => ({
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: email,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: email,
});

/** Both dates, for commits that come out the same whenever they are made. */
export const datedAt = (ms: number): Record<string, string> => {
  const date = `@${Math.floor(ms / 1000)} +0000`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
};
