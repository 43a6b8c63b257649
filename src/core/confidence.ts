// How sure the bot is of a change, and what a person should look at: computed from the diff's figures alone.
import type { ChangedFile } from "./ports.ts";

const lockfiles =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock|go\.sum|Gemfile\.lock|composer\.lock)$/;
const migrations = /(^|\/)(migrations?|schema)(\/|\.)|\.sql$/i;
const auth = /(^|[/_.-])(auth\w*|login|password|credential|secret|permission|token)s?([/_.-]|$)/i;
const tests = /(^|\/)(tests?|__tests__|spec)\/|[._-](test|spec)\.\w+$/i;
const configs =
  /(^|\/)([\w.-]*config[\w.-]*|\.\w+rc|Dockerfile|Makefile)(\.\w+)?$|\.(ya?ml|toml)$/i;

const documents = /(^|\/)docs?\/|\.(md|mdx|rst|adoc|txt)$/i;

export const uncountedRisk = "no test counted";
/** Tests say nothing of it, and it may be talk about work that was not done. */
const documentsRisk = "documentation only";

export interface Confidence {
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: readonly string[];
  /** What a person should look at before a ✅. */
  readonly risks: readonly string[];
}

/**
 * Starts at 1 and loses by size and by what is touched (weights: knowledge of the original, batty.md §5.7).
 * @param counted whether the gate counted at least one test
 */
export function confidenceOf(
  files: readonly ChangedFile[],
  sensitive: readonly string[],
  counted: boolean,
): Confidence {
  const reasons: string[] = [];
  let score = 1;
  const lose = (by: number, why: string): void => {
    if (by <= 0) return;
    score -= by;
    reasons.push(`−${by.toFixed(2)} ${why}`);
  };
  const lines = files.reduce((n, f) => n + f.added + f.deleted, 0);
  const folders = new Set(
    files.map((f) => f.path.split("/").slice(0, 2).join("/")).filter((p) => p.includes("/")),
  );
  lose(Math.max(0, files.length - 3) * 0.1, `${files.length} files`);
  lose(Math.max(0, folders.size - 2) * 0.1, `${folders.size} folders`);
  lose(Math.floor(Math.max(0, lines - 100) / 50) * 0.1, `${lines} lines`);
  const touched = files.find((f) => sensitive.some((s) => f.path.includes(s)));
  lose(touched === undefined ? 0 : 0.3, `touches ${touched?.path ?? ""}`);
  lose(files.some((f) => migrations.test(f.path)) ? 0.3 : 0, "a migration");
  lose(files.some((f) => configs.test(f.path)) ? 0.15 : 0, "configuration");
  return {
    score: Math.max(0, Math.round(score * 100) / 100),
    reasons,
    risks: risksOf(files, counted),
  };
}

/** A test moved to where no runner looks is as good as deleted. */
const isTestLost = ({ status, path, from }: ChangedFile): boolean =>
  status === "deleted"
    ? tests.test(path)
    : from !== undefined && tests.test(from) && !tests.test(path);

const fileRisks: readonly (readonly [flag: string, test: (file: ChangedFile) => boolean])[] = [
  ["lockfile", (f) => lockfiles.test(f.path)],
  ["migration", (f) => migrations.test(f.path)],
  ["auth", (f) => auth.test(f.path)],
  ["deleted tests", (f) => isTestLost(f)],
  ["binary", (f) => f.binary],
];

/** What makes one file worth a look before a ✅. */
export const risksOfFile = (file: ChangedFile): readonly string[] =>
  fileRisks.filter(([, test]) => test(file)).map(([flag]) => flag);

export function risksOf(files: readonly ChangedFile[], counted: boolean): readonly string[] {
  const seen = fileRisks.filter(([, test]) => files.some(test)).map(([flag]) => flag);
  const talk = files.length > 0 && files.every((f) => documents.test(f.path));
  return [...seen, ...(talk ? [documentsRisk] : []), ...(counted ? [] : [uncountedRisk])];
}
