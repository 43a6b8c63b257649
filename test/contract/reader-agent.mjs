// A raw-mode program as an agent would be: shows its composer, takes a message on Enter, writes it to a file.
// Orders it obeys when submitted: "exit N", "orphan" (leaves a daemon), "flood".
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

const log = process.env.READER_LOG;
const note = (entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`);
let composer = "";
let isPasting = false;

process.stdin.setRawMode(true);
process.stdout.write("\u001b[?2004h");
const show = () => process.stdout.write(`\r\u001b[2K> ${composer.split("\n").pop()}`);

function obey(text) {
  if (text.startsWith("exit ")) process.exit(Number(text.slice(5)));
  if (text === "flood")
    setInterval(() => process.stdout.write(`${"x".repeat(990)}\r\n`.repeat(20)), 10);
  if (text === "orphan") {
    // Its parent, a session's leader, ends at once.
    const daemon = "trap '' TERM HUP; while :; do sleep 0.1; done";
    const stdio = ["ignore", "pipe", "ignore"];
    const parent = spawn("sh", ["-c", `{ ${daemon}; } >&- & echo $!`], { detached: true, stdio });
    parent.stdout.on("data", (pid) => note({ orphan: Number(pid) }));
  }
}

function take(text) {
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    if (rest.startsWith("\u001b[200~")) {
      isPasting = true;
      at += 6;
    } else if (rest.startsWith("\u001b[201~")) {
      isPasting = false;
      note({ pasted: composer });
      at += 6;
    } else if (!isPasting && rest[0] === "\r") {
      const whole = composer;
      composer = "";
      process.stdout.write(`\r\u001b[2Ktook ${whole.length}\r\n`);
      note({ took: whole });
      obey(whole);
      at += 1;
    } else if (!isPasting && rest[0] === "\u0003") {
      note({ interrupted: true });
      at += 1;
    } else {
      composer += rest[0];
      at += 1;
    }
  }
  show();
}

process.stdin.setEncoding("utf8");
process.stdin.on("data", take);
process.on("SIGTERM", () => process.exit(9));
note({ env: process.env, argv: process.argv.slice(2), cwd: process.cwd() });
show();
