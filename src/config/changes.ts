// What a new team file changes under a running team: what is in force at once, and what waits for a start.
import type { Team } from "../core/team.ts";
import type { Member } from "../core/words.ts";

export interface Change {
  /** The new file as far as a running team can take it. */
  readonly team: Team;
  readonly now: readonly string[];
  /** What waits, and for what. */
  readonly later: readonly string[];
}

/** Read once when the bot starts: sockets, branches and connections are made of them. */
const ofTheBot = ["name", "trunk_branch", "chat"];

/**
 * @param running what is in force
 * @param written the last good file as it was written
 * @param read the file as it is now
 */
export function takeOver(running: Team, written: Team, read: Team): Change {
  const keys = changedKeys(written.config, read.config);
  const isOfTheBot = (key: string): boolean => ofTheBot.includes(key.split(".")[0] as string);
  const seats = seatChanges(running, read);
  const waits = keys.filter(isOfTheBot);
  const isSame = seats.length === 0;
  return {
    team: {
      ...read,
      name: running.name,
      trunkBranch: running.trunkBranch,
      chat: running.chat,
      ...(isSame ? {} : seatsOf(running)),
    },
    now: keys.filter((key) => !isOfTheBot(key) && (isSame || !key.startsWith("roles"))),
    later: [
      ...(keys.length > 0 && !isSame
        ? [`${seats.join(", ")}: at the team's next start (\`batty stop\`, then \`batty start\`)`]
        : []),
      ...(waits.length > 0 ? [waitsForBot(waits)] : []),
    ],
  };
}

export const waitsForBot = (keys: readonly string[]): string =>
  `${keys.join(", ")}: when the bot starts anew (\`batty stop --bot\`, then \`batty start\`)`;

/**
 * What a file changes that is in force from the start.
 * @param before the last good file that a bot had in force; null: there was one, and nobody can say what it held
 */
export const changedSince = (before: Team | null, read: Team): readonly string[] =>
  changedKeys(before?.config ?? {}, read.config);

const seatsOf = ({ members, roles, seats }: Team): Pick<Team, "members" | "roles" | "seats"> => ({
  members,
  roles,
  seats,
});

/** Who comes, who goes, who becomes another: a pane in use is no place for that. Empty: all stay who they are. */
function seatChanges(running: Team, read: Team): string[] {
  const before = new Map(running.members.map((member) => [member.name, member]));
  const after = new Map(read.members.map((member) => [member.name, member]));
  return [
    ...read.members.filter(({ name }) => !before.has(name)).map(({ name }) => `${name} comes`),
    ...running.members.filter(({ name }) => !after.has(name)).map(({ name }) => `${name} goes`),
    ...read.members.flatMap((member) => becomes(before.get(member.name), member)),
  ];
}

function becomes(before: Member | undefined, after: Member): string[] {
  if (before === undefined) return [];
  if (before.agent !== after.agent) return [`${after.name} gets the agent ${after.agent}`];
  return before.roleType === after.roleType && before.role === after.role
    ? []
    : [`${after.name} becomes ${after.role} (${after.roleType})`];
}

/** `access.approvers`, `workflow_policy.merge.approvals`: maps are entered, everything else is compared as a whole. */
function changedKeys(before: unknown, after: unknown, at = ""): string[] {
  if (!isTable(before) || !isTable(after))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [at];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    changedKeys(before[name], after[name], at === "" ? name : `${at}.${name}`),
  );
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
