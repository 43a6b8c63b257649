// Whether a command is on somebody's PATH. Looks only; starts nothing.
import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

export async function onPath(command: string, path: string): Promise<boolean> {
  const places = command.includes("/")
    ? [command]
    : path
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, command));
  for (const place of places) {
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs && (await stat(place)).isFile()) return true;
  }
  return false;
}
