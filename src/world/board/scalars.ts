// How single values are written and read in a task's front matter: kanban-md's rules, which are those of
// Go's yaml.v3 and time packages. Pure. Shape: test/fixtures/kanban-md/reads.json, strings.json
import type { Instant } from "../../core/words.ts";
import { isNull, type Node, type Scalar, Unreadable } from "./nodes.ts";

const plainText = /^[A-Za-z][A-Za-z0-9 _./-]*[A-Za-z0-9]$/;
const reserved = /^(null|true|false|yes|no|on|off|y|n)$/i;
// JSON leaves these raw, but they end a line or are refused on the other side.
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A string as YAML: plain when that is certainly safe, else quoted as JSON. Lone surrogates become U+FFFD. */
export function quote(text: string): string {
  if (plainText.test(text) && !reserved.test(text)) return text;
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    unsafe,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Blank in Go's sense: U+0085 is, U+FEFF is not. */
export function isBlank(text: string): boolean {
  return /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);
}

/** RFC 3339 in UTC, trailing zeros of the fraction trimmed as Go does. */
export function writeTime(at: Instant): string {
  return new Date(at).toISOString().replace(/\.?0*Z$/, "Z");
}

const strict = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const loose =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;
const zoneless = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?()$/;
const dateOnly = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;

/** A time; null is "none" (absent, `~`, or Go's year 1). @throws Unreadable */
export function readTime(node: Scalar): Instant | null {
  if (isNull(node)) return null;
  const forms = node.plain ? [loose, zoneless, dateOnly] : [strict];
  for (const form of forms) {
    const at = fromParts(form.exec(node.text));
    if (at !== null) return at <= yearOne ? null : at;
  }
  throw new Unreadable(
    node.at,
    `${quote(node.text)} is no time; write it like 2026-01-31T09:30:00Z`,
  );
}

const yearOne = Date.parse("0001-01-01T00:00:00Z");

function fromParts(match: RegExpExecArray | null): Instant | null {
  if (!match) return null;
  const part = (at: number): number => Number(match[at] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59 || !isDay(year, month, day)) return null;
  const zone = /^([+-])(\d\d):(\d\d)$/.exec(match[8] ?? "");
  const [zoneHours, zoneMinutes] = [Number(zone?.[2] ?? 0), Number(zone?.[3] ?? 0)];
  if (zoneHours > 24 || zoneMinutes > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(
    hour,
    minute,
    second,
    Math.floor(Number(`0.${(match[7] ?? ".0").slice(1)}`) * 1000),
  );
  const offset = (zoneHours * 60 + zoneMinutes) * 60_000;
  return date.getTime() - (zone?.[1] === "-" ? -offset : offset);
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** `due` knows no time of day: `YYYY-MM-DD`, in full. @throws Unreadable */
export function checkDate(node: Scalar): void {
  if (isNull(node)) return;
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(node.text);
  if (match && isDay(Number(match[1]), Number(match[2]), Number(match[3]))) return;
  throw new Unreadable(node.at, `${quote(node.text)} is no date; write it like 2026-01-31`);
}

/** An integer in any of the forms Go takes (010 is octal, 1.5 is 1). @throws Unreadable */
export function readInt(node: Node): number {
  if (node.kind === "scalar" && node.plain) {
    const value = parseInteger(node.text.replaceAll("_", "")) ?? parseFloating(node.text);
    if (value !== null && Number.isSafeInteger(value)) return value;
  }
  const shown = node.kind === "scalar" ? quote(node.text) : `a ${node.kind}`;
  throw new Unreadable(node.at, `${shown} is no whole number; write digits without quotes`);
}

function parseInteger(text: string): number | null {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]+|0|[1-9]\d*)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined) return null;
  const octal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return match?.[1] === "-" ? -Number(octal) : Number(octal);
}

function parseFloating(text: string): number | null {
  return /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)
    ? Math.trunc(Number(text))
    : null;
}

const yes = ["true", "True", "TRUE", "y", "Y", "yes", "on"];
const no = ["false", "False", "FALSE", "n", "N", "no", "off"];

/** A truth value, or the text itself where it is none (Batty once wrote the reason into `blocked`). */
export function readBlocked(node: Node): boolean | string {
  if (isNull(node)) return false;
  if (node.kind !== "scalar") throw new Unreadable(node.at, "`blocked` is true or left out");
  if (yes.includes(node.text)) return true;
  if (no.includes(node.text) || isBlank(node.text)) return false;
  if (node.plain && /^[-+.]?\d/.test(node.text)) {
    throw new Unreadable(node.at, `\`blocked: ${node.text}\` is neither true nor a reason`);
  }
  return node.text;
}
