// Makes a recording into a fixture: ids, paths and ports become placeholders of the same length (so that screens
// keep their layout), long texts are cut, one JSON a line, packed.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import type { Head, Line } from "./line.ts";

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const port = /127\.0\.0\.1:\d+/g;
/** Letters of a text in an agent's own record that are kept: prompts and tool lists there run to pages. */
const longestText = 400;
/** Lines of Claude's transcript that are notes to itself, and long. */
const noise = new Set([
  "attachment",
  "api-request",
  "api-request-shape",
  "api-request-blob",
  "file-history-snapshot",
]);

export async function writeFixture(
  path: string,
  head: Head,
  folder: string,
  lines: readonly Line[],
): Promise<void> {
  const place = `/lab/${"0".repeat(Math.max(1, folder.length - 5))}`;
  const ids = new Map<string, string>();
  const normal = (text: string): string =>
    text
      .replaceAll(folder, place)
      // As Claude names the folder of a project's transcripts.
      .replaceAll(folder.replaceAll(/[^a-zA-Z0-9]/g, "-"), place.replaceAll("/", "-"))
      .replaceAll(uuid, (id) => {
        const known =
          ids.get(id) ?? `00000000-0000-4000-8000-${String(ids.size + 1).padStart(12, "0")}`;
        ids.set(id, known);
        return known;
      })
      .replaceAll(port, "127.0.0.1:1");
  const told = lines.filter((line) => line.k !== "record" || !noise.has(typeOf(line.body)));
  const rows = [head, ...told].map((line) => normal(JSON.stringify(line, cut)));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, gzipSync(`${rows.join("\n")}\n`, { level: 9 }));
}

function typeOf(body: unknown): string {
  return typeof body === "object" && body !== null && "type" in body ? String(body.type) : "";
}

function cut(key: string, value: unknown): unknown {
  if (/^\d+$/.test(key)) return value; // a row of the screen
  if (typeof value !== "string" || value.length <= longestText) return value;
  return `${value.slice(0, longestText)}… (${value.length - longestText} more)`;
}
