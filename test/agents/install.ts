// Installs the real agents' command lines at pinned versions into a folder of their own. Runs no install script:
// the platform packages carry native programs, and those are what is started.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";

export const versions = { claude: "2.1.329", codex: "0.169.0" } as const;
export type Cli = keyof typeof versions;
export const clis: readonly Cli[] = ["claude", "codex"];

const packages = { claude: "@anthropic-ai/claude-code", codex: "@openai/codex" } as const;
/** ms for the download of some hundred megabytes. */
const installsWithin = 600_000;
const answersWithin = 30_000;

export const cacheFolder = (): string =>
  process.env["BATTY_AGENTS_CACHE"] ?? join(homedir(), ".cache", "batty-agents");

/**
 * The program of a CLI, installed if it is not there yet, and seen to be of its version.
 * @throws Error when npm fails, runs out of time, or the program says another version
 */
export async function install(cli: Cli): Promise<string> {
  const folder = join(cacheFolder(), `${cli}-${versions[cli]}`);
  const program = join(folder, "bin", cli);
  if (!existsSync(program)) {
    process.stderr.write(`installing ${packages[cli]}@${versions[cli]} into ${folder}\n`);
    await fetchInto(cli, folder);
  }
  const said = await run(program, ["--version"], folder, answersWithin);
  if (!said.includes(versions[cli]))
    throw new Error(
      `${program} --version says "${said.trim()}", wanted ${versions[cli]}: remove ${folder} and try again`,
    );
  return program;
}

/** Beside its place first, so that half an installation never stands there. */
async function fetchInto(cli: Cli, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-new-`);
  try {
    await writeFile(join(fresh, "package.json"), '{"private":true}\n');
    const wanted = `${packages[cli]}@${versions[cli]}`;
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    // A CLI may ask for a newer Node in `engines`; its native program needs none.
    const args = ["install", "--ignore-scripts", "--engine-strict=false", ...quiet, wanted];
    await run("npm", args, fresh, installsWithin);
    await rm(join(fresh, "home"), { recursive: true, force: true }); // npm's cache of the download
    await mkdir(join(fresh, "bin"));
    const native = await nativeOf(cli, join(fresh, "node_modules"));
    await symlink(relative(join(fresh, "bin"), native), join(fresh, "bin", cli));
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function nativeOf(cli: Cli, modules: string): Promise<string> {
  const [scope = "", name = ""] = packages[cli].split("/");
  const beside = (await readdir(join(modules, scope))).filter((each) =>
    each.startsWith(`${name}-`),
  );
  for (const each of beside)
    for (const path of await readdir(join(modules, scope, each), { recursive: true }))
      if (path === cli || path.endsWith(`/bin/${cli}`)) return join(modules, scope, each, path);
  throw new Error(
    `No native ${cli} for ${process.platform} ${process.arch} among ${beside.join(", ")}`,
  );
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  within: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { PATH = "" } = process.env;
    const env = { PATH, HOME: join(cwd, "home"), ...proxies() };
    const child = spawn(program, args, {
      cwd,
      env,
      timeout: within,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let complaint = "";
    child.stdout.on("data", (piece) => {
      said += piece;
    });
    child.stderr.on("data", (piece) => {
      complaint += piece;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(said);
      else
        reject(
          new Error(
            `${program} ${args.join(" ")} ended with ${code ?? signal}: ${complaint.slice(-500)}`,
          ),
        );
    });
  });
}

/** How npm reaches its registry here: of the user's own settings nothing else is taken. */
function proxies(): Record<string, string> {
  const wanted =
    /^(https?_proxy|no_proxy|npm_config_(registry|cafile|cache)|node_extra_ca_certs|ssl_cert_file)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
