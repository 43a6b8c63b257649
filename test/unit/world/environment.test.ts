// What children see of our environment.
import { expect, test } from "vitest";
import { childEnvironment, environmentHash } from "../../../src/world/environment.ts";

const host = {
  PATH: "/bin",
  HOME: "/home/ada",
  LC_ALL: "C",
  XDG_STATE_HOME: "/state",
  XDG_RUNTIME_DIR: "/run",
  GIT_DIR: "/elsewhere",
  NODE_OPTIONS: "--inspect",
  DATABASE_URL: "db",
  BATTY_DISCORD_BOT_TOKEN: "secret",
  BATTY_TELEGRAM_BOT_TOKEN_FILE: "/secret",
};

test("only the allow-list passes, and what is named beside it", () => {
  expect(childEnvironment(host)).toEqual({
    PATH: "/bin",
    HOME: "/home/ada",
    LC_ALL: "C",
    XDG_STATE_HOME: "/state",
  });
  expect(childEnvironment(host, ["DATABASE_URL", "ABSENT"])).toMatchObject({ DATABASE_URL: "db" });
});

test("the chats' secrets pass under no name", () => {
  const names = ["BATTY_DISCORD_BOT_TOKEN", "BATTY_TELEGRAM_BOT_TOKEN_FILE"];
  expect(Object.keys(childEnvironment(host, names)).filter((name) => /TOKEN/.test(name))).toEqual(
    [],
  );
});

test("the hash depends on names, values and what else counts, not on their order", () => {
  const hash = environmentHash({ A: "1", B: "2" });
  expect(environmentHash({ B: "2", A: "1" })).toBe(hash);
  expect(environmentHash({ A: "1", B: "3" })).not.toBe(hash);
  expect(environmentHash({ A: "1", B: "2" }, ["node 20"])).not.toBe(hash);
});
