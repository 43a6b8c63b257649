// Turns what the schema objects to into problems a person can mend: place, key, what it takes, what was probably meant.
import type { z } from "zod";
import { nearest } from "../core/suggest.ts";
import type { Path, Source } from "./source.ts";

/** A problem whose file is not known yet. */
export interface Objection {
  readonly line: number;
  readonly key: string;
  readonly say: string;
  readonly hint: string;
}

type Issue = z.core.$ZodIssue;

export function explain(issues: readonly Issue[], schema: z.ZodType, source: Source): Objection[] {
  return issues
    .flatMap((issue) => explainOne(issue, [], schema, source))
    .sort((a, b) => a.line - b.line);
}

function explainOne(issue: Issue, before: Path, schema: z.ZodType, source: Source): Objection[] {
  const path: Path = [
    ...before,
    ...issue.path.map((step) => (typeof step === "number" ? step : String(step))),
  ];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey(key, path, schema, source));
  if (issue.code === "invalid_union") {
    const meant = issue.errors.filter((branch) => branch.every(isInside));
    if (meant.length === 1 && meant[0] !== undefined)
      return meant[0].flatMap((inner) => explainOne(inner, path, schema, source));
  }
  const found = valueAt(source.value, path);
  const line = source.lineOf(path);
  const key = dotted(path);
  if (found === undefined)
    return [{ line, key, say: `${key || "the file"} is missing`, hint: `It ${issue.message}.` }];
  const near =
    issue.code === "invalid_value" && typeof found === "string"
      ? nearest(found, issue.values.map(String))
      : undefined;
  return [
    {
      line,
      key,
      say: `${key || "the file"} ${issue.message}, not ${shown(found)}`,
      hint: near !== undefined ? `Did you mean ${near}?` : quoteHint(found, issue),
    },
  ];
}

/** About something inside the value: the branch is the one that was meant. */
const isInside = (issue: Issue): boolean =>
  issue.code === "unrecognized_keys" || issue.path.length > 0;

const quoteHint = (found: unknown, issue: Issue): string =>
  issue.code === "invalid_type" && issue.expected === "string" && typeof found !== "object"
    ? "Put it in quotes if it is meant as text."
    : "";

function unknownKey(key: string, path: Path, schema: z.ZodType, source: Source): Objection {
  const known = keysAt(schema, path);
  const near = nearest(key, known);
  const home = homesOf(schema, key).find((place) => place !== dotted(path));
  const where = path.length === 0 ? "at the top level" : `under ${dotted(path)}`;
  const hint =
    near !== undefined
      ? `Did you mean ${near}?`
      : home !== undefined
        ? `${key} belongs ${home === "" ? "at the top level" : `under ${home}`}.`
        : `Known here: ${known.join(", ")}.`;
  const full = dotted([...path, key]);
  return {
    line: source.lineOf([...path, key]),
    key: full,
    say: `unknown key ${key} ${where}`,
    hint,
  };
}

/** `roles[1].talks_to[0]`. */
export const dotted = (path: Path): string =>
  path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join("");

export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string, unknown>)[String(step)];
  }
  return here;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}

// ---------------------------------------------------------------- what the schema knows

type Def = { readonly type: string } & Record<string, unknown>;

/** Through `optional()`, transformations and unions to the shapes that can stand here. */
function opened(schema: unknown): readonly Def[] {
  const def = (schema as { readonly def: Def }).def;
  if (def.type === "optional") return opened(def["innerType"]);
  if (def.type === "pipe") return opened(def["in"]);
  if (def.type === "union") return (def["options"] as readonly unknown[]).flatMap(opened);
  return [def];
}

function below(schema: unknown, step: string | number): readonly unknown[] {
  return opened(schema).flatMap((def) => {
    if (def.type === "object") return (def["shape"] as Record<string, unknown>)[String(step)] ?? [];
    if (def.type === "array") return [def["element"]];
    return def.type === "record" ? [def["valueType"]] : [];
  });
}

function keysAt(schema: unknown, path: Path): string[] {
  let here: readonly unknown[] = [schema];
  for (const step of path) here = here.flatMap((one) => below(one, step));
  return here
    .flatMap(opened)
    .flatMap((def) => (def.type === "object" ? Object.keys(def["shape"] as object) : []));
}

/** The places where a key of this name is known: a right word at the wrong depth is the commonest slip. */
function homesOf(schema: unknown, key: string, at = ""): string[] {
  return opened(schema).flatMap((def) => {
    if (def.type === "array") return homesOf(def["element"], key, `${at}[]`);
    if (def.type === "record") return homesOf(def["valueType"], key, `${at}.NAME`);
    if (def.type !== "object") return [];
    const shape = def["shape"] as Record<string, unknown>;
    const here = Object.hasOwn(shape, key) ? [at] : [];
    const deeper = Object.entries(shape).flatMap(([name, inner]) =>
      homesOf(inner, key, at === "" ? name : `${at}.${name}`),
    );
    return [...here, ...deeper];
  });
}
