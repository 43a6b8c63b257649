import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const numbered = (letter: string, many: number): string[] =>
  Array.from({ length: many }, (_, i) => `${letter}${i + 1}`);

/** A contract's own tests stand in its suite. */
const textOf = (file: string): Promise<string> =>
  readFile(`test/${file}.test.ts`, "utf8").catch(() => readFile(`test/${file}.ts`, "utf8"));

it.each([
  ["docs/discord.md", numbered("D", 20)],
  ["docs/agents.md", [...numbered("A", 11), "Env"]],
])("every failure in %s names tests that there are", async (path, ids) => {
  const table = (await readFile(path, "utf8")).split(/<!-- \/?failures -->/)[1] ?? "";
  const rows = [...table.matchAll(/^\| ([A-Z]\w+) \|.*\| (.*) \|$/gm)];
  expect(rows.map(([, id]) => id)).toEqual(ids);
  for (const [, id, shown = ""] of rows)
    for (const one of shown.split("<br>")) {
      const [, file = "", title = ""] = /^`(.+?)`: (.+)$/.exec(one) ?? [];
      const text = await textOf(file);
      const found = ['"', "`"].some((quote) => text.includes(`${quote}${title}${quote}`));
      expect(found, `${id}: ${file}: ${title}`).toBe(true);
    }
});
