// The text of a message file and back. Knows the format (ours and Batty's five fields), no folder.
import type { Mail } from "../core/ports.ts";
import type { MemberName, MessageId } from "../core/words.ts";
import type { Parsed } from "./maildir-folder.ts";

const required = {
  from: "string",
  body: "string",
  msg_type: "string",
  timestamp: "number",
} as const;
const optional = {
  to: "string",
  via: "string",
  task: "number",
  echo: "string",
  signature: "string",
  now: "boolean",
} as const;

/**
 * Reads a message. The file's name is its id and the folder it lies in is its recipient, whatever the text
 * claims: agents and people move files. Unknown keys are kept.
 */
export function parseMail(id: MessageId, to: MemberName, text: string): Parsed<Mail> {
  const raw = parseObject(text);
  if (!raw.ok) return raw;
  const fields = raw.value;
  for (const [key, type] of Object.entries(required)) {
    if (fields[key] === undefined || fields[key] === null)
      return { ok: false, why: `it has no ${key}` };
    if (typeof fields[key] !== type) return { ok: false, why: `its ${key} is no ${type}` };
  }
  for (const [key, type] of Object.entries(optional)) {
    if (fields[key] === null) delete fields[key];
    else if (fields[key] !== undefined && typeof fields[key] !== type)
      return { ok: false, why: `its ${key} is no ${type}` };
  }
  const { from } = fields;
  if (from === "") return { ok: false, why: "its from is empty" };
  return { ok: true, value: { ...(fields as unknown as Mail), id, to } };
}

export function renderMail(mail: Mail): string {
  return `${JSON.stringify(mail)}\n`;
}

/** One JSON object. What a writer has not finished yet is none. */
export function parseObject(text: string): Parsed<Record<string, unknown>> {
  if (text.trim() === "") return { ok: false, why: "it is empty" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's wording differs between Node versions and helps nobody.
    return { ok: false, why: "it is not (or not yet) a whole JSON value" };
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ok: true, value: value as Record<string, unknown> }
    : { ok: false, why: "it is no JSON object" };
}
