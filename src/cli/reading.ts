// How far a bot that was launched has read its journal, by the file its stderr goes to: until then it answers nobody.
import { readFile } from "node:fs/promises";
import type { Progress } from "../core/progress.ts";

const begin = '{"reading"';
const megabyte = 1024 * 1024;

/** Null: it reads nothing long, or has not said so yet. */
export async function readingOf(errors: string): Promise<Progress | null> {
  try {
    const lines = (await readFile(errors, "utf8")).split("\n").slice(0, -1);
    const line = lines.findLast((each) => each.startsWith(begin));
    if (line === undefined) return null;
    const { done, total } = (JSON.parse(line) as { reading: { done: number; total: number } })
      .reading;
    const what = `The bot reads its journal: ${mb(done)} of ${mb(total)} MB`;
    return { what, done, total, eta: null, task: null };
  } catch {
    return null; // no file yet, or not ours any more: it is shown or it is not
  }
}

const mb = (bytes: number): number => Math.round(bytes / megabyte);
