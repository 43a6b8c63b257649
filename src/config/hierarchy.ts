// Roles become members: their names, whom they report to, whom they may address. Shapes and numbers were checked before.
import { nearest } from "../core/suggest.ts";
import type { Role } from "../core/team.ts";
import type { Member, MemberName } from "../core/words.ts";
import type { RoleFile, TeamFile } from "./schema.ts";
import type { Path } from "./source.ts";

/** Notes a problem at a place of the file; reading goes on, so that all of them are told at once. */
export type Complain = (path: Path, say: string, hint: string) => void;

/** A seat before it is known whom it may address. */
export interface Drawn {
  readonly name: MemberName;
  readonly role: RoleFile;
  /** Where the role stands in `roles:`. */
  readonly index: number;
  readonly lead: MemberName | null;
}

export interface Placed extends Pick<Member, "talksTo"> {
  readonly talksToPeople: boolean;
}

type Indexed = readonly [role: RoleFile, index: number];

/** Architects, managers, engineers; in file order within each. */
export function drawMembers(file: TeamFile, complain: Complain): readonly Drawn[] {
  const all = file.roles.map((role, index): Indexed => [role, index]);
  const architects = ofType(all, "architect").flatMap((one) => row(one, null));
  const chief = architects[0]?.name ?? null;
  const managers = ofType(all, "manager").flatMap((one) => row(one, chief));
  const engineerRoles = ofType(all, "engineer");
  const drawn = [...architects, ...managers, ...drawEngineers(engineerRoles, managers, chief)];
  checkNames(drawn, complain);
  return drawn;
}

const ofType = (roles: readonly Indexed[], type: RoleFile["role_type"]): readonly Indexed[] =>
  roles.filter(([role]) => role.role_type === type);

/** `architect`, or `architect-1` … when there are several. */
function row([role, index]: Indexed, lead: MemberName | null): Drawn[] {
  const count = role.instances ?? 1;
  return Array.from({ length: count }, (_, i) => ({
    name: count === 1 ? role.name : `${role.name}-${i + 1}`,
    role,
    index,
    lead,
  }));
}

/** `instances` are per manager: three managers with five engineers each are fifteen. */
function drawEngineers(
  roles: readonly Indexed[],
  managers: readonly Drawn[],
  chief: MemberName | null,
): Drawn[] {
  const led = managers.flatMap((manager, number) =>
    roles
      .filter(([role]) => leadsIt(manager, role, managers))
      .flatMap(([role, index]) =>
        Array.from({ length: role.instances ?? 1 }, (_, i) => ({
          name: `${roles.length === 1 ? "eng" : role.name}-${number + 1}-${i + 1}`,
          role,
          index,
          lead: manager.name,
        })),
      ),
  );
  // A role that names its partners and no manager among them stands outside the managers, like a team without any.
  const free = roles.filter(([role]) => !managers.some((one) => leadsIt(one, role, managers)));
  return [...led, ...free.flatMap((one) => row(one, chief))];
}

function leadsIt(manager: Drawn, engineers: RoleFile, managers: readonly Drawn[]): boolean {
  const named = engineers.talks_to ?? [];
  const isNamed = (one: Drawn): boolean =>
    named.includes(one.role.name) || named.includes(one.name);
  return named.length === 0 ? managers.length > 0 : isNamed(manager);
}

function checkNames(drawn: readonly Drawn[], complain: Complain): void {
  const seen = new Map<MemberName, Drawn>();
  for (const one of drawn) {
    const other = seen.get(one.name);
    if (other !== undefined && other.index !== one.index)
      complain(
        ["roles", one.index, "name"],
        `two members would be called ${one.name}, one of role ${other.role.name} and one of role ${one.role.name}`,
        "Rename one of the roles.",
      );
    if (one.name.length > 32)
      complain(
        ["roles", one.index, "name"],
        `the member name ${one.name} is longer than 32 characters`,
        "Give the role a shorter name.",
      );
    seen.set(one.name, one);
  }
}

export const rolesOf = (file: TeamFile, drawn: readonly Drawn[]): readonly Role[] =>
  file.roles.map((role, index) => ({
    name: role.name,
    roleType: role.role_type,
    members: drawn.filter((one) => one.index === index).map((one) => one.name),
  }));

// ---------------------------------------------------------------- who may address whom

/** `talks_to` of each member: as written (role or member names), else the layer above and the layer below. */
export function placeMembers(
  file: TeamFile,
  drawn: readonly Drawn[],
  complain: Complain,
): ReadonlyMap<MemberName, Placed> {
  for (const [index, role] of file.roles.entries())
    checkPartners(role, index, file, drawn, complain);
  return new Map(
    drawn.map((one) => [
      one.name,
      (one.role.talks_to ?? []).length > 0 ? written(one, file, drawn) : usual(one, drawn),
    ]),
  );
}

function checkPartners(
  role: RoleFile,
  index: number,
  file: TeamFile,
  drawn: readonly Drawn[],
  complain: Complain,
): void {
  const names = [
    ...new Set([...file.roles.map((one) => one.name), ...drawn.map((one) => one.name), "human"]),
  ];
  role.talks_to?.forEach((name, i) => {
    if (names.includes(name)) return;
    const near = nearest(name, names);
    complain(
      ["roles", index, "talks_to", i],
      `${role.name} talks_to ${name}, which is neither a role nor a member`,
      near === undefined ? `There are: ${names.join(", ")}.` : `Did you mean ${near}?`,
    );
  });
}

function written(self: Drawn, file: TeamFile, drawn: readonly Drawn[]): Placed {
  const named = self.role.talks_to ?? [];
  const people = [
    "human",
    ...file.roles.filter((role) => role.role_type === "user").map((role) => role.name),
  ];
  return {
    talksTo: namesBut(
      self,
      drawn.filter((one) => named.includes(one.role.name) || named.includes(one.name)),
    ),
    talksToPeople: named.some((name) => people.includes(name)),
  };
}

/** People ↔ architect ↔ manager ↔ engineer; a layer that is missing is skipped. */
function usual(self: Drawn, drawn: readonly Drawn[]): Placed {
  const ofType = (type: RoleFile["role_type"]) =>
    drawn.filter((one) => one.role.role_type === type);
  const architects = ofType("architect");
  const managers = ofType("manager");
  const led = drawn.filter((one) => one.lead === self.name && one.role.role_type === "engineer");
  const above = (list: readonly Drawn[]): Placed => ({
    talksTo: namesBut(self, list),
    talksToPeople: list.every((one) => one.role.role_type === "engineer"),
  });
  if (self.role.role_type === "architect") {
    const free = ofType("engineer").filter(
      (one) => !managers.some((manager) => manager.name === one.lead),
    );
    return { talksTo: namesBut(self, [...managers, ...free]), talksToPeople: true };
  }
  if (self.role.role_type === "manager") return above([...architects, ...led]);
  const lead = drawn.filter((one) => one.name === self.lead && one.role.role_type === "manager");
  return above(lead.length > 0 ? lead : architects);
}

const namesBut = (self: Drawn, list: readonly Drawn[]): MemberName[] =>
  list.map((one) => one.name).filter((name) => name !== self.name);
