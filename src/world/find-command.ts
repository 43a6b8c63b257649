// Whether a program can be started, before a pane is spent on it. Looks at PATH as execvp would.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";

/** The file that would run. Null: none. */
export async function findCommand(name: string, path: string, cwd: string): Promise<string | null> {
  const folders = name.includes("/") ? [""] : path.split(delimiter);
  for (const folder of folders) {
    const file = resolve(cwd, folder, name);
    if (await isProgram(file)) return file;
  }
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false; // not there, or not ours to run
  }
}
