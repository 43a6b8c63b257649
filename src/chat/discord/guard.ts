// A rejection out of the library's own event handlers reaches nobody who could catch it, and would end the bot. It is
// logged; any other one ends the bot as ever. Knows nothing of Discord.
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

type Rejections = Pick<NodeJS.EventEmitter, "on" | "off">;

const library =
  /[\\/]node_modules[\\/](?:discord\.js|@discordjs|@sapphire|@vladfrangu|undici|ws)[\\/]/;

export interface GuardParts {
  log(line: string): void;
  /** [the process] */
  readonly from?: Rejections;
  /** What becomes of others' [it is thrown where nobody catches it] */
  readonly pass?: (error: unknown) => void;
}

/** @returns what ends it */
export function guardAgainstLibrary(parts: GuardParts): () => void {
  const { from = process, pass = raise } = parts;
  const onRejection = (reason: unknown): void => {
    isOfLibrary(reason).then(
      (isTheirs) => {
        if (isTheirs) parts.log(`discord: inside its library: ${stackOf(reason)}`);
        else pass(reason);
      },
      () => pass(reason), // who can't be told apart is taken for ours
    );
  };
  from.on("unhandledRejection", onRejection);
  return () => void from.off("unhandledRejection", onRejection);
}

function raise(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

const stackOf = (reason: unknown): string =>
  reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);

/** By where it was made: the topmost frame that is not node's own. */
async function isOfLibrary(reason: unknown): Promise<boolean> {
  if (!(reason instanceof Error)) return false;
  for (const line of (reason.stack ?? "").split("\n")) {
    const [, file, row, column] =
      /^\s+at .*?\(?((?:file:\/\/)?\/[^():]+):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (file === undefined) continue;
    const path = file.startsWith("file:") ? fileURLToPath(file) : file;
    return library.test(await originOf(path, Number(row), Number(column)));
  }
  return false;
}

/** In a bundle the file says nothing, its map does. */
async function originOf(path: string, row: number, column: number): Promise<string> {
  if (path.includes("/node_modules/")) return path;
  const map = await readFile(`${path}.map`, "utf8").catch(() => null); // sources have none
  if (map === null) return path;
  const entry = new SourceMap(JSON.parse(map)).findEntry(row - 1, column - 1);
  return "originalSource" in entry ? `/${entry.originalSource}` : path;
}
