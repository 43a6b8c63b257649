// The folders and small files that a bot needs before it can run. Repeatable; creates, never removes a person's file.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Paths, stateDir } from "./paths.ts";

const privately = { recursive: true, mode: 0o700 } as const;

/** @param launcher this version's `bin/batty`: what `batty` means in a pane */
export async function makeHome(
  paths: Paths,
  members: readonly string[],
  launcher: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly worktrees: string }> {
  for (const dir of [
    paths.inboxes,
    paths.signals,
    paths.gate,
    paths.chat,
    paths.outbox,
    paths.bodies,
    paths.prompts,
    paths.seats,
    paths.callers,
    paths.bin,
  ])
    await mkdir(dir, privately);
  await makeBoxes(paths, members);
  await link(launcher, join(paths.bin, "batty"));
  const worktrees = join(stateDir(env), await projectId(paths), "worktrees");
  await mkdir(worktrees, privately);
  await write(paths.worktreesFile, `${worktrees}\n`);
  return { worktrees };
}

/** The folders of the members' messages and signals. */
export async function makeBoxes(paths: Paths, members: readonly string[]): Promise<void> {
  for (const member of members)
    for (const box of ["tmp", "new", "cur"]) {
      await mkdir(join(paths.inboxes, member, box), privately);
      await mkdir(join(paths.signals, member, box), privately);
    }
}

async function projectId(paths: Paths): Promise<string> {
  try {
    const id = (await readFile(paths.projectId, "utf8")).trim();
    if (/^[a-z0-9-]{8,64}$/.test(id)) return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const id = randomBytes(8).toString("hex");
  await write(paths.projectId, `${id}\n`);
  return id;
}

async function link(target: string, path: string): Promise<void> {
  const fresh = `${path}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, path);
}

export async function write(path: string, text: string): Promise<void> {
  const fresh = `${path}.${process.pid}.tmp`;
  await writeFile(fresh, text, { mode: 0o600 });
  await rename(fresh, path);
}
