// A form as Discord checks one: everything that is wrong with it is told at once, nested as the form is.
// Lengths are counted in code points, because that is what Discord's Python counts (a staff member's
// word in discord/discord-api-docs#1315): an emoji outside the BMP is one, a flag is two.
import type { RESTError, RESTErrorData } from "discord-api-types/v10";
import { RESTJSONErrorCodes } from "discord-api-types/v10";
import type { Refusal } from "./refusals.ts";

export type Path = readonly (string | number)[];
type Loose = Readonly<Record<string, unknown>>;

/** What one request is found guilty of, in the order it was found. */
export interface Form {
  say(path: Path, code: string, message: string): void;
  /** Whether anything at or below the path is wrong. */
  wrong(path: Path): boolean;
  refusal(): Refusal | null;
}

interface Fault {
  readonly path: Path;
  readonly code: string;
  readonly message: string;
}

/** @param under where the form sits in the request: `["data"]` in the answer to an interaction */
export function openForm(under: Path = []): Form {
  const faults: Fault[] = [];
  return {
    say: (path, code, message) => {
      faults.push({ path: [...under, ...path].map(String), code, message });
    },
    wrong: (path) => {
      const at = [...under, ...path].map(String);
      return faults.some((fault) => at.every((step, index) => fault.path[index] === step));
    },
    refusal: () =>
      faults.length === 0 ? null : { status: 400, body: invalidForm(nested(faults)) },
  };
}

const invalidForm = (errors: RESTErrorData): RESTError => ({
  message: "Invalid Form Body",
  code: RESTJSONErrorCodes.InvalidFormBodyOrContentType,
  errors,
});

interface Nest {
  _errors?: { code: string; message: string }[];
  [step: string]: Nest | { code: string; message: string }[] | undefined;
}

function nested(faults: readonly Fault[]): RESTErrorData {
  const top: Nest = {};
  for (const { path, code, message } of faults) {
    let nest = top;
    for (const step of path) {
      nest[String(step)] ??= {};
      nest = nest[String(step)] as Nest;
    }
    nest._errors = [...(nest._errors ?? []), { code, message }];
  }
  return top as RESTErrorData;
}

export const lengthOf = (text: string): number => Array.from(text).length;

interface Bounds {
  readonly min?: number;
  readonly max: number;
}

/** Says so when a list or a text is not as long as it must be. */
export function within(form: Form, path: Path, length: number, { min, max }: Bounds): void {
  if (length <= max && length >= (min ?? 0)) return;
  if (min === undefined) {
    form.say(path, "BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`);
  } else {
    form.say(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${min} and ${max} in length.`);
  }
}

export function required(form: Form, path: Path): void {
  form.say(path, "BASE_TYPE_REQUIRED", "This field is required");
}

/** The text, if there is one within bounds; `must` says that there has to be. */
export function textIn(
  form: Form,
  path: Path,
  value: unknown,
  bounds: Bounds & { readonly must?: boolean },
): string | null {
  if (value === undefined || value === null) {
    if (bounds.must === true) required(form, path);
    return null;
  }
  if (typeof value === "object") {
    form.say(
      path,
      "STRING_TYPE_CONVERT",
      `Could not interpret "${JSON.stringify(value)}" as string.`,
    );
    return null;
  }
  // Numbers and booleans are taken as their text, as Discord's string type does.
  const text = String(value);
  within(form, path, lengthOf(text), bounds);
  return text;
}

/** The items of a list within bounds; none when it is no list. */
export function listIn(
  form: Form,
  path: Path,
  value: unknown,
  bounds: Bounds & { readonly must?: boolean },
): readonly Loose[] {
  if (value === undefined || value === null) {
    if (bounds.must === true) required(form, path);
    return [];
  }
  if (!Array.isArray(value)) {
    form.say(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
    return [];
  }
  within(form, path, value.length, bounds);
  return value.map((item) => (isLoose(item) ? item : {}));
}

export function numberIn(
  form: Form,
  path: Path,
  value: unknown,
  bounds: { readonly min: number; readonly max: number },
): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    form.say(path, "NUMBER_TYPE_COERCE", `Value "${JSON.stringify(value)}" is not int.`);
    return null;
  }
  if (value < bounds.min) {
    form.say(
      path,
      "NUMBER_TYPE_MIN",
      `int value should be greater than or equal to ${bounds.min}.`,
    );
  }
  if (value > bounds.max) {
    form.say(path, "NUMBER_TYPE_MAX", `int value should be less than or equal to ${bounds.max}.`);
  }
  return value;
}

export function oneOf(
  form: Form,
  path: Path,
  value: unknown,
  allowed: readonly (string | number)[],
): boolean {
  if (allowed.some((one) => one === value)) return true;
  if (value === undefined) required(form, path);
  else form.say(path, "BASE_TYPE_CHOICES", `Value must be one of {${allowed.join(", ")}}.`);
  return false;
}

export function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The part of a form as a record; empty where there is none, so that its fields read as absent. */
export const looseOf = (value: unknown): Loose => (isLoose(value) ? value : {});
