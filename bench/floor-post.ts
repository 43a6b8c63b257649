// Floor of a delivery: the fewest steps from a message file to a pane, by hand. Watches folders, reads each file,
// pastes it through one tmux control client, sends Enter 100 ms later. No journal, no look at the pane.
import { spawn } from "node:child_process";
import { readdirSync, watch } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../src/world/tmux/quote.ts";

/** `box=pane` each: a message file in `box/new` goes to the pane. */
const [socket = "", ...routes] = process.argv.slice(2);
const enterAfter = 100;
const taken = new Set<string>();

const [, first = ""] = routes[0]?.split("=") ?? [];
const tmux = spawn("tmux", ["-L", socket, "-u", "-C", "attach", "-t", first], {
  stdio: ["pipe", "pipe", "inherit"],
});
tmux.once("exit", () => process.exit(0));
tmux.stdout.once("data", () => {
  tmux.stdout.resume();
  for (const route of routes) {
    const [box = "", pane = ""] = route.split("=");
    watch(join(box, "new"), () => setImmediate(look, box, pane));
  }
  process.stdout.write("ready\n");
});
process.stdin.resume().once("end", () => tmux.stdin.end());

function look(box: string, pane: string): void {
  for (const name of readdirSync(join(box, "new"))) {
    if (taken.has(name)) continue;
    taken.add(name);
    void post(box, pane, name);
  }
}

async function post(box: string, pane: string, name: string): Promise<void> {
  const mail = JSON.parse(await readFile(join(box, "new", name), "utf8"));
  const text = `[batty ${name} from ${mail.from}]\n${mail.body}`;
  tmux.stdin.write(
    `set-buffer -b floor${pane.slice(1)} -- ${quote(text)} ; paste-buffer -p -r -d -b floor${pane.slice(1)} -t ${pane}\n`,
  );
  setTimeout(() => tmux.stdin.write(`send-keys -t ${pane} -- Enter\n`), enterAfter);
  await rename(join(box, "new", name), join(box, "cur", name));
}
