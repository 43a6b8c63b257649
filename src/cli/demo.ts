// `demo`: the played working day. Alone may install what is missing, and only as root on a known package manager.
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { renderPost, type Showable } from "../chat/local/render.ts";
import { wrap } from "../chat/local/width.ts";
import { Failure } from "../core/words.ts";
import { demo as playDemo } from "../demo/demo.ts";
import type { Line } from "../demo/json-lines.ts";
import { flag, type OwnVerb, refused, unknownWord } from "./call.ts";
import { packageRoot } from "./package-root.ts";
import { runTool } from "./tools.ts";

export const demo: OwnVerb = async (call) => {
  const odd = unknownWord(
    call.argv,
    ["speed"],
    ["keep", "discord", "without-fix", "without-approval"],
  );
  if (odd !== null)
    return refused(
      2,
      "usage",
      `demo knows no "${odd}".`,
      "Usage: batty demo [--keep] [--json] [--speed N] [--discord]",
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
    discord: call.argv.includes("--discord")
      ? { program: join(packageRoot, "dist", "loopback-discord.js"), json: call.json, width }
      : null,
    terminal: !call.json && process.stdin.isTTY === true && process.stdout.isTTY === true,
    withoutFix: call.argv.includes("--without-fix"),
    withoutApproval: call.argv.includes("--without-approval"),
    render: transcript(width),
    print: (text) => void process.stdout.write(`${readable(text)}\n`),
  });
};

/** At a terminal no word is broken at its edge. */
function readable(text: string): string {
  const { columns, isTTY } = process.stdout;
  if (isTTY !== true) return text;
  return text
    .split("\n")
    .flatMap((line) => {
      const indent = /^[ \d.✓✗]*/u.exec(line)?.[0] ?? "";
      const [first = "", ...rest] = wrap(line.slice(indent.length), columns - indent.length);
      return [indent + first, ...rest.map((more) => " ".repeat(indent.length) + more)];
    })
    .join("\n");
}

/** The conversation as a person reads it: messages, edits, and people's reactions. */
function transcript(width: number): (line: Line) => readonly string[] {
  const titles = new Map<unknown, string>();
  return (line) => {
    if (line.event === "message" || line.event === "edit") {
      const message = line as unknown as Showable & { readonly id: string; readonly ref?: string };
      titles.set(message.id, `${message.room}: ${message.card?.title ?? message.text}`);
      // A press is answered by the edit that everybody saw a moment ago.
      const again = line.event === "edit" && message.ref !== undefined;
      return again ? [] : renderPost(message, width, { colour: false });
    }
    if (line.event !== "reaction" || line["state"] !== null) return [];
    const sign = `${String(line["by"])} ${line["added"] === true ? "" : "takes back "}${String(line["emoji"])}`;
    return [`      ${sign}  on ${titles.get(line["message"]) ?? "a message"}`];
  };
}

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
