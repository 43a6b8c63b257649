// How a broken team file is told: in our words, all at once, ready to print.
import { describe, expect, it } from "vitest";
import { parseTeam } from "../../../src/config/load.ts";
import { context, fine, refusedBy } from "./broken.ts";

describe("a broken team file", () => {
  it("has the schema's own words replaced, also inside a choice of forms", () => {
    const error = refusedBy(`${fine}chat: {discord: {guild: abc}}\n`);
    expect(error.message).toBe(
      'team.yaml:10: chat.discord.guild must be an id (digits), not "abc".',
    );
  });

  it("tells all its problems at once, in the order of the file", () => {
    const yaml = fine
      .replace("name: manager", "name: board")
      .replace("instances: 2", "agent: kiro");
    expect(refusedBy(yaml).problems.map((one) => one.line)).toEqual([5, 9]);
  });

  it("is told in lines that can be printed as they are", () => {
    const error = refusedBy(fine.replace("role_type: manager", "role_type: managr"));
    expect(error.code).toBe("config.invalid");
    expect(error.message).toBe(
      'team.yaml:6: roles[1].role_type must be one of user, architect, manager, engineer, not "managr". Did you mean manager?',
    );
  });

  it("is fine before it is broken", () => {
    expect(parseTeam(fine, context).members).toHaveLength(4);
  });
});
