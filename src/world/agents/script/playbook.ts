// What a script member does unprompted: `playbooks/<member>.yaml`, first match wins. Decides; acts nothing out.
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

export type Occasion = "start" | "message" | "gate-red" | "answer";
const occasions: readonly string[] = ["start", "message", "gate-red", "answer"];
const ruleKeys = ["on", "match", "do", "times"];

export interface Rule {
  readonly on: Occasion;
  readonly match: RegExp | null;
  readonly do: readonly string[];
  /** How often it may act in this process's life; null: always. */
  readonly times: number | null;
  /** Tells a rule from others over re-readings of the file; an edited rule counts anew. */
  readonly key: string;
}

export type Playbook =
  | { readonly ok: true; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly why: string };

/** Read anew for each message, so that a person can change it while the team works. A missing one is empty. */
export async function loadPlaybook(path: string): Promise<Playbook> {
  try {
    return parsePlaybook(await readFile(path, "utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT") return { ok: true, rules: [] };
    return { ok: false, why: `it cannot be read: ${String(code ?? error)}` };
  }
}

export function parsePlaybook(text: string): Playbook {
  let list: unknown;
  try {
    list = parse(text);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    return { ok: false, why: `it is no YAML: ${why}` };
  }
  if (list === null || list === undefined) return { ok: true, rules: [] };
  if (!Array.isArray(list)) return { ok: false, why: "it is no list of rules" };
  const rules: Rule[] = [];
  const seen = new Map<string, number>();
  for (const [index, raw] of (list as unknown[]).entries()) {
    const rule = readRule(raw);
    if (typeof rule === "string") return { ok: false, why: `rule ${index + 1}: ${rule}` };
    const nth = seen.get(rule.key) ?? 0;
    seen.set(rule.key, nth + 1);
    rules.push({ ...rule, key: `${nth}:${rule.key}` });
  }
  return { ok: true, rules };
}

/** A rule, or what is wrong with it. */
function readRule(raw: unknown): Rule | string {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return "it is no mapping";
  const rule = raw as Record<string, unknown>;
  const { on, match = null, times = null, do: script } = rule;
  const stray = Object.keys(rule).find((key) => !ruleKeys.includes(key));
  if (stray !== undefined) return `"${stray}" is none of ${ruleKeys.join(", ")}`;
  if (typeof on !== "string" || !occasions.includes(on))
    return `"on" is none of ${occasions.join(", ")}`;
  if (times !== null && (!Number.isInteger(times) || (times as number) < 0))
    return '"times" is no whole number';
  const steps = readSteps(script);
  if (steps === null) return '"do" is no list of steps';
  const pattern = readPattern(match);
  if (typeof pattern === "string") return pattern;
  const key = JSON.stringify([on, match, steps]);
  return { on: on as Occasion, match: pattern, do: steps, times: times as number | null, key };
}

function readSteps(raw: unknown): readonly string[] | null {
  if (typeof raw === "string")
    return raw
      .split("\n")
      .map((s) => s.trim())
      .filter((s) => s !== "");
  if (!Array.isArray(raw)) return null;
  const steps = (raw as unknown[]).map((step) => stepText(step));
  return steps.some((step) => step === null) ? null : steps.map((step) => (step ?? "").trim());
}

/** YAML reads `- say done: now` as a mapping and `- hang` as text; both mean a step. */
function stepText(step: unknown): string | null {
  if (typeof step === "string") return step;
  if (typeof step !== "object" || step === null || Array.isArray(step)) return null;
  const [only, ...more] = Object.entries(step as Record<string, unknown>);
  if (!only || more.length > 0 || typeof only[1] === "object") return null;
  return `${only[0]}: ${String(only[1])}`;
}

function readPattern(match: unknown): RegExp | null | string {
  if (match === null) return null;
  if (typeof match !== "string" && typeof match !== "number") return '"match" is no text';
  try {
    return new RegExp(String(match), "m");
  } catch (error) {
    return `"match" is no regular expression: ${error instanceof Error ? error.message : ""}`;
  }
}

/** The first rule for this occasion that matches and has not acted as often as it may. */
export function pickRule(
  rules: readonly Rule[],
  occasion: Occasion,
  body: string,
  acted: ReadonlyMap<string, number>,
): Rule | null {
  const fits = (rule: Rule): boolean =>
    rule.on === occasion &&
    (rule.match === null || rule.match.test(body)) &&
    (rule.times === null || (acted.get(rule.key) ?? 0) < rule.times);
  return rules.find(fits) ?? null;
}

/** Fills `{{name}}` holes; a name we do not know stays as it stands. */
export function fillHoles(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([a-z.]+)\s*\}\}/g, (hole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? hole) : hole,
  );
}
