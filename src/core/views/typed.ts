// A message as it is typed into a pane (interface §5): a header line, then the body or where it lies.
import type { Mail } from "../ports.ts";

/** Longer bodies go to a file: bytes. */
export const typedAtMost = 4_096;

export function headerOf(mail: Mail): string {
  const task = mail.task === undefined ? "" : ` task ${mail.task}`;
  const via = mail.via === undefined ? "" : ` via ${mail.via}`;
  return `[batty ${mail.id} from ${mail.from}${task}${via}]`;
}

/** @param bodyFile absolute path of the stored body; null: the body itself is typed */
export function typedText(mail: Mail, bodyFile: string | null): string {
  return `${headerOf(mail)}\n${bodyFile === null ? mail.body : `[body: ${bodyFile}]`}`;
}
