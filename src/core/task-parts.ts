// What the body of a task should say, and whether it does: whoever gets the task knows nothing else of it.

const parts = {
  Scope: "what may change and what must stay",
  Acceptance: "what can be observed when it is done",
  Test: "which test shows it",
} as const;
type Part = keyof typeof parts;

/** Told apart by the lines that begin with them, as text, list item, heading or in bold. */
const begins: Readonly<Record<Part, RegExp>> = {
  Scope: line("scope"),
  Acceptance: line("acceptance"),
  Test: line("tests?"),
};

function line(word: string): RegExp {
  return new RegExp(`^\\s*(?:#+\\s*|[-*+]\\s+|\\d+[.)]\\s+)?(?:\\*\\*|__)?${word}\\b`, "im");
}

const missing = (body: string): readonly Part[] =>
  (Object.keys(parts) as Part[]).filter((part) => !begins[part].test(body));

export const saysNothing = (body: string): boolean =>
  missing(body).length === Object.keys(parts).length;

/** What a reader of this body will miss, to be said to its author; empty: nothing. */
export function wanting(body: string): string {
  const list = missing(body).map((part) => `${part} (${parts[part]})`);
  const last = list.pop();
  if (last === undefined) return "";
  const all = list.length === 0 ? last : `${list.join(", ")} and ${last}`;
  return `It does not say ${all}.`;
}

/** The mend, with an example. */
export const howToSay = [
  "Give it a --body with three lines that begin so, for example:",
  "Scope: src/auth/ and its test; sessions stay as they are.",
  "Acceptance: POST /login with a wrong password answers 401 and no token; a right one still answers 200.",
  "Test: test/login.test.ts has a case for each; the first fails before the change.",
].join("\n");
