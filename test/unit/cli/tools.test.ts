import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { sayFindings } from "../../../src/cli/findings.ts";
import { checkTools } from "../../../src/cli/tools.ts";

it("a bare repository is refused with what to do, not with a commit that cannot be made there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "batty-bare-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await promisify(execFile)("git", ["init", "-q", "--bare", folder]);
  await expect(checkTools(folder)).rejects.toMatchObject({
    code: "git.no-repository",
    message: `${folder} is a bare repository: nobody can work in it.`,
    hint: "Clone it, and use batty in the clone.",
  });
});

it("a finding ends with one full stop", () => {
  const row = { name: "tools", result: "bad", say: "tmux is not installed.", fix: "" } as const;
  expect(sayFindings([row])).toBe("BAD  tools: tmux is not installed.");
});
