// `doctor --bundle`: a folder of text to send to somebody who helps. No secret, no message's body, nothing of the code.
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Redact } from "../lib/redact.ts";
import type { Paths } from "../world/paths.ts";

export interface BundleParts {
  readonly paths: Paths;
  readonly redact: Redact;
  readonly versions: string;
  readonly findings: string;
  readonly status: string;
  /** Names the folder. */
  readonly at: string;
}

/** Of the log and of the journal: the last bytes. */
const logTail = 64 * 1024;
const journalTail = 256 * 1024;
/** Longest text of a field that stays. */
const textKept = 80;

/** @returns the folder */
export async function writeBundle(parts: BundleParts): Promise<string> {
  const { paths, redact } = parts;
  const dir = join(paths.batty, `bundle-${parts.at.replace(/[:.]/g, "-")}`);
  const texts = {
    "versions.txt": parts.versions,
    "doctor.txt": parts.findings,
    "status.txt": parts.status,
    "team.yaml": withoutSecrets((await tailOf(paths.teamYaml, logTail)) ?? "there is none\n"),
    "daemon.log": (await tailOf(paths.log, logTail)) ?? "there is none\n",
    "events.jsonl": cutBodies((await tailOf(paths.journal, journalTail)) ?? ""),
  };
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(texts))
    await writeFile(join(dir, name), redact(text), { mode: 0o600 });
  return dir;
}

/** Null: there is no such file. */
async function tailOf(path: string, bytes: number): Promise<string | null> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString("utf8", 0, bytesRead);
    return size > bytes ? text.slice(text.indexOf("\n") + 1) : text;
  } finally {
    await file.close();
  }
}

const secretKey =
  /^(\s*(?:-\s*)?["']?[\w-]*(?:token|secret|password|passwd|api_?key|private_?key)[\w-]*["']?\s*:).*$/gim;

/** By the key's name, whatever the value looks like. */
const withoutSecrets = (yaml: string): string => yaml.replace(secretKey, "$1 [redacted]");

/** Names, numbers and codes tell what happened; what was said is nobody's business. */
function cutBodies(jsonl: string): string {
  return jsonl
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      try {
        return `${JSON.stringify(JSON.parse(line), cut)}\n`;
      } catch {
        return "a line that can't be read\n"; // its text may be anybody's
      }
    })
    .join("");
}

const bodies = new Set(["body", "text", "question", "answer", "args", "summary", "title", "lines"]);

function cut(key: string, value: unknown): unknown {
  if (bodies.has(key)) {
    const length =
      typeof value === "string" ? value.length : Array.isArray(value) ? value.length : 0;
    return value === null ? null : `[cut: ${length}]`;
  }
  return typeof value === "string" && value.length > textKept
    ? `${value.slice(0, textKept)}…`
    : value;
}
