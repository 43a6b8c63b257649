// Floor of a death: an exit file appears, a line goes into a journal. By hand, for no pane and no rule.
import { existsSync, openSync, watch, writeSync } from "node:fs";
import { join } from "node:path";

const [folder = "", journal = ""] = process.argv.slice(2);
const fd = openSync(journal, "a");

watch(folder, (_, file) => {
  if (file?.endsWith(".exit") !== true || !existsSync(join(folder, file))) return;
  const member = file.slice(0, -".exit".length);
  writeSync(fd, `${JSON.stringify({ event: "agent_died", member })}\n`);
});
process.stdout.write("ready\n");
process.stdin.resume().once("end", () => process.exit(0));
