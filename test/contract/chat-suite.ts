// What every chat does for people and for the bot, whatever carries it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Post } from "../../src/core/card.ts";
import { deferred } from "../../src/lib/deferred.ts";
import type { ChatDesk, Message } from "../fakes/chat-desk.ts";
import { accepted, type FakeDesk, refused, told } from "../fakes/desk.ts";
import { landed, mergeCard } from "../unit/chat/local/samples.ts";

export interface ChatStage {
  readonly desk: FakeDesk;
  readonly chat: Pick<ChatDesk, "show" | "room" | "receipts" | "person" | "all">;
  /** Until a person sees it. */
  until(what: () => boolean): Promise<void>;
  end(): Promise<void>;
}

const postOf = (key: string, more: Partial<Post> = {}): Post => ({
  ...{ key, room: "merges", thread: null, from: "batty", text: key, card: null },
  ...{ loud: false, mentions: [], replyTo: null },
  ...more,
});

export function describeChat(name: string, make: () => Promise<ChatStage>): void {
  describe(`a chat (${name})`, () => {
    let stage: ChatStage;
    beforeEach(async () => {
      stage = await make();
    });
    afterEach(() => stage.end());

    const ada = () => stage.chat.person("ada", "approver");
    const texts = (room: string) =>
      stage.chat
        .room(room)
        .messages()
        .map((m) => m.text);
    /** Shows a post, and waits until people see it. */
    const shown = async (post: Post): Promise<Message> => {
      await stage.chat.show({ post });
      const found = () =>
        stage.chat
          .room(post.room)
          .messages()
          .find((m) => m.text === post.text);
      await stage.until(() => found() !== undefined);
      return found() as Message;
    };
    /** Whatever was under way has arrived. */
    const settled = async (): Promise<void> => {
      const text = `settled ${stage.chat.all().length}`;
      await shown(postOf(text, { room: "events", text }));
    };

    it("answers where it was asked, as a reply to what the person said", async () => {
      stage.desk.answers = () => told("All is well.");
      const heard = await ada().says("/status", { room: "merges" });
      expect(heard).toMatchObject({ text: "All is well.", refusal: null });
      await stage.until(() => texts("merges").length === 2);
      const [own, answer] = stage.chat.room("merges").messages();
      expect(own).toMatchObject({ id: heard.own, from: "ada", text: "/status" });
      expect(answer).toMatchObject({ from: "batty", text: "All is well.", replyTo: heard.own });
      expect(stage.desk.asked).toMatchObject([
        {
          by: { name: "ada", via: "local", tier: "approver" },
          said: { text: "/status", room: "merges", replyTo: null, echo: heard.own },
        },
      ]);
    });

    it("tells a refusal to the one who asked", async () => {
      stage.desk.answers = () => refused("task.unknown", "There is no #9.");
      const heard = await ada().says("/merge 9");
      expect(heard.refusal).toMatchObject({ code: "task.unknown", say: "There is no #9." });
      await settled();
      expect(texts("commands")).toEqual(["/merge 9"]);
    });

    it("shows the receipts of a directive on the person's own message, each once, in order", async () => {
      stage.desk.answers = () => accepted;
      const { own, refusal } = await ada().says("build it", { room: "eng-1-1" });
      expect(refusal).toBeNull();
      const echo = own as string;
      for (const state of ["queued", "typed", "typed", "taken", "answered"] as const)
        await stage.chat.show({ mark: { echo, state } });
      await stage.until(() => stage.chat.receipts(echo).includes("answered"));
      expect(stage.chat.receipts(echo)).toEqual(["queued", "typed", "taken", "answered"]);
      expect(stage.chat.room("eng-1-1").text()).toBe("ada: build it (answered)");
    });

    it("shows what goes with a receipt for as long as that is the state", async () => {
      stage.desk.answers = () => accepted;
      const { own } = await ada().says("build it", { room: "eng-1-1" });
      const echo = own as string;
      const card = { ...mergeCard, kind: "status" as const, title: "It waits" };
      const cardOf = () => stage.chat.room("eng-1-1").messages()[0]?.card;
      await stage.chat.show({ mark: { echo, state: "queued", card } });
      await stage.until(() => cardOf()?.title === "It waits");
      await stage.chat.show({ mark: { echo, state: "withdrawn" } });
      await stage.until(() => stage.chat.receipts(echo).includes("withdrawn"));
      expect(cardOf()).toBeNull();
      expect(stage.chat.receipts(echo)).toEqual(["queued", "withdrawn"]);
      expect(stage.chat.room("eng-1-1").messages()[0]).toMatchObject({ from: "ada", id: own });
    });

    it("shows a receipt once when it overtakes the answer", async () => {
      const card = { ...mergeCard, kind: "status" as const, title: "It waits" };
      let showing: Promise<void> = Promise.resolve();
      for (const isOver of [true, false]) {
        stage.desk.answers = async (asked) => {
          if (asked.what === "say")
            showing = stage.chat.show({ mark: { echo: asked.said.echo, state: "queued", card } });
          if (isOver) await showing;
          return accepted;
        };
        const { own } = await ada().says("build it", { room: "eng-1-1" });
        await showing;
        await settled();
        expect(stage.chat.receipts(own as string)).toEqual(["queued"]);
        const said = stage.chat
          .room("eng-1-1")
          .messages()
          .find((m) => m.id === own);
        expect(said?.card?.title).toBe("It waits");
      }
    });

    it("shows a post once, and edits it in its place when it differs", async () => {
      await shown(postOf("card", { card: mergeCard }));
      await shown(postOf("other"));
      await stage.chat.show({ post: postOf("card", { card: mergeCard }) });
      await stage.chat.show({ post: postOf("card", { card: landed }) });
      await settled();
      const [card, other] = stage.chat.room("merges").messages();
      expect(texts("merges")).toEqual(["card", "other"]);
      expect(card?.card?.state).toBe("done");
      expect(card?.shown).toHaveLength(2);
      expect(other?.shown).toEqual(["other"]);
    });

    it("hands a reply on with the post that it answers", async () => {
      stage.desk.answers = () => accepted;
      const question = await shown(postOf("question:3", { room: "eng-1-1" }));
      await ada().says("the second", { room: "eng-1-1", replyTo: question });
      expect(stage.desk.asked).toMatchObject([{ said: { replyTo: { key: "question:3" } } }]);
    });

    it("hands a press on with its text, and shows what came of it on the card", async () => {
      stage.desk.answers = async () => {
        await stage.chat.show({ post: postOf("card", { card: landed }) });
        return { kind: "edited", key: "card" };
      };
      const card = await shown(postOf("card", { card: mergeCard }));
      const heard = await ada().presses("Send back", card, "one more test");
      expect(heard.refusal).toBeNull();
      expect(stage.desk.asked).toMatchObject([
        { what: "press", by: { name: "ada" }, action: "m12.1.back", text: "one more test" },
      ]);
      await stage.until(() => stage.chat.room("merges").card().card?.state === "done");
      expect(stage.chat.room("merges").messages()).toHaveLength(1);
    });

    it("hands reactions on with the post they stand on, and their refusals back", async () => {
      const card = await shown(postOf("card", { card: mergeCard }));
      stage.desk.answers = (asked) =>
        asked.what === "react" && asked.added
          ? { kind: "done" }
          : refused("approval.closed", "No.");
      expect((await ada().reacts("✅", card)).refusal).toBeNull();
      expect((await ada().unreacts("✅", card)).refusal).toMatchObject({ code: "approval.closed" });
      expect(stage.desk.asked).toMatchObject([
        { what: "react", key: "card", emoji: "✅", added: true },
        { what: "react", key: "card", emoji: "✅", added: false },
      ]);
    });

    it("answers long work at once, and edits that answer", async () => {
      const work = deferred<{ text: string; card: null }>();
      stage.desk.answers = () => ({ ...told("On it…"), edit: work.promise }) as never;
      expect((await ada().says("/start")).text).toBe("On it…");
      work.resolve({ text: "The team is up.", card: null });
      await stage.until(() => texts("commands").includes("The team is up."));
      expect(texts("commands")).toEqual(["/start", "The team is up."]);
    });

    it("never gives two messages the same id", async () => {
      stage.desk.answers = () => told("yes");
      await Promise.all(["ada", "bob"].map((n) => stage.chat.person(n, "viewer").says("/help")));
      await settled();
      const ids = stage.chat.all().map((m) => m.id);
      expect(ids).toHaveLength(5);
      expect(new Set(ids).size).toBe(5);
    });
  });
}
