import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { wanted } from "../../../../src/chat/discord/permissions.ts";

it("every permission that is asked for is explained, and no other", async () => {
  const docs = await readFile("docs/discord.md", "utf8");
  const table = docs.split(/<!-- \/?permissions -->/)[1] ?? "";
  const rows = table.split("\n").flatMap((line) => {
    const [, name, why, without] = line.split("|").map((cell) => cell.trim());
    return without === undefined || /^(-+|permission)$/.test(name ?? "") ? [] : [[name, why]];
  });
  expect(rows).toEqual(wanted.map(({ name, why }) => [name, why]));
});
