// ✅ and ❌ of the bot's own on merge cards, when somebody takes them off.
import { describe, expect, it } from "vitest";
import { post } from "../../src/core/views/post.ts";
import { openStage, type Stage } from "./discord-person-stage.ts";
import { mergeCard } from "./discord-stage.ts";

async function openReady() {
  const stage = await openStage();
  await stage.ready();
  return { stage, ada: stage.member("ada", "admin") };
}

describe("a reaction that the bot put on a card for people to press", () => {
  const askingCard = async (stage: Stage, key: string) => {
    const title = `#12 Retry (${key})`;
    const made = post(key, "merges", title, { card: mergeCard({ title }) });
    if (!("post" in made)) throw new Error("no post");
    await stage.post(made.post);
    const { id } = await stage.discord.room("merges").until((m) => m.text.includes(title));
    await stage.until("both", () => ours(stage, id).length === 2);
    return id;
  };
  const ours = ({ discord }: Stage, id: string) =>
    (discord.world.messages.get(id)?.reactions ?? []).flatMap(({ emoji, users }) =>
      users.includes(discord.world.self.id) ? [emoji.name] : [],
    );
  const puts = ({ discord }: Stage, id: string) =>
    discord.log.filter(
      (l) => l.kind === "rest" && l.method === "PUT" && l.path.includes(`/${id}/reactions/`),
    ).length;

  it.each(["✅", null])("is there again after a moderator took it off (%s)", async (emoji) => {
    const { ada, stage } = await openReady();
    const card = await askingCard(stage, "merge:12.1");
    await stage.die();
    await stage.revive();
    await stage.ready();
    await ada.clearReactions(card, emoji);
    expect(ours(stage, card)).toHaveLength(emoji === null ? 0 : 1);
    await stage.until("both again", () => ours(stage, card).length === 2);
  });

  it("is there again when it was taken off while the bot was away", async () => {
    const { ada, stage } = await openReady();
    const card = await askingCard(stage, "merge:12.1");
    const over = await askingCard(stage, "merge:13.1");
    await stage.die();
    for (const one of [card, over]) await ada.clearReactions(one, null);
    stage.approved.add("merge:13.1");
    await stage.revive();
    await stage.ready();
    await stage.until("both again", () => ours(stage, card).length === 2);
    expect(ours(stage, over)).toEqual([]);
  });

  it("comes back once in some seconds at most, and never to a card that is over", async () => {
    const { ada, stage } = await openReady();
    const card = await askingCard(stage, "merge:12.1");
    const over = await askingCard(stage, "merge:13.1");
    await ada.clearReactions(card, null);
    await stage.until("both again", () => ours(stage, card).length === 2);
    const before = puts(stage, card);
    for (let n = 0; n < 5; n += 1) await ada.clearReactions(card, null);
    stage.landed.add("merge:13.1");
    await ada.clearReactions(over, null);
    // What is asked after that is answered after all that could have been done by then.
    const other = await askingCard(stage, "merge:14.1");
    await ada.clearReactions(other, null);
    await stage.until("the other", () => ours(stage, other).length === 2);
    expect([puts(stage, card), ours(stage, over)]).toEqual([before, []]);
    await stage.until("in its time", () => ours(stage, card).length === 2);
    expect([puts(stage, card), ours(stage, over)]).toEqual([before + 2, []]);
  });
});
