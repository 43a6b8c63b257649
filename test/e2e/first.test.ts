import { expect, test } from "vitest";
import { isCard } from "./chat.ts";
import { team } from "./team.ts";

test("a task of a pair team lands after a person's approval", async () => {
  const t = await team();
  const task = await t.task("engineer", "one");
  const card = await t.chat.next("the card", isCard("merge", "open", task));
  await t.chat.react("✅", card["id"]);
  await t.chat.next("the landing", isCard("merge", "done", task));
  expect(await t.git("log", "--format=%s", "--first-parent", "main")).toContain(
    `Merge #${task}: Add one`,
  );
  console.log([...(await t.seats())], t.bot());
});
