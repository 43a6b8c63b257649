// Which logins an agent's program is given.
import { expect, test } from "vitest";
import { driverOf, ownLogin } from "../../../../src/world/agents/drivers.ts";

const env = {
  ...{ PATH: "/bin", DATABASE_URL: "db", CODEX_API_KEY: "c", OPENAI_API_KEY: "o" },
  ...{ ANTHROPIC_API_KEY: "a", ANTHROPIC_AUTH_TOKEN: "t", CLAUDE_CODE_OAUTH_TOKEN: "l" },
};
const given = (agent: string): readonly string[] =>
  Object.keys(ownLogin(driverOf(agent, { script: "/none" }), env));

test.each([
  ["claude", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"]],
  ["codex", ["CODEX_API_KEY", "OPENAI_API_KEY"]],
])("%s gets its own login and nobody else's", (agent, own) => {
  expect(given(agent)).toEqual(["PATH", "DATABASE_URL", ...own]);
});

test("a script member runs what the team's tests run, with what these have", () => {
  expect(given("script")).toEqual(Object.keys(env));
});
