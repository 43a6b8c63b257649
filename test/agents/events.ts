// Hears what agents say of themselves: hooks by HTTP and by command, and records they append to. Keeps the time
// each came in; understands nothing of it. An answer may be held back until it is given.
import { once } from "node:events";
import { watch } from "node:fs";
import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface Heard {
  readonly via: "http" | "command" | "notify";
  /** Wall clock, ms. */
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Ears {
  readonly url: string;
  /** A shell script: `hook.sh EVENT` reads a payload; `hook.sh notify JSON` takes it as its last word. */
  readonly script: string;
  /** What the next permission requests are answered; null: nothing, so that the dialog comes up. */
  permit(answer: object | null): void;
  /** Answers the request that is held. */
  release(answer: object | null): void;
  hold(): void;
  close(): Promise<void>;
}

// The time stands in the file's name: it is taken before anything else is done. Its input may be a socket.
const script = (folder: string): string => `#!/bin/sh
t=$(date +%s%N)
f=${folder}/$t.$$
if [ "$1" = notify ]; then shift; printf %s "$*" > $f.part; mv $f.part $f.notify; exit 0; fi
cat > $f.part; mv $f.part $f.command
[ "$1" = PermissionRequest ] || exit 0
while [ ! -e $f.answer ]; do sleep 0.05; done
cat $f.answer
`;

type Rule = { readonly kind: "answer"; readonly answer: object | null } | { readonly kind: "hold" };

export async function listen(folder: string, hear: (heard: Heard) => void): Promise<Ears> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "hook.sh");
  await writeFile(path, script(folder), { mode: 0o755 });
  let rule: Rule = { kind: "answer", answer: null };
  const held: ((answer: object | null) => void)[] = [];
  const settle = (body: Heard["body"], give: (answer: object | null) => void): void => {
    if (body["hook_event_name"] !== "PermissionRequest") give(null);
    else if (rule.kind === "hold") held.push(give);
    else give(rule.answer);
  };

  const server = createServer((request, response) => {
    const at = Date.now();
    let text = "";
    request.on("data", (piece) => {
      text += piece;
    });
    request.on("end", () => {
      const body = parsed(text);
      hear({ via: "http", at, body });
      settle(body, (answer) => reply(response, answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const seen = new Set<string>();
  const take = async (name: string): Promise<void> => {
    const via = name.endsWith(".command") ? "command" : name.endsWith(".notify") ? "notify" : null;
    if (via === null || seen.has(name)) return;
    seen.add(name);
    const body = parsed(await readFile(join(folder, name), "utf8"));
    hear({ via, at: Number(name.slice(0, 13)), body });
    if (via === "notify") return;
    settle(body, (answer) => {
      const file = join(folder, name.replace(/command$/, "answer"));
      writeFile(file, answer === null ? "" : JSON.stringify(answer)).catch(() => {}); // the place is gone
    });
  };
  const look = async (): Promise<void> => {
    for (const name of (await readdir(folder)).sort()) await take(name);
  };
  const watcher = watch(folder, () => {
    look().catch(() => {}); // the place is being cleared
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    script: path,
    permit(answer) {
      rule = { kind: "answer", answer };
    },
    hold() {
      rule = { kind: "hold" };
    },
    release(answer) {
      for (const give of held.splice(0)) give(answer);
    },
    async close() {
      for (const give of held.splice(0)) give(null);
      watcher.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function reply(response: ServerResponse, answer: object | null): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(answer === null ? "{}" : JSON.stringify(answer));
}

function parsed(text: string): Heard["body"] {
  try {
    return JSON.parse(text) as Heard["body"];
  } catch {
    return { unreadable: text }; // a finding of its own: kept as it came
  }
}

/** Lines appended to the files under a folder, as they come; a line is told once it is whole. */
export function follow(
  list: () => Promise<readonly string[]>,
  tell: (file: string, line: string) => void,
): { look(): Promise<void> } {
  const read = new Map<string, { at: number; rest: string }>();
  return {
    async look() {
      for (const file of await list()) {
        const state = read.get(file) ?? { at: 0, rest: "" };
        read.set(file, state);
        const handle = await open(file, "r");
        try {
          const { size } = await handle.stat();
          if (size <= state.at) continue;
          const { buffer, bytesRead } = await handle.read({
            buffer: Buffer.alloc(size - state.at),
            position: state.at,
          });
          state.at += bytesRead;
          const lines = (state.rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
          state.rest = lines.pop() ?? "";
          for (const line of lines) tell(file, line);
        } finally {
          await handle.close();
        }
      }
    },
  };
}
