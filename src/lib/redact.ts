// Secrets out of a text: tokens by their shape, and values that are known to be secret. Pure; knows no place that a
// text goes to. What it leaves behind never looks like a secret again, so that doing it twice changes nothing.

export type Redact = (text: string) => string;

interface Shape {
  readonly name: string;
  readonly pattern: RegExp;
}

/** Not in the middle of a longer word: hashes and ids stay whole. */
const begins = "(?<![A-Za-z0-9_-])";
const shape = (name: string, source: string): Shape => ({
  name,
  pattern: new RegExp(`${begins}(?:${source})`, "g"),
});

/** A pane cuts long words at its edge: of tokens whose length is known, the rest is found on the next line. */
const wrapped = (chars: string, length: number): string => `(?:\\n?[${chars}]){${length}}`;

// A token cut off by a limit is still found: the lengths asked for are shorter than the real ones.
const shapes: readonly Shape[] = [
  {
    name: "private-key",
    pattern:
      /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  },
  shape(
    "github",
    `gh[pousr]_(?:${wrapped("A-Za-z0-9", 36)}[A-Za-z0-9]*|[A-Za-z0-9]{12,})|github_pat_[A-Za-z0-9_]{16,}`,
  ),
  shape("gitlab", "glpat-[A-Za-z0-9_-]{16,}"),
  shape("aws", `(?:AKIA|ASIA)${wrapped("A-Z0-9", 16)}(?![A-Za-z0-9])`),
  {
    name: "aws",
    pattern: /(?<=aws_?secret_?(?:access_?)?key["']?\s*[=:]\s*["']?)[A-Za-z0-9/+]{20,}=*/gi,
  },
  shape("slack", "xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}"),
  { name: "slack", pattern: /(?<=hooks\.slack\.com\/services\/)[A-Za-z0-9/]{12,}/g },
  { name: "discord", pattern: /(?<=discord(?:app)?\.com\/api\/webhooks\/\d+\/)[\w-]{20,}/g },
  // Its first part is a number in base64, which few other words are.
  shape(
    "discord",
    "(?:[MNO][DTjz][AEIMQUYcgk][0-9wxyz]){5,7}[A-Za-z0-9]{0,3}\\.[\\w-]{6,7}\\.[\\w-]{20,}",
  ),
  shape("telegram", "\\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
  shape("anthropic", "sk-ant-[A-Za-z0-9_-]{12,}"),
  shape("openai", "sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_]{20}[A-Za-z0-9_-]*"),
  shape("stripe", "[rs]k_(?:live|test)_[A-Za-z0-9]{12,}"),
  shape("google", "AIza[A-Za-z0-9_-]{30,}"),
  shape("npm", "npm_[A-Za-z0-9]{30,}"),
  shape("jwt", "eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?"),
  { name: "bearer", pattern: /(?<=\bBearer\s)[A-Za-z0-9._~+/-]{16,}=*/gi },
  { name: "password", pattern: /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/]+(?=@)/gi },
];

/** Shorter values are too common in innocent texts. */
const shortestValue = 6;
/** So much of a known value at a text's end, where a limit has cut it, is taken for it. */
const shortestCut = 6;

/** @param values known to be secret, whatever they look like */
export function createRedact(values: readonly string[] = []): Redact {
  const known = [...new Set(values.flatMap(forms))]
    .filter((v) => v.length >= shortestValue && !"[redacted:password]".includes(v))
    .sort((a, b) => b.length - a.length);
  const patterns = known.map((v) => new RegExp([...v].map(escaped).join("\\n?"), "g"));

  const once: Redact = (text) => {
    let out = text;
    for (const pattern of patterns) out = out.replace(pattern, "[redacted]");
    out = withoutCut(out, known);
    for (const { name, pattern } of shapes) out = out.replace(pattern, `[redacted:${name}]`);
    return out;
  };
  return (text) => {
    // What is left beside a found one may be the next: until nothing is found.
    for (let before = text, n = 0; ; n += 1) {
      const after = once(before);
      if (after === before || n > 8) return after;
      before = after;
    }
  };
}

/** As it stands, as an address has it, and its lines when it has several. */
function forms(value: string): readonly string[] {
  const whole = value.trim();
  return [whole, ...encoded(whole), ...whole.split("\n").map((line) => line.trim())];
}

function encoded(value: string): readonly string[] {
  try {
    return [encodeURIComponent(value)];
  } catch {
    return []; // half a surrogate pair stands in no address
  }
}

const escaped = (ch: string): string => ch.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

function withoutCut(text: string, known: readonly string[]): string {
  const end = text.endsWith("…") ? text.length - 1 : text.length;
  for (const value of known)
    for (let n = Math.min(value.length - 1, end); n >= shortestCut; n -= 1)
      if (text.slice(end - n, end) === value.slice(0, n))
        return `${text.slice(0, end - n)}[redacted]${text.slice(end)}`;
  return text;
}

const secretName = /TOKEN|SECRET|PASS|PWD|KEY|AUTH|CREDENTIAL|COOKIE|SESSION|DSN|PRIVATE|SALT/i;

/** Values of these variables that are to be kept from chats; a mere setting (`NODE_ENV=test`) is none. */
export function secretValues(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): readonly string[] {
  return names.flatMap((name) => {
    const value = env[name]?.trim() ?? "";
    return isSecret(name, value) ? [value] : [];
  });
}

function isSecret(name: string, value: string): boolean {
  if (value.length < shortestValue || /^(?:\/|\.|[a-z][a-z0-9+.-]*:\/\/|\d+$)/i.test(value))
    return false; // paths, numbers; of an address its password is found by shape
  return secretName.test(name) || (/^\S{20,}$/.test(value) && /\d/.test(value));
}
