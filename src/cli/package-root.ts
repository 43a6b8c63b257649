// Where this version lies: beside dist/ are templates/ and bin/.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Bundled, every module lies in dist/; unbuilt, in src/cli/. */
const here = dirname(fileURLToPath(import.meta.url));
export const packageRoot = here.endsWith(join("src", "cli"))
  ? dirname(dirname(here))
  : dirname(here);
export const templates = join(packageRoot, "templates");
export const botProgram = join(packageRoot, "dist", "main.js");
