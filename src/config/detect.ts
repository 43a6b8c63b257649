// The project's test and set-up commands, found from its files. Reads only the project's own folder; runs nothing.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SetUp } from "../core/ports.ts";

export interface Detected {
  /** `from` names what it was found in, for people. Null: the project shows no test command. */
  readonly test: { readonly command: string; readonly from: string } | null;
  /** Null: there is no lock file to install from. */
  readonly setUp: SetUp | null;
}

export const nothingDetected: Detected = { test: null, setUp: null };

interface Kit {
  readonly lock: string;
  readonly test: string;
  readonly install: string;
}

/** By lock file; the first that is there wins. `bun run`, because `bun test` would pass over the script. */
const kits: readonly Kit[] = [
  { lock: "pnpm-lock.yaml", test: "pnpm test", install: "pnpm install --frozen-lockfile" },
  { lock: "yarn.lock", test: "yarn test", install: "yarn install --frozen-lockfile" },
  { lock: "bun.lock", test: "bun run test", install: "bun install --frozen-lockfile" },
  { lock: "bun.lockb", test: "bun run test", install: "bun install --frozen-lockfile" },
  { lock: "package-lock.json", test: "npm test", install: "npm ci" },
  { lock: "npm-shrinkwrap.json", test: "npm test", install: "npm ci" },
];

const maxFile = 4_000_000;

export async function detect(root: string, signal: AbortSignal): Promise<Detected> {
  const read = (name: string) => readIfThere(join(root, name), signal);
  const isThere = (name: string) => exists(join(root, name));
  const manifest = await read("package.json");
  let kit: Kit | undefined;
  if (manifest !== null)
    for (const one of kits) if (kit === undefined && (await isThere(one.lock))) kit = one;
  const script = manifest === null ? null : testScript(manifest);
  const setUp =
    kit === undefined
      ? null
      : { command: await installOf(kit, isThere), key: [kit.lock], copy: [] };
  if (script !== null)
    return {
      test: { command: kit?.test ?? "npm test", from: `package.json, scripts.test: ${script}` },
      setUp,
    };
  return { test: await otherTest(read, isThere), setUp };
}

async function otherTest(
  read: (name: string) => Promise<string | null>,
  isThere: (name: string) => Promise<boolean>,
): Promise<Detected["test"]> {
  if (await isThere("Cargo.toml")) return { command: "cargo test", from: "Cargo.toml" };
  if (await isThere("pyproject.toml"))
    return { command: "python -m pytest", from: "pyproject.toml" };
  if (await isThere("go.mod")) return { command: "go test ./...", from: "go.mod" };
  for (const name of ["Makefile", "makefile", "GNUmakefile"])
    if (/^test[ \t]*:(?!=)/m.test((await read(name)) ?? ""))
      return { command: "make test", from: `${name}, target test` };
  return null;
}

/** Yarn 2 and later renamed the flag. */
const installOf = async (kit: Kit, isThere: (name: string) => Promise<boolean>): Promise<string> =>
  kit.lock === "yarn.lock" && (await isThere(".yarnrc.yml"))
    ? "yarn install --immutable"
    : kit.install;

/** The script's text; null: none, npm's placeholder, or a manifest that cannot be read (npm would not run it either). */
function testScript(manifest: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(manifest.replace(/^\uFEFF/, ""));
  } catch {
    return null; // a broken manifest has no test to run
  }
  const scripts = (parsed as { scripts?: Record<string, unknown> } | null)?.scripts;
  const script = scripts?.["test"];
  if (typeof script !== "string" || script.trim() === "") return null;
  return /no test specified/i.test(script) ? null : script;
}

async function readIfThere(path: string, signal: AbortSignal): Promise<string | null> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : null),
    () => null, // not there, or not ours to read: not detected either way
  );
  if (size === null || size > maxFile) return null;
  return readFile(path, { encoding: "utf8", signal });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
