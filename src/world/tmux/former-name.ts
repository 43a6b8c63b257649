// Under which name this folder's team lives in tmux: its socket is named after it, so a team that was renamed while its
// panes live is found only under the former name. Must not know where names come from.
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { tmuxSocketName } from "../paths.ts";
import { isListening, socketPath } from "./socket.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** @returns `name`, unless a server listens under another one and none under this */
export async function livingName(name: string, root: string, env: Env): Promise<string> {
  const own = socketPath(tmuxSocketName(name, root), env);
  if (await isListening(own)) return name;
  const [before = "", after = ""] = tmuxSocketName("\0", root).split("\0");
  const names = await readdir(dirname(own)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return []; // nobody has a tmux server
    throw error;
  });
  for (const each of names.sort()) {
    const former = each.slice(before.length, -after.length);
    if (each !== basename(own) && each.startsWith(before) && each.endsWith(after) && former !== "")
      if (await isListening(socketPath(each, env))) return former;
  }
  return name;
}
