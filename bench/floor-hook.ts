// Floor of a hook: a file appears, or somebody posts to a port, and a line goes into a journal. By hand, for no member
// and no rule. Its first line tells the port.
import { openSync, readdirSync, readFileSync, rmSync, watch, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const [folder = "", journal = ""] = process.argv.slice(2);
const fd = openSync(journal, "a");
const note = (line: object): void => void writeSync(fd, `${JSON.stringify(line)}\n`);

watch(folder, () =>
  setImmediate(() => {
    for (const name of readdirSync(folder)) {
      const { event } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      rmSync(join(folder, name));
      note({ heard: event.hook_event_name });
    }
  }),
);
const server = createServer((request, response) => {
  void text(request).then((body) => {
    note({ heard: JSON.parse(body).hook_event_name });
    response.end("{}");
  });
});
server.listen(0, "127.0.0.1", () => {
  note({ port: (server.address() as AddressInfo).port });
  process.stdout.write("ready\n");
});
process.stdin.resume().once("end", () => process.exit(0));
