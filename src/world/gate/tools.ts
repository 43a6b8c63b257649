// Which program files a command would start, as a part of its surroundings: another version of a tool is another
// environment. No program is run for it. Must not know what the command tests.
import { realpath, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** What package managers and runners start themselves. */
const companions: Readonly<Record<string, readonly string[]>> = {
  npm: ["node"],
  npx: ["node"],
  pnpm: ["node"],
  yarn: ["node"],
  cargo: ["rustc"],
  pytest: ["python3", "python"],
};

/** One line a tool: name, real path, size and time of its file. */
export async function toolMarks(command: string, path: string): Promise<readonly string[]> {
  const words = command.match(/[A-Za-z][\w.+-]*/g) ?? [];
  const names = new Set(words.flatMap((word) => [word, ...(companions[word] ?? [])]));
  const marks = await Promise.all([...names].sort().map((name) => markOf(name, path)));
  return marks.filter((mark) => mark !== null);
}

async function markOf(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    try {
      const file = await realpath(join(folder, name));
      const found = await stat(file);
      if (found.isFile() && (found.mode & 0o111) !== 0)
        return `${name} ${file} ${found.size} ${Math.floor(found.mtimeMs)}`;
    } catch {
      // not in this folder
    }
  }
  return null;
}
