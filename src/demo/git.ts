// git and node in the demo's own folder: short runs with a deadline.
import { execFile } from "node:child_process";

export interface Ran {
  readonly code: number;
  readonly out: string;
}

export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { cwd, env, timeout: 60_000, maxBuffer: 16_000_000 },
      (error, stdout, stderr) => {
        const code = typeof error?.code === "number" ? error.code : error === null ? 0 : 1;
        resolve({ code, out: `${stdout}${code === 0 ? "" : stderr}` });
      },
    );
  });
}

/** @throws Error with git's own words */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, out } = await run("git", args, cwd);
  if (code !== 0) throw new Error(`git ${args.join(" ")} failed in ${cwd}: ${out.trim()}`);
  return out.trim();
}
