// Floor of a delivery: the fewest steps from a message file to a pane, by hand. Watches a folder, reads the
// file, pastes through one tmux control client, sends Enter 100 ms later. No journal, no look at the pane.
import { spawn } from "node:child_process";
import { readdirSync, watch } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../src/world/tmux/quote.ts";

const [box = "", socket = "", pane = ""] = process.argv.slice(2);
const enterAfter = 100;
const taken = new Set<string>();

const tmux = spawn("tmux", ["-L", socket, "-u", "-C", "attach", "-t", pane], {
  stdio: ["pipe", "pipe", "inherit"],
});
tmux.once("exit", () => process.exit(0));
tmux.stdout.once("data", () => {
  tmux.stdout.resume();
  watch(join(box, "new"), () => setImmediate(look));
  process.stdout.write("ready\n");
});
process.stdin.resume().once("end", () => tmux.stdin.end());

function look(): void {
  for (const name of readdirSync(join(box, "new"))) {
    if (taken.has(name)) continue;
    taken.add(name);
    void post(name);
  }
}

async function post(name: string): Promise<void> {
  const mail = JSON.parse(await readFile(join(box, "new", name), "utf8"));
  const text = `[batty ${name} from ${mail.from}]\n${mail.body}`;
  tmux.stdin.write(
    `set-buffer -b floor -- ${quote(text)} ; paste-buffer -p -r -d -b floor -t ${pane}\n`,
  );
  setTimeout(() => tmux.stdin.write(`send-keys -t ${pane} -- Enter\n`), enterAfter);
  await rename(join(box, "new", name), join(box, "cur", name));
}
