// What a launch of each real driver carries, with files in a temp folder: no pane is opened and no agent started.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Member } from "../../src/core/words.ts";
import { driverOf } from "../../src/world/agents/drivers.ts";
import { childEnvironment } from "../../src/world/environment.ts";
import { pathsOf } from "../../src/world/paths.ts";
import { createSeats } from "../../src/world/seats.ts";

const keys = {
  ANTHROPIC_API_KEY: "of claude",
  CLAUDE_CODE_OAUTH_TOKEN: "of claude",
  OPENAI_API_KEY: "of codex",
};

/** The environment of an agent whose person handed on every login there is, and a setting. */
async function environmentOf(agent: string): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(tmpdir(), "batty-seats-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["claude", "codex"]) {
    await writeFile(join(folder, name), "#!/bin/sh\n");
    await chmod(join(folder, name), 0o700);
  }
  const host = { ...keys, PATH: folder, HOME: folder, DATABASE_URL: "db", AWS_SECRET: "nobody's" };
  const member: Member = {
    ...{ name: "eng-1-1", role: "engineer", roleType: "engineer", agent },
    ...{ talksTo: [], reportsTo: null },
  };
  const seats = createSeats({
    paths: pathsOf(folder),
    members: () => [member],
    driver: (name) => driverOf(name, { script: "/nowhere/script-agent.js" }),
    prompt: async () => "Go on.",
    env: () => childEnvironment(host, [...Object.keys(keys), "DATABASE_URL"]),
    places: () => ({}),
    signalKey: () => "key-of-this-launch",
    door: () => "http://127.0.0.1:1",
    asker: "/nowhere/hook.js",
    model: () => null,
    permissions: () => ({ ask: "rest", timeout: 60_000 }),
    identity: async () => ({}),
  });
  const seat = { member: "eng-1-1", epoch: 1, worktree: folder, resume: null };
  return (await seats.launchOf(seat, new AbortController().signal)).env;
}

test.each([
  ["claude", ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"]],
  ["codex", ["OPENAI_API_KEY"]],
] as const)(
  "%s is given its own login, no other agent's, and what the team file names",
  async (agent, its) => {
    const env = await environmentOf(agent);
    expect(Object.keys(env).filter((name) => name in keys)).toEqual(its);
    expect(env).toMatchObject({ DATABASE_URL: "db" });
    expect(env).not.toHaveProperty("AWS_SECRET");
  },
);
