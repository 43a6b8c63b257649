// A plain checklist → tasks: `- [ ] …` under a `## TODO` heading, or anywhere when there is no such heading.
// Pure; says nothing of who imports it or how often.
import type { NewTask } from "./ports.ts";

const heading = /^(#{1,6})\s+(.*?)\s*#*$/;
const item = /^(\s*)[-*+]\s+\[([ xX])\]\s+(.+?)\s*$/;
const todo = /^(to[- ]?do|todos)\b/i;

/** Open items in order; lines indented below an item are its body. Ticked items and all below them are left out. */
export function tasksOfChecklist(text: string): NewTask[] {
  const lines = openSections(text.split(/\r?\n/));
  const tasks: NewTask[] = [];
  let body: string[] = [];
  let depth = Number.POSITIVE_INFINITY;
  let skipping = true;
  const close = (): void => {
    const task = tasks.at(-1);
    if (task && !skipping) tasks[tasks.length - 1] = { ...task, body: dedent(body) };
    body = [];
  };
  for (const line of lines) {
    const match = item.exec(line);
    const indent = /^\s*/.exec(line)?.[0].length ?? 0;
    if (match && indent <= depth) {
      close();
      depth = indent;
      skipping = match[2] !== " ";
      if (!skipping) tasks.push({ title: match[3] ?? "", body: "" });
    } else if (line.trim() !== "" && indent <= Math.min(depth, 0)) {
      // Text at the margin ends the list.
      close();
      depth = Number.POSITIVE_INFINITY;
      skipping = true;
    } else body.push(line);
  }
  close();
  return tasks;
}

/** The lines below TODO headings, down to the next heading of the same or a higher rank; all lines without one. */
function openSections(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let rank = 0;
  let found = false;
  for (const line of lines) {
    const match = heading.exec(line);
    const level = match?.[1]?.length ?? 0;
    if (match && (rank === 0 || level <= rank)) {
      rank = todo.test(match[2] ?? "") ? level : 0;
      found ||= rank > 0;
    }
    if (rank > 0) kept.push(line);
  }
  return found ? kept : lines;
}

function dedent(lines: readonly string[]): string {
  const full = lines.filter((line) => line.trim() !== "");
  const indent = Math.min(...full.map((line) => /^\s*/.exec(line)?.[0].length ?? 0));
  const text = lines.map((line) => line.slice(indent).trimEnd()).join("\n");
  const body = text.replace(/^\n+|\n+$/g, "");
  return body === "" ? "" : `${body}\n`;
}
