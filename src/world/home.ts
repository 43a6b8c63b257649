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
    paths.agents,
    paths.seats,
    paths.callers,
    paths.bin,
  ])
    await mkdir(dir, privately);
  await makeBoxes(paths, members);
  await link(launcher, join(paths.bin, "batty"));
  await write(hookCommand(paths), fileHook);
  const worktrees = join(stateDir(env), await projectId(paths), "worktrees");
  await mkdir(worktrees, privately);
  await write(paths.worktreesFile, `${worktrees}\n`);
  return { worktrees };
}

/** A program of the shell's own: it runs at each turn of each agent, and a start of node takes 90 ms. */
export const hookCommand = (paths: Paths): string => join(paths.bin, "batty-hook");

/**
 * Files the JSON on standard input as a signal. The name's second part is the microseconds: two of one agent within a
 * millisecond keep their order where `date` knows them.
 */
const fileHook = `#!/bin/sh
# Files an event of an agent's own hook as a signal of its seat.
[ -n "$BATTY_SIGNALS" ] || exit 0
umask 077
now=$(date +%s%3N.%6N)
case $now in *N*) now=$(date +%s)000.000000 ;; esac
name=$now.$$
{
  printf '{"member":"%s","epoch":%s,"kind":"hook","key":"%s","ts":%s,"event":' \
    "$BATTY_MEMBER" "$BATTY_EPOCH" "$BATTY_SIGNAL_KEY" "\${now%%.*}"
  cat && printf '}\n'
} >"$BATTY_SIGNALS/tmp/$name" && mv "$BATTY_SIGNALS/tmp/$name" "$BATTY_SIGNALS/new/$name" && exit 0
# Not 2, with which a shell says that it cannot write: agents take it for a no to the prompt or to the end of a turn.
rm -f "$BATTY_SIGNALS/tmp/$name"
exit 1
`;

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
