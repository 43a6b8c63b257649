import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

it("every failure in the documentation names tests that there are", async () => {
  const docs = await readFile("docs/discord.md", "utf8");
  const table = docs.split(/<!-- \/?failures -->/)[1] ?? "";
  const rows = [...table.matchAll(/^\| (D\d+) \|.*\| (.*) \|$/gm)];
  expect(rows.map(([, id]) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `D${i + 1}`));
  for (const [, id, shown = ""] of rows)
    for (const one of shown.split("<br>")) {
      const [, file, title] = /^`(.+?)`: (.+)$/.exec(one) ?? [];
      const tests = await readFile(`test/${file}.test.ts`, "utf8");
      expect(tests.includes(`"${title}"`), `${id}: ${file}: ${title}`).toBe(true);
    }
});
