// What every chat must do for the outbox: run on the platform of the tests and on the local chat.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Card, Post, PostFile } from "../../src/core/card.ts";
import type { ChatPort } from "../../src/core/chat-port.ts";
import { Failure, type Receipt } from "../../src/core/words.ts";

export interface Seen {
  readonly id: string;
  readonly text: string;
  readonly card: Card | null;
  readonly files: readonly PostFile[];
}

export interface PortStage {
  readonly port: ChatPort;
  /** As people see the room. */
  seen(room: string): readonly Seen[];
  /** A person says something; its id. */
  said(text: string): Promise<string>;
  /** What stands on a person's message. */
  receipt(id: string): Receipt | null;
  end(): Promise<void>;
}

const postOf = (key: string, more: Partial<Post> = {}): Post => ({
  ...{ key, room: "merges", thread: null, from: "batty", text: key, card: null, loud: false },
  ...{ mentions: [], replyTo: null, ...more },
});
const signal = (): AbortSignal => AbortSignal.timeout(5_000);

export function describePort(name: string, make: () => Promise<PortStage>): void {
  describe(`a chat's port: ${name}`, () => {
    let stage: PortStage;
    beforeEach(async () => {
      stage = await make();
    });
    afterEach(() => stage.end());

    it("shows posts in the order in which they were taken, each under an id of its own", async () => {
      const ids = [];
      for (const key of ["a", "b", "c"]) ids.push(await stage.port.post(postOf(key), signal()));
      expect(new Set(ids).size).toBe(3);
      expect(stage.seen("merges").map((m) => [m.id, m.text])).toEqual([
        [ids[0], "a"],
        [ids[1], "b"],
        [ids[2], "c"],
      ]);
    });

    it("takes the same key again for the same post", async () => {
      const id = await stage.port.post(postOf("a"), signal());
      expect(await stage.port.post(postOf("a"), signal())).toBe(id);
      expect(stage.seen("merges")).toHaveLength(1);
    });

    it("edits a post in its place", async () => {
      const id = await stage.port.post(postOf("a"), signal());
      await stage.port.post(postOf("b"), signal());
      await stage.port.edit(id, postOf("a", { text: "newer" }), signal());
      await stage.port.edit(id, postOf("a", { text: "newer" }), signal());
      expect(stage.seen("merges").map((m) => m.text)).toEqual(["newer", "b"]);
    });

    it("says that a post is gone, by its code", async () => {
      const gone = stage.port.edit("nowhere", postOf("never posted"), signal());
      await expect(gone).rejects.toMatchObject({ code: "chat.message-gone" });
      await expect(gone).rejects.toBeInstanceOf(Failure);
    });

    it("finds a post by its key, and says when it is not there", async () => {
      const id = await stage.port.post(postOf("a"), signal());
      expect(await stage.port.find(postOf("a"), signal())).toBe(id);
      expect(await stage.port.find(postOf("b"), signal())).toBeNull();
    });

    it("shows files along with a post", async () => {
      const files = [{ name: "answer.md", path: "/kept/answer.md" }];
      await stage.port.post(postOf("a", { files }), signal());
      expect(stage.seen("merges")[0]?.files).toEqual(files);
    });

    it("lets a new receipt take the place of the old one", async () => {
      const echo = await stage.said("build it");
      for (const state of ["queued", "typed", "typed", "taken"] as const)
        await stage.port.mark({ echo, state }, signal());
      expect(stage.receipt(echo)).toBe("taken");
    });
  });
}
