// Stands in for agents that talk a lot: writes lines to each of the terminals it is given, so many bytes a second.
// Ends with its input.
import { open } from "node:fs/promises";

const perSecond = 20_000;
/** ms */
const every = 100;

const line = "  > src/parser.ts: the third token is read before the second one is known.\r\n";
const piece = line.repeat(Math.round((perSecond * every) / 1_000 / line.length));
const ttys = await Promise.all(process.argv.slice(2).map((path) => open(path, "w")));
// What a terminal has not taken yet is not added to.
const busy = new Set<object>();
setInterval(() => {
  for (const tty of ttys) {
    if (busy.has(tty)) continue;
    busy.add(tty);
    void tty.write(piece).finally(() => busy.delete(tty));
  }
}, every);
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write("ready\n");
