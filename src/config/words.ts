// The kinds of values a team file is made of. Each says in one phrase what it takes; explain.ts puts the key before it.
import { Cron } from "croner";
import * as z from "zod";
import { parseDuration } from "../lib/duration.ts";

function must(phrase: string) {
  return { error: `must be ${phrase}` };
}

export const text = z.string(must("text")).trim().min(1, must("text, not empty"));
export const flag = z.boolean(must("true or false"));
export const number = z.number(must("a number"));
/** `atLeast` … `atMost`, both allowed. */
export const whole = (atLeast = 0, atMost = Number.MAX_SAFE_INTEGER) => {
  const phrase = must(
    atMost === Number.MAX_SAFE_INTEGER
      ? `a whole number, ${atLeast} or more`
      : `a whole number from ${atLeast} to ${atMost}`,
  );
  return z.int(phrase).min(atLeast, phrase).max(atMost, phrase);
};
export const share = z
  .number(must("a number from 0 to 1"))
  .min(0, must("a number from 0 to 1"))
  .max(1, must("a number from 0 to 1"));
export const amount = z.number(must("a number, 0 or more")).min(0, must("a number, 0 or more"));
/** Keys that end in `_secs`, `_minutes`, `_hours` take plain numbers. */

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

export const duration = z
  .string(must("a duration such as 90s, 10m, 2h or 3d"))
  .refine((value) => parseDuration(value) !== null, must("a duration such as 90s, 10m, 2h or 3d"));

export const list = <T extends z.ZodType>(item: T) => z.array(item, must("a list"));
export const table = <T extends z.ZodType>(value: T) =>
  z.record(z.string(), value, must("a map of names"));
export const keys = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? "must be a map of keys" : undefined),
  });

/** A platform's id, number or text; kept as text. */
export const id = choice("an id (digits)", (words) => [
  z.int(words),
  z.string(words).regex(/^-?\d{1,25}$/, words),
]).transform(String);

/** A channel: its id, or its name. */
export const idOrName = choice("an id or a name", (words) => [
  z.int(words),
  z.string(words).trim().min(1, words),
]).transform(String);

/** Forms that are told with one phrase: zod answers for a union with whichever branch came nearest. */
export function choice<const T extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  phrase: string,
  branches: (words: { readonly error: string }) => T,
) {
  const words = must(phrase);
  return z.union(branches(words), words);
}

const relative = "a path inside the repository, relative to its root";
export const insidePath = z
  .string(must(relative))
  .trim()
  .refine(
    (path) => path !== "" && !path.startsWith("/") && !path.split(/[\\/]/).includes(".."),
    must(relative),
  );

export const promptFile = z
  .string(must("a file name such as architect.md"))
  .refine(
    (name) => /^[\w][\w./-]*\.md$/.test(name) && !name.includes(".."),
    must("a .md file under team_config, such as architect.md"),
  );

export const variable = z
  .string(must("the name of an environment variable"))
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    must("the name of an environment variable (the name, not its value)"),
  );

export const timezone = z
  .string(must("a time zone such as Europe/Berlin"))
  .refine(isTimezone, must("a time zone such as Europe/Berlin"));

export const clockTime = z
  .string(must('a time such as "22:00", in quotes'))
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, must('a time such as "22:00", in quotes'));

export const cron = z
  .string(must('a cron line of five fields such as "0 9 * * 1-5"'))
  .regex(
    /^\s*([\d*/,\-A-Za-z]+\s+){4}[\d*/,\-A-Za-z]+\s*$/,
    must('a cron line of five fields such as "0 9 * * 1-5"'),
  )
  .refine(comesUp, must('a cron line whose time comes, such as "0 9 * * 1-5"'));

export const pattern = z
  .string(must("a regular expression"))
  .refine(isPattern, must("a valid regular expression"));

function comesUp(line: string): boolean {
  try {
    return new Cron(line, { paused: true, mode: "5-part" }).nextRun() !== null;
  } catch {
    return false; // Cron has no other way to be asked
  }
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false; // Intl has no other way to be asked
  }
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false; // RegExp has no other way to be asked
  }
}
