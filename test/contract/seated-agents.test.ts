// What `start` says of agents' versions, by programs on the PATH.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { untriedAgents } from "../../src/cli/seated-agents.ts";
import type { Team } from "../../src/core/team.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "batty-versions-"));
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function installed(name: string, version: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\necho "${name} ${version}"\n`);
  await chmod(join(folder, name), 0o755);
}
const team = (...agents: readonly string[]): Team =>
  ({ members: agents.map((agent, n) => ({ name: `m${n}`, agent })) }) as unknown as Team;

it("a version that nobody has tried is named, with whom it seats; tried and missing ones are not", async () => {
  await installed("claude", "2.1.329");
  await installed("codex", "9.0.0");
  expect(await untriedAgents(team("claude", "codex", "codex"), folder)).toMatch(
    /^warn codex: 9\.0\.0 is newer than what was tried: \S+ \(m1, m2\)\. Fix: Watch its first task/,
  );
  await installed("codex", "0.169.0");
  expect(await untriedAgents(team("claude", "codex"), folder)).toBe("");
  await rm(join(folder, "claude"));
  expect(await untriedAgents(team("claude"), folder)).toBe("");
});

it("an agent that is not driven here is its seat's trouble, not the start's", async () => {
  expect(await untriedAgents(team("gemini"), folder)).toBe("");
});
