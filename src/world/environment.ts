// The one allow-list of what children (agents, gates, set-ups, git) see of our environment, and its hash.
// Must not know who the children are.
import { createHash } from "node:crypto";

const allowed = new Set([
  "PATH",
  "HOME",
  "LANG",
  "TERM",
  "TMPDIR",
  "USER",
  "LOGNAME",
  "SHELL",
  "TZ",
]);

const isAllowed = (name: string): boolean =>
  allowed.has(name) || /^LC_[A-Z]+$/.test(name) || /^XDG_[A-Z]+_HOME$/.test(name);

/** The chats' secrets: not even `env_pass` hands them on. */
const isSecret = (name: string): boolean => /^BATTY_.*TOKEN/.test(name);

type Env = Readonly<Record<string, string | undefined>>;

/** @param pass names beside the allow-list (`workflow_policy.env_pass`) */
export function childEnvironment(host: Env, pass: readonly string[] = []): Record<string, string> {
  const wanted = new Set(pass);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value === undefined || isSecret(name)) continue;
    if (isAllowed(name) || wanted.has(name)) env[name] = value;
  }
  return env;
}

/** @param names what these children have no business with, though others do */
export const without = (
  env: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));

/** SHA-256 over names and values, whatever their order, and over what else belongs to the surroundings. */
export function environmentHash(env: Env, more: readonly string[] = []): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(env).sort()) hash.update(`${name}=${env[name] ?? ""}\0`);
  for (const each of more) hash.update(`\0${each}\0`);
  return hash.digest("hex");
}
