import { describe, expect, it } from "vitest";
import { parseTeam } from "../../../src/config/load.ts";
import { composePrompt } from "../../../src/core/prompt.ts";
import type { Member } from "../../../src/core/words.ts";

const team = parseTeam(
  "name: shop\nroles: [{name: architect, role_type: architect}, {name: dev, role_type: engineer, instances: 2}]",
  { root: "/x/shop", osUser: "ada" },
);
const member = (name: string): Member => {
  const found = team.members.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("a composed prompt", () => {
  it("names the member, its partners and its tests", () => {
    const template =
      "{{name}} of {{ team }}: {{talks_to}}; leads {{reports}}, first {{first_report}}; {{test_command}}";
    expect(composePrompt(template, member("architect"), team)).toEqual({
      ok: true,
      text: "architect of shop: `human`, `dev-1`, `dev-2`; leads `dev-1`, `dev-2`, first dev-1; the project's tests",
    });
  });

  it("says whom a member reports to", () => {
    expect(composePrompt("{{reports_to}}", member("dev-2"), team)).toEqual({
      ok: true,
      text: "architect",
    });
    expect(composePrompt("{{reports_to}}", member("architect"), team)).toEqual({
      ok: true,
      text: "human",
    });
  });

  it("is refused for an unknown hole, with its line and the nearest one", () => {
    expect(composePrompt("a\nb {{repors}}\n", member("dev-1"), team)).toEqual({
      ok: false,
      line: 2,
      say: "unknown hole {{repors}}",
      hint: "Did you mean {{reports}}?",
    });
  });
});
