// Stands in for a Claude Code that waits for input: shows its composer, takes what is typed without a word, and tells
// in its file in `stamps/` where its hooks are and what they need. Its turns are the benchmark's.
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [stamps = "", ...argv] = process.argv.slice(2);
const rule = "─".repeat(process.stdout.columns);
process.stdin.setRawMode(true).resume();
process.stdout.write(`${rule}\r\n❯\u00a0\r\n${rule}\r\n  ? for shortcuts`);
const settings = argv[argv.indexOf("--settings") + 1] ?? "";
const { hooks } = JSON.parse(readFileSync(settings, "utf8"));
for (const event of ["SessionStart", "Stop"])
  execFileSync("sh", ["-c", hooks[event][0].hooks[0].command], {
    input: JSON.stringify({ hook_event_name: event, session_id: "bench" }),
  });
const told = { hooks, env: process.env };
appendFileSync(join(stamps, process.env["BATTY_MEMBER"] ?? "nobody"), `${JSON.stringify(told)}\n`);
