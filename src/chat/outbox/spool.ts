// The posts that a chat could not take at once, on disk: `new/` still to post, `cur/` given up. One file each, named so
// that they sort by arrival, with the chat's name behind. Knows no chat.
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Visible } from "../../core/views/post.ts";
import { Failure, type Instant } from "../../core/words.ts";
import { inTurn } from "../../lib/in-turn.ts";

export interface Filed {
  readonly at: Instant;
  readonly seq: number;
  readonly shown: Visible;
  /** Why it was given up. */
  readonly code?: string;
  readonly say?: string;
}

export interface Spool {
  /** Ids of what still waits, by arrival. */
  waiting(): Promise<readonly string[]>;
  /** Ids of what was given up. */
  letters(): Promise<readonly string[]>;
  /** Null: it is gone, or is nothing of ours. @throws Failure `io.failed` when nobody can tell */
  read(id: string): Promise<Filed | null>;
  letter(id: string): Promise<Filed | null>;
  /** Whole or not at all, and on the disk when it resolves. @throws Failure `io.*` */
  write(id: string, filed: Filed): Promise<void>;
  remove(id: string): Promise<void>;
  /** From what waits to what was given up. */
  bury(id: string, filed: Filed): Promise<void>;
  /** A letter that is sent again is none any more. */
  unbury(id: string): Promise<void>;
}

export function openSpool(dir: string, chat: string): Spool {
  const suffix = `.${chat}`;
  const at = (box: "new" | "cur" | "tmp", id: string): string => join(dir, box, `${id}${suffix}`);
  const turns = inTurn(); // a file is given up while it is still written
  const list = async (box: "new" | "cur"): Promise<readonly string[]> => {
    const names = await readdir(join(dir, box)).catch(none);
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
      .sort();
  };
  const put = async (box: "new" | "cur", id: string, filed: Filed): Promise<void> => {
    try {
      for (const part of ["new", "cur", "tmp"])
        await mkdir(join(dir, part), { recursive: true, mode: 0o700 });
      await writeWhole(at("tmp", id), `${JSON.stringify(filed)}\n`);
      await rename(at("tmp", id), at(box, id));
    } catch (error) {
      throw failureOf("writing", at(box, id), error);
    }
  };
  return {
    waiting: () => list("new"),
    letters: () => list("cur"),
    read: (id) => readFiled(at("new", id)),
    letter: (id) => readFiled(at("cur", id)),
    write: (id, filed) => turns(id, () => put("new", id, filed)),
    remove: (id) => turns(id, () => rm(at("new", id), { force: true })),
    bury: (id, filed) =>
      turns(id, async () => {
        await put("cur", id, filed);
        await rm(at("new", id), { force: true });
      }),
    unbury: (id) => turns(id, () => rm(at("cur", id), { force: true })),
  };
}

const none = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === "ENOENT") return [];
  throw error;
};

async function writeWhole(path: string, text: string): Promise<void> {
  const file: FileHandle = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function readFiled(path: string): Promise<Filed | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw failureOf("reading", path, error);
  }
  try {
    const filed = JSON.parse(text) as Filed;
    return typeof filed.shown === "object" && typeof filed.seq === "number" ? filed : null;
  } catch {
    return null; // edited by hand: there is nothing to post
  }
}

function failureOf(doing: string, path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new Failure(isFull ? "io.full" : "io.failed", `${doing} ${path} failed: ${message}`, {
    hint: isFull ? "Make room on the disk; it is tried again." : "Look at the file and its folder.",
    cause: error,
  });
}
