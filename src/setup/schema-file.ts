// The form of team.yaml for editors, beside the team and of the version that runs it: it works offline, and git
// does not keep it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeWhole } from "./write.ts";

/** Under `.batty/`. */
export const schemaFile = "team.schema.json";

/** @param templates the folder that comes with the program */
export async function copySchema(
  templates: string,
  root: string,
  signal: AbortSignal,
): Promise<void> {
  const text = await readFile(join(templates, schemaFile), { encoding: "utf8", signal });
  const path = join(root, ".batty", schemaFile);
  const there = await readFile(path, { encoding: "utf8", signal }).catch(() => null); // absent, or to be written anew
  if (there === text) return;
  await makeFolder(join(root, ".batty"));
  await writeWhole(path, text, { signal });
}
