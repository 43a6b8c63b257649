// What is free where we write; what of ours can be made again and goes first.
// Must not touch what anybody made, nor evidence.
import { lstat, readdir, rm, stat, statfs, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Disk, FreeSpace } from "../core/ports.ts";
import { errnoOf, onDisk } from "./maildir-folder.ts";

const day = 24 * 3_600_000;
const mib = 1024 * 1024;
/** Logs of gates: kept so long, and so many bytes of them; the newest always. */
const keptFor = 14 * day;
const keptBytes = 200 * mib;
const keptAlways = 20;

export interface DiskParts {
  readonly repository: string;
  readonly state: string;
  readonly worktrees: string;
  /** Where gate logs lie. */
  readonly gateLogs: string;
  readonly now: () => number;
}

export function openDisk(parts: DiskParts): Disk {
  const { repository, state, worktrees } = parts;
  return {
    look: (signal) =>
      Promise.all([
        freeAt("repository", repository, signal),
        freeAt("state", state, signal),
        freeAt("worktrees", worktrees, signal),
      ]),
    async tidy(caches, signal) {
      const logs = await oldLogs(parts);
      let bytes = 0;
      for (const log of logs) {
        signal.throwIfAborted();
        await unlink(log.path);
        bytes += log.size;
      }
      const cache = caches ? await dropCache(join(worktrees, "_gate"), signal) : null;
      return {
        files: logs.length + (cache?.files ?? 0),
        bytes: bytes + (cache?.bytes ?? 0),
      };
    },
  };
}

async function freeAt(
  what: FreeSpace["what"],
  path: string,
  signal: AbortSignal,
): Promise<FreeSpace> {
  const found = await onDisk("looking at the space at", path, signal, () => statfs(path));
  return { what, path, free: found.bavail * found.bsize };
}

interface Log {
  readonly path: string;
  readonly size: number;
  readonly at: number;
}

async function oldLogs({ gateLogs, now }: DiskParts): Promise<readonly Log[]> {
  const names = (await readdir(gateLogs)).filter((name) =>
    /^[0-9a-f]{40,64}\.\d+\.log$/.test(name),
  );
  const logs = await Promise.all(
    names.map(async (name): Promise<Log> => {
      const path = join(gateLogs, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, at: mtimeMs };
    }),
  );
  logs.sort((a, b) => b.at - a.at);
  let kept = 0;
  return logs.filter((log, n) => {
    kept += log.size;
    return n >= keptAlways && (log.at < now() - keptFor || kept > keptBytes);
  });
}

/** The gate's worktree is made again, set-up and all, when a gate runs next. */
async function dropCache(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly files: number; readonly bytes: number } | null> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return null;
    throw error;
  });
  if (found === null || !found.isDirectory()) return null;
  const before = await statfs(path);
  await onDisk("removing", path, signal, () => rm(path, { recursive: true, force: true }));
  const after = await statfs(join(path, ".."));
  return { files: 1, bytes: Math.max(0, (after.bavail - before.bavail) * after.bsize) };
}
