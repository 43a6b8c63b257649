// Makes a moment certain: stand-ins for git and tmux on PATH, and the project's own gate, wait where they are told.
// They wait in the world, so the product needs no hooks; whoever kills it meanwhile kills them as it would any program.
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "./place.ts";
import { until } from "./waiting.ts";

export interface Hold {
  /** Resolves when somebody waits. */
  readonly held: Promise<unknown>;
  /** Everybody goes on, and nobody is held any more. */
  release(): Promise<void>;
}

export interface Holds {
  /** The next git whose words match waits, before it did anything or after it did everything. */
  git(pattern: RegExp, when: "before" | "after"): Promise<Hold>;
  /** The next line to tmux's control client that matches is kept back; with a dead sender it is lost. */
  tmux(pattern: RegExp): Promise<Hold>;
  /** The next run of the project's tests waits before its first test. */
  gate(): Promise<Hold>;
}

const realGit = "/usr/bin/git";
const realTmux = "/usr/bin/tmux";

/** What gate.sh of a project in this place begins with. */
export const gatePause = (place: Place): string => waits(fileOf(place, "gate"));

const fileOf = (place: Place, what: string): string => join(place.folder, "holds", what);

const waits = (file: string): string =>
  `if [ -e '${file}' ]; then echo $$ >'${file}.held'; while [ -e '${file}' ]; do sleep 0.03; done; fi`;

/** Must be there before the bot: its control client lives long. */
export async function standInForTmux(place: Place): Promise<void> {
  const proxy = join(place.bin, "tmux-proxy.mjs");
  await writeFile(proxy, tmuxProxy(fileOf(place, "tmux")));
  await program(
    place,
    "tmux",
    `case " $* " in *" -C "*) exec node '${proxy}' "$@" ;; esac\nexec ${realTmux} "$@"\n`,
  );
}

export async function openHolds(place: Place): Promise<Holds> {
  await mkdir(join(place.folder, "holds"), { recursive: true });
  const hold = async (what: string, text: string): Promise<Hold> => {
    const file = fileOf(place, what);
    await rm(`${file}.held`, { force: true });
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    return {
      held: until(`somebody held at ${what} ${text}`, () => existsSync(`${file}.held`)),
      release: () => rm(file, { force: true }),
    };
  };
  return {
    async git(pattern, when) {
      const file = fileOf(place, "git");
      const matches = `[ -e '${file}' ] && printf '%s\\n' "$*" | grep -Eqf '${file}'`;
      await program(
        place,
        "git",
        when === "before"
          ? `if ${matches}; then ${waits(file)}; fi\nexec ${realGit} "$@"\n`
          : `if ${matches}; then\n${realGit} "$@"; code=$?\n${waits(file)}\nexit $code\nfi\nexec ${realGit} "$@"\n`,
      );
      return hold("git", pattern.source);
    },
    tmux: (pattern) => hold("tmux", pattern.source),
    gate: () => hold("gate", ""),
  };
}

/** Puts a shell script first on PATH under this name. */
export async function program(place: Place, name: string, text: string): Promise<void> {
  const path = join(place.bin, name);
  await writeFile(`${path}.new`, `#!/bin/sh\n${text}`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
}

/** Passes lines on one by one. What it keeps back when its own input ends never arrives. */
const tmuxProxy = (file: string): string => `
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const child = spawn("${realTmux}", process.argv.slice(2), { stdio: ["pipe", "inherit", "inherit"] });
const lines = [];
let rest = "", held = false;
const holds = (line) => existsSync("${file}") && new RegExp(readFileSync("${file}", "utf8")).test(line);
const pump = () => {
  while (lines.length > 0) {
    if (holds(lines[0])) {
      writeFileSync("${file}.held", lines[0]);
      held = true;
      return setTimeout(pump, 20);
    }
    held = false;
    child.stdin.write(lines.shift() + "\\n", "latin1");
  }
};
process.stdin.setEncoding("latin1");
process.stdin.on("data", (text) => {
  const parts = (rest + text).split("\\n");
  rest = parts.pop();
  const idle = lines.length === 0;
  lines.push(...parts);
  if (idle) pump();
});
process.stdin.on("end", () => (held ? process.exit(1) : child.stdin.end()));
child.stdin.on("error", () => {});
child.on("exit", (code) => process.exit(code ?? 1));
`;
