// The demo's small project: a calculator with tests that node runs by itself.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "./git.ts";

const files: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify({ name: "calculator", version: "1.0.0", type: "module", private: true, scripts: { test: "node --test" } }, null, 2)}\n`,
  "README.md": "# Calculator\n\nOne file an operation, one test a file.\n",
  "src/add.js": "export const add = (a, b) => a + b;\n",
  "test/add.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { add } from "../src/add.js";

test("adds", () => assert.equal(add(2, 3), 5));
`,
};

export async function makeRepository(root: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), text);
  }
  await git(root, "init", "-q", "-b", "main");
  await git(root, "config", "user.name", "Ada");
  await git(root, "config", "user.email", "ada@example.invalid");
  await git(root, "add", "-A");
  await git(root, "commit", "-q", "-m", "A calculator that can add");
}
