// Files that people send along and that go out with posts, kept under one folder for as long as somebody may want them.
import { constants, createWriteStream } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { PostFile } from "../core/card.ts";
import { Refused } from "../core/command.ts";
import type { Instant } from "../core/words.ts";

export interface Attachments {
  /** Copies of what was sent along with one message, by absolute path. @throws Refused, and nothing is kept */
  take(message: string, paths: readonly string[]): Promise<readonly string[]>;
  /** A text as a file. The same name again holds the newer text. */
  store(name: string, text: string): Promise<PostFile>;
  /** Removes what is too old or too much. @returns how many files and bytes went */
  trim(now: Instant): Promise<{ readonly files: number; readonly bytes: number }>;
}

/** What platforms let through, and an agent can still read. */
const largest = 20 * 1024 * 1024;
const mostFiles = 10;
const keptFor = 14 * 24 * 60 * 60_000;
const keptBytes = 512 * 1024 * 1024;

export function openAttachments(dir: string): Attachments {
  const under = async (...parts: readonly string[]): Promise<string> => {
    const path = join(dir, ...parts);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  };
  return {
    async take(message, paths) {
      if (paths.length > mostFiles)
        throw new Refused("chat.too-many-files", `At most ${mostFiles} files go with a message.`);
      const folder = await under("in", safeName(message));
      const taken: string[] = [];
      try {
        for (const [at, path] of paths.entries()) {
          const name = safeName(basename(path));
          const to = join(folder, taken.includes(join(folder, name)) ? `${at}-${name}` : name);
          await copy(path, to);
          taken.push(to);
        }
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      return taken;
    },
    async store(name, text) {
      const path = join(await under("out"), safeName(name));
      await writeFile(`${path}.tmp`, text, { mode: 0o600 });
      await rename(`${path}.tmp`, path);
      return { name, path };
    },
    trim: (now) => trim(dir, now),
  };
}

/** Letters, digits, dot, dash, underscore; never a way out of the folder, never hidden. */
const safeName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[._-]+/, "")
    .slice(-100) || "file";

async function copy(from: string, to: string): Promise<void> {
  const refused = (why: string): Refused =>
    new Refused("chat.bad-file", `${from} was not sent along: ${why}.`, "Name a readable file.");
  if (!isAbsolute(from)) throw refused("its path is not absolute");
  let source: FileHandle;
  try {
    // A pipe without a writer would hold us for ever.
    source = await open(from, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refused((error as NodeJS.ErrnoException).code ?? "it can't be opened");
  }
  try {
    const seen = await source.stat();
    if (!seen.isFile()) throw refused("it is no regular file");
    if (seen.size > largest) throw refused(`it is larger than ${largest / 1024 / 1024} MB`);
    await pipeline(
      source.createReadStream({ end: largest, autoClose: false }),
      createWriteStream(to, { flags: "wx", mode: 0o600 }),
    );
  } finally {
    await source.close();
  }
}

async function trim(dir: string, now: Instant): Promise<{ files: number; bytes: number }> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []); // none yet
  const found = await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const seen = await stat(path).catch(() => null); // gone meanwhile
        return { path, at: seen?.mtimeMs ?? now, bytes: seen?.size ?? 0 };
      }),
  );
  found.sort((a, b) => b.at - a.at);
  let kept = 0;
  const gone = { files: 0, bytes: 0 };
  for (const { path, at, bytes } of found) {
    kept += bytes;
    if (now - at <= keptFor && kept <= keptBytes) continue;
    kept -= bytes;
    await rm(path, { force: true });
    gone.files += 1;
    gone.bytes += bytes;
  }
  return gone;
}
