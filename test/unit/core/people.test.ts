import { describe, expect, it } from "vitest";
import { type Account, personOf } from "../../../src/core/people.ts";
import type { Admitted, Team } from "../../../src/core/team.ts";

const nobody = { viewers: [], operators: [], approvers: [], admins: [], localAs: false };
const people = {
  ada: { local: "root", discord: "1", telegram: "2" },
  bob: { discord: "4" },
  cy: { local: "cy" },
};
const team = (access: Partial<Team["access"]> = {}): Pick<Team, "access" | "owner" | "people"> => ({
  people,
  owner: "ada",
  access: { ...nobody, ...access },
});
const person = (name: string): Admitted => ({ person: name });
const who = (account: Account, access: Partial<Team["access"]> = {}) =>
  personOf(team(access), account);

describe("who an account is", () => {
  it("is one person by one name, whatever account they speak from", () => {
    const access = { approvers: [person("ada")] };
    expect(who({ via: "discord", id: "1" }, access)).toEqual({
      ...{ name: "ada", via: "discord", tier: "approver", id: "1" },
    });
    expect(who({ via: "telegram", id: "2" }, access)).toMatchObject({
      ...{ name: "ada", tier: "approver" },
    });
    expect(who({ via: "shell", id: "root" })).toMatchObject({ name: "ada", tier: "admin" });
    expect(who({ via: "local", id: "root" })).toMatchObject({ name: "ada", tier: "admin" });
  });

  it("is never by a name that somebody gave themselves", () => {
    const access = { approvers: [person("ada")] };
    expect(who({ via: "discord", id: "ada" }, access)).toEqual({
      ...{ name: "discord:ada", via: "discord", tier: "none", id: "ada" },
    });
    // The id of one platform means nothing on another.
    expect(who({ via: "telegram", id: "1" }, access).tier).toBe("none");
    expect(who({ via: "discord", id: "2" }, access).tier).toBe("none");
  });

  it("is nobody where no list admits them, the owner of this machine elsewhere too", () => {
    expect(who({ via: "discord", id: "1" })).toMatchObject({ name: "ada", tier: "none" });
    expect(who({ via: "discord", id: "4" })).toMatchObject({ name: "bob", tier: "none" });
    expect(who({ via: "local", id: "mallory" })).toMatchObject({
      ...{ name: "local:mallory", tier: "none" },
    });
  });

  it("has the highest tier that lists the account, the person or a role of the account", () => {
    const access: Partial<Team["access"]> = {
      viewers: [{ discordRole: "7" }, person("bob")],
      operators: [{ telegramUser: "3" }],
      admins: [{ discordUser: "4" }],
    };
    expect(who({ via: "discord", id: "4" }, access).tier).toBe("admin");
    expect(who({ via: "telegram", id: "3" }, access)).toMatchObject({
      ...{ name: "telegram:3", tier: "operator" },
    });
    expect(who({ via: "discord", id: "9", roles: ["7"] }, access).tier).toBe("viewer");
    expect(who({ via: "discord", id: "9", roles: ["8"] }, access).tier).toBe("none");
    expect(who({ via: "discord", id: "9" }, access).tier).toBe("none");
  });

  it("is with --as a person who could sit at this machine, and nobody else", () => {
    const access = { approvers: [person("cy"), person("bob")] };
    expect(who({ via: "local-as", id: "cy" }, access)).toEqual({
      ...{ name: "cy", via: "local-as", tier: "approver", id: "cy" },
    });
    expect(who({ via: "local-as", id: "ada" }).tier).toBe("admin");
    expect(who({ via: "local-as", id: "bob" }, access).tier).toBe("none");
    expect(who({ via: "local-as", id: "mallory" }, access).tier).toBe("none");
    expect(who({ via: "local-as", id: "cy" }).tier).toBe("none");
    // A login is no name.
    expect(who({ via: "local-as", id: "root" }, access).tier).toBe("none");
  });
});
