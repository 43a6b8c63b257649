// `demo`: the played working day. Alone may install what is missing, and only as root on a known package manager.
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { renderPost } from "../chat/local/render.ts";
import { Failure } from "../core/words.ts";
import { demo as playDemo } from "../demo/demo.ts";
import { flag, type OwnVerb, refused, unknownWord } from "./call.ts";
import { packageRoot } from "./package-root.ts";
import { runTool } from "./tools.ts";

export const demo: OwnVerb = async (call) => {
  const odd = unknownWord(call.argv, ["speed"], ["keep", "without-fix", "without-approval"]);
  if (odd !== null)
    return refused(
      2,
      "usage",
      `demo knows no "${odd}".`,
      "Usage: batty demo [--keep] [--json] [--speed N]",
    );
  const speed = Number(flag(call.argv, "speed") ?? "1");
  if (!(speed > 0)) return refused(2, "usage", "--speed needs a number above 0.");
  await ensureTools();
  const width = process.stdout.columns ?? 100;
  return playDemo({
    batty: join(packageRoot, "bin", "batty"),
    json: call.json,
    keep: call.argv.includes("--keep"),
    speed,
    terminal: !call.json && process.stdin.isTTY === true && process.stdout.isTTY === true,
    withoutFix: call.argv.includes("--without-fix"),
    withoutApproval: call.argv.includes("--without-approval"),
    render: (line) =>
      line.event === "message" || line.event === "edit"
        ? renderPost(line as never, width, { colour: false })
        : [],
    print: (text) => void process.stdout.write(`${text}\n`),
  });
};

/** @throws Failure `tmux.missing` | `git.missing` with the command that installs it */
async function ensureTools(): Promise<void> {
  for (const tool of ["git", "tmux"] as const) {
    const there = await runTool([tool, tool === "git" ? "--version" : "-V"], packageRoot);
    if (there.code !== "missing") continue;
    const code = tool === "git" ? "git.missing" : "tmux.missing";
    const may =
      process.getuid?.() === 0 &&
      process.env["BATTY_NO_INSTALL"] !== "1" &&
      isThere("/usr/bin/apt-get");
    if (may) {
      process.stderr.write(`${tool} is missing; installing it with apt-get …\n`);
      await runTool(["apt-get", "update"], packageRoot);
      const done = await runTool(["apt-get", "install", "-y", tool], packageRoot);
      if (done.code === 0) continue;
    }
    throw new Failure(code, `${tool} is not installed.`, {
      hint: `On Debian: apt-get install ${tool}`,
    });
  }
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // another package manager: named, not used
  }
}
