// Floor of a signal: a file appears, a line goes into a journal. By hand, for no member and no rule.
import { openSync, readdirSync, readFileSync, watch, writeSync } from "node:fs";
import { join } from "node:path";

const [folder = "", journal = ""] = process.argv.slice(2);
const fd = openSync(journal, "a");
const taken = new Set<string>();

const look = (): void => {
  for (const name of readdirSync(folder).sort()) {
    if (taken.has(name)) continue;
    taken.add(name);
    const { id, kind } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    writeSync(fd, `${JSON.stringify({ event: "member_signalled", signal: id, kind })}\n`);
  }
};
watch(folder, () => setImmediate(look));
look();
process.stdout.write("ready\n");
process.stdin.resume().once("end", () => process.exit(0));
