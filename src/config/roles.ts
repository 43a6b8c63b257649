// What a role may say of itself: its name, its agent, its seats. Complains; changes nothing but aliases.
import { nearest } from "../core/suggest.ts";
import { agentAliases, builtInAgents, type Seat } from "../core/team.ts";
import type { MemberName } from "../core/words.ts";
import type { Complain, Drawn, Placed } from "./hierarchy.ts";
import type { RoleFile, TeamFile } from "./schema.ts";
import type { Path } from "./source.ts";

/** Taken by the house: people, the bot, and the chat's channels (a member's room is called as the member). */
export const reservedNames = [
  "human",
  "batty",
  "commands",
  "events",
  "alerts",
  "merges",
  "standup",
  "board",
];

export function checkRoles(file: TeamFile, complain: Complain): void {
  for (const [index, role] of file.roles.entries()) {
    const at = (key: string): Path => ["roles", index, key];
    if (file.roles.findIndex((one) => one.name === role.name) < index)
      complain(
        at("name"),
        `there are two roles called ${role.name}`,
        "Rename one, or use instances: 2.",
      );
    if (role.role_type === "user") checkUser(role, at, complain);
    else {
      checkSeats(role, at, complain);
      checkAuth(role, file, at, complain);
    }
  }
  if (!file.roles.some((role) => role.role_type !== "user"))
    complain(["roles"], "no role has an agent in it", "Add a role with role_type: engineer.");
}

function checkSeats(role: RoleFile, at: (key: string) => Path, complain: Complain): void {
  checkName(role.name, at("name"), complain);
  if (role.use_worktrees === false)
    complain(
      at("use_worktrees"),
      `${role.name} cannot work without a worktree: it would work in your own checkout, and its work could not be tested on its own`,
      "Remove the key; every member has a worktree.",
    );
  if (role.barrier_group !== undefined)
    complain(
      at("barrier_group"),
      noBarriers,
      "Remove the key; use separate repositories to keep roles apart.",
    );
  if (role.auth_env !== undefined && role.auth_mode !== "custom")
    complain(
      at("auth_env"),
      `${role.name} has auth_env without auth_mode: custom`,
      "Add auth_mode: custom.",
    );
}

/** Only there is a log-in of its own kind to be chosen. */
function checkAuth(
  role: RoleFile,
  file: TeamFile,
  at: (key: string) => Path,
  complain: Complain,
): void {
  const named = role.agent ?? file.agent ?? "claude";
  if (role.auth_mode === undefined || (agentAliases[named] ?? named) === "claude") return;
  complain(
    at("auth_mode"),
    `${role.name} has auth_mode, which only claude knows; its agent is ${named}`,
    "Remove the key.",
  );
}

export const noBarriers =
  "information barriers between roles are not enforced here, so they are not accepted";

function checkUser(role: RoleFile, at: (key: string) => Path, complain: Complain): void {
  if (role.agent !== undefined)
    complain(
      at("agent"),
      `${role.name} is a person (role_type: user) and has no agent`,
      "Remove agent.",
    );
}

function checkName(name: string, path: Path, complain: Complain): void {
  const fixed = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 32);
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name))
    complain(
      path,
      `the role name "${name}" must be a-z, 0-9 and "-", begin with a letter and have at most 32 characters`,
      fixed === "" ? "Rename it." : `For example ${fixed}.`,
    );
  if (reservedNames.includes(name))
    complain(
      path,
      name === "human" || name === "batty"
        ? `no member may be called ${name}: that name stands for ${name === "human" ? "the people" : "the bot"}`
        : `no member may be called ${name}: a chat channel has that name`,
      `Rename the role, for example ${name}-role.`,
    );
}

/** The agent CLI a seat runs, aliases resolved; complains of unknown ones where they are written. */
export function agentOf(drawn: Drawn, file: TeamFile): string {
  const named =
    drawn.role.instance_overrides?.[drawn.name]?.agent ?? drawn.role.agent ?? file.agent;
  return named === undefined ? "claude" : (agentAliases[named] ?? named);
}

export function checkAgents(file: TeamFile, complain: Complain): void {
  const own = Object.keys(file.agents ?? {});
  for (const name of own)
    if (([...builtInAgents, ...Object.keys(agentAliases)] as string[]).includes(name))
      complain(
        ["agents", name],
        `${name} is built in and cannot be redefined`,
        `Rename it, for example my-${name}.`,
      );
  const known = [...builtInAgents, ...own];
  const check = (agent: string | undefined, path: Path): void => {
    if (agent === undefined || known.includes(agentAliases[agent] ?? agent)) return;
    const near = nearest(agent, [...known, ...Object.keys(agentAliases)]);
    complain(
      path,
      `${/^kiro/.test(agent) ? `the agent ${agent} is not supported` : `unknown agent ${agent}`}`,
      near === undefined ? `Agents are: ${known.join(", ")}.` : `Did you mean ${near}?`,
    );
  };
  check(file.agent, ["agent"]);
  file.roles.forEach((role, index) => {
    check(role.agent, ["roles", index, "agent"]);
    for (const [member, override] of Object.entries(role.instance_overrides ?? {}))
      check(override.agent, ["roles", index, "instance_overrides", member, "agent"]);
  });
}

export function checkOverrides(file: TeamFile, drawn: readonly Drawn[], complain: Complain): void {
  file.roles.forEach((role, index) => {
    const names = drawn.filter((one) => one.index === index).map((one) => one.name);
    for (const member of Object.keys(role.instance_overrides ?? {})) {
      if (names.includes(member)) continue;
      const near = nearest(member, names);
      complain(
        ["roles", index, "instance_overrides", member],
        `${role.name} has no member called ${member}`,
        near === undefined ? `It has: ${names.join(", ")}.` : `Did you mean ${near}?`,
      );
    }
  });
}

export function seatOf(drawn: Drawn, file: TeamFile, placed: Placed): readonly [MemberName, Seat] {
  const { role, name } = drawn;
  const override = role.instance_overrides?.[name];
  const named = override?.prompt ?? role.prompt;
  const isLead = role.role_type === "architect" || role.role_type === "manager";
  const every = role.standup_interval_secs ?? file.standup?.interval_secs ?? 0;
  return [
    name,
    {
      prompt: { file: named ?? `${role.role_type}.md`, named: named !== undefined },
      model: override?.model ?? role.model ?? null,
      talksToPeople: placed.talksToPeople,
      nudgeAfter: role.nudge_interval_secs === undefined ? null : role.nudge_interval_secs * 1_000,
      receivesStandup: role.receives_standup ?? isLead,
      standupEvery: every > 0 ? every * 1_000 : null,
    },
  ];
}
