// activity.jsonl: what was done to the board, one line a deed, in the form `kanban-md log` reads.
// A courtesy to people: it decides nothing.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instant, TaskId } from "../../core/words.ts";
import { appendLines, draft, replaceWith } from "./files.ts";
import type { Deed } from "./merge.ts";
import { writeTime } from "./scalars.ts";

/** A line of 65,536 bytes makes `kanban-md log` fail for ever. */
const longestLine = 65_000;
const mostLines = 10_000;
/** Bytes below which 10,000 lines are not worth counting, and by which the file must grow between counts. */
const countFrom = 600_000;
const countEach = 100_000;

export type LogDeeds = (task: TaskId, deeds: readonly Deed[], at: Instant) => Promise<void>;

export function openActivity(dir: string): LogDeeds {
  const path = join(dir, "activity.jsonl");
  let countAt = countFrom;
  return async (task, deeds, at) => {
    const timestamp = writeTime(at);
    const size = await appendLines(
      path,
      deeds.map((deed) => lineOf(deed, task, timestamp)),
      false,
    );
    if (size < countAt) return;
    const left = await trim(path, size);
    countAt = Math.max(countFrom, left + countEach);
  };
}

function lineOf({ action, detail }: Deed, task: TaskId, timestamp: string): string {
  const line = (text: string): string =>
    // As Go writes it: these could end a line or open a tag where the log is shown.
    JSON.stringify({ timestamp, action, task_id: task, detail: text }).replace(
      /[<>&\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  let text = detail;
  while (Buffer.byteLength(line(text)) > longestLine) {
    text = `${text.slice(0, Math.floor(text.length / 2)).replace(/\p{Surrogate}$/u, "")}…`;
  }
  return line(text);
}

async function trim(path: string, size: number): Promise<number> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  if (lines.length <= mostLines) return size;
  const kept = Buffer.from(`${lines.slice(-mostLines).join("\n")}\n`);
  await replaceWith(await draft(path, kept, 0o600), path);
  return kept.length;
}
