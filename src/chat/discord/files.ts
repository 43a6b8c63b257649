// What people attach on Discord, fetched to where it is kept for the member. Bounded in size and time.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { Refused } from "../../core/command.ts";
import type { Millis } from "../../core/words.ts";

export interface Attached {
  readonly name: string;
  readonly url: string;
  readonly size: number;
}

/** As for files from the local chat. */
const largest = 20 * 1024 * 1024;
const within: Millis = 60_000;

/** Where Discord keeps what is attached there. */
const hosts: readonly string[] = ["https://cdn.discordapp.com", "https://media.discordapp.net"];

export interface FileParts {
  /** Where Discord is; null: everybody's. One in its place has its files itself, and none at Discord's hosts. */
  readonly api: string | null;
  /** Copies them to where they stay. */
  keep(paths: readonly string[]): Promise<readonly string[]>;
}

/** @throws Refused, and nothing is kept */
export async function fetchFiles(
  files: readonly Attached[],
  { api, keep }: FileParts,
): Promise<readonly string[]> {
  const from = api === null ? hosts : [new URL(api).origin];
  if (files.length === 0) return [];
  const dir = await mkdtemp(join(tmpdir(), "batty-discord-"));
  try {
    const signal = AbortSignal.timeout(within);
    const paths: string[] = [];
    for (const [n, file] of files.entries()) {
      const path = join(dir, nameOf(file, n, paths));
      await fetchOne(file, { from, to: path, signal });
      paths.push(path);
    }
    return await keep(paths);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function nameOf({ name }: Attached, n: number, taken: readonly string[]): string {
  const safe =
    name
      .replace(/[^\p{L}\p{N}._-]+/gu, "_")
      .replace(/^[._-]+/, "")
      .slice(-80) || "file";
  return taken.some((path) => path.endsWith(`/${safe}`)) ? `${n}-${safe}` : safe;
}

interface Fetching {
  /** What an address has to begin with, its host's name and port complete. */
  readonly from: readonly string[];
  readonly to: string;
  readonly signal: AbortSignal;
}

async function fetchOne({ name, url, size }: Attached, { from, to, signal }: Fetching) {
  const refused = (why: string, cause?: unknown): Refused =>
    Object.assign(
      new Refused("chat.bad-file", `${name} was not sent along: ${why}.`, "Send it again."),
      { cause },
    );
  // The bot stands in a network of its own: no address in it is asked for because a message says so.
  if (!from.includes(originOf(url))) throw refused("it is not on Discord itself");
  if (size > largest) throw refused("it is larger than 20 MB");
  try {
    // Discord's own address has the file itself: one that sends us on is not where it was attached.
    const answer = await fetch(url, { signal, redirect: "error" });
    if (!answer.ok || answer.body === null) throw refused(`Discord answers ${answer.status}`);
    const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
    await pipeline(
      body,
      atMost(largest, () => refused("it is larger than 20 MB")),
      createWriteStream(to, { mode: 0o600 }),
      { signal },
    );
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw refused("it could not be fetched from Discord", error);
  }
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : "");

/** Whatever size was told, no more than this is written. */
function atMost(most: number, tooMuch: () => Error): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length;
      if (seen > most) done(tooMuch());
      else done(null, chunk);
    },
  });
}
