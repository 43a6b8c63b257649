// Writes templates/team.schema.json anew from src/config/schema.ts. `npm run build` calls it; a test tells when it
// was forgotten.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE = join(ROOT, "templates", "team.schema.json");

const esbuild = await import("esbuild");
const { outputFiles } = await esbuild.build({
  absWorkingDir: ROOT,
  entryPoints: ["src/config/json-schema.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  write: false,
});
const code = Buffer.from(outputFiles[0].contents).toString("base64");
const { teamJsonSchema } = await import(`data:text/javascript;base64,${code}`);
const text = `${JSON.stringify(teamJsonSchema(), null, 2)}\n`;
if (readFileSync(FILE, { encoding: "utf8", flag: "a+" }) !== text) writeFileSync(FILE, text);
