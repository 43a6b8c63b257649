// The team that is in force: the last good team.yaml, as far as the running team can take it. Whoever holds `team`,
// `policy` or `members` always sees the newest.
import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { changedSince, takeOver, waitsForBot } from "../config/changes.ts";
import { ConfigInvalid, sayProblem } from "../config/invalid.ts";
import { loadLastGood, loadWithText } from "../config/load.ts";
import type { ConfigReading } from "../core/input.ts";
import type { Policy } from "../core/policy.ts";
import { policyOf } from "../core/policy-of.ts";
import type { Team } from "../core/team.ts";
import type { MemberName } from "../core/words.ts";
import { write } from "../world/home.ts";
import type { Paths } from "../world/paths.ts";
import { livingName } from "../world/tmux/former-name.ts";

export interface TeamFile {
  readonly team: Team;
  readonly policy: Policy;
  readonly members: readonly MemberName[];
  /** What the first reading found, against what was in force when the last bot went. */
  readonly first: ConfigReading;
  /** The first reading was told: what comes later is held against it. */
  keepFirst(): Promise<void>;
  /** Reads the file anew; what is valid is in force when it resolves, but for what waits. */
  read(): Promise<ConfigReading>;
  /** Whether the file's text is another than the one that was read last. */
  hasChanged(): Promise<boolean>;
  /** Who comes, goes or changes comes, goes and changes now: nobody is in a pane. @returns whether anybody did */
  changeSeats(): boolean;
}

const within = 10_000;
const nothingNew: ConfigReading = { rejected: null, now: [], later: [] };

/** @throws ConfigInvalid when neither the file nor its last good copy is valid */
export async function openTeamFile(paths: Paths): Promise<TeamFile> {
  const context = { root: paths.root, osUser: userInfo().username };
  const load = () => loadWithText(paths.teamYaml, context, AbortSignal.timeout(within));
  const keep = async (text: string): Promise<void> => {
    if ((await readFile(paths.lastGood, "utf8").catch(() => null)) === text) return; // absent at first
    await write(paths.lastGood, text);
  };
  const begun = await begin();
  // Panes that live belong to the name they were started under: the new one waits until they have ended.
  const name = await livingName(begun.team.name, paths.root, process.env);
  let inForce = { ...begun.team, name };
  let written = begun.team;
  let policy = policyOf(inForce);
  let readLast = begun.text;
  const members = inForce.members.map((m) => m.name);
  const put = (team: Team): void => {
    inForce = team;
    policy = policyOf(team);
    members.splice(0, members.length, ...team.members.map((m) => m.name));
  };

  async function begin(): Promise<{ team: Team; text: string | null; first: ConfigReading }> {
    const before = await loadLastGood(paths.lastGood, context, AbortSignal.timeout(within));
    try {
      const { team, text } = await load();
      // A copy that was taken away must not hide a change: only a team without a past has nothing to compare with.
      const isNew = before === null && !(await isThere(paths.journal));
      const now = isNew ? [] : changedSince(before, team);
      return { team, text, first: { ...nothingNew, now } };
    } catch (error) {
      if (!(error instanceof ConfigInvalid)) throw error;
      const team = before;
      if (team === null) throw error;
      return { team, text: null, first: rejected(error) };
    }
  }

  return {
    team: newest(() => inForce),
    policy: newest(() => policy),
    members,
    first: name === begun.team.name ? begun.first : renamed(begun.first),
    async keepFirst() {
      if (begun.text !== null) await keep(begun.text);
    },
    async read() {
      try {
        const { team, text } = await load();
        const change = takeOver(inForce, written, team);
        written = team;
        readLast = text;
        put(change.team);
        await keep(text);
        return { rejected: null, now: change.now, later: change.later };
      } catch (error) {
        if (!(error instanceof ConfigInvalid)) throw error;
        readLast = null;
        return rejected(error);
      }
    },
    async hasChanged() {
      if (readLast === null) return true; // a prompt that was missing may be there now
      return (await readFile(paths.teamYaml, "utf8").catch(() => null)) !== readLast; // absent is another
    },
    changeSeats() {
      if (inForce.members === written.members) return false;
      const { name, trunkBranch, chat } = inForce;
      put({ ...written, name, trunkBranch, chat });
      return true;
    },
  };
}

const renamed = (first: ConfigReading): ConfigReading => ({
  ...first,
  now: first.now.filter((key) => key !== "name"),
  later: first.rejected === null ? [waitsForBot(["name"])] : [],
});

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );

const rejected = ({ problems }: ConfigInvalid): ConfigReading => ({
  ...nothingNew,
  rejected: problems.map(sayProblem),
});

/** An object that shows what `now` gives, key by key. */
function newest<T extends object>(now: () => T): T {
  const keys = Object.keys(now()) as (keyof T & string)[];
  const getters = keys.map((key) => [key, { enumerable: true, get: () => now()[key] }] as const);
  return Object.defineProperties({}, Object.fromEntries(getters)) as T;
}
