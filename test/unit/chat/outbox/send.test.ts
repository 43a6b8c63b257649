import { describe, expect, it } from "vitest";
import type { Ledger, Standing } from "../../../../src/chat/outbox/ledger.ts";
import { createSend } from "../../../../src/chat/outbox/send.ts";
import type { Post } from "../../../../src/core/card.ts";

const postOf = (text: string): Post => ({
  ...{ key: "a", room: "events", thread: null, from: "batty", text, card: null, loud: false },
  ...{ mentions: [], replyTo: null },
});

function memory(): Ledger {
  const kept = new Map<string, Standing>();
  return {
    get: (key) => kept.get(key) ?? null,
    keyOf: () => null,
    keep: (key, standing) => void kept.set(key, standing),
    written: async () => undefined,
  };
}

describe("a post on its way to a chat", () => {
  it("is known from then on by the id that an edit left it under", async () => {
    const ledger = memory();
    const edited: string[] = [];
    const send = createSend({
      ledger,
      prepare: async (post) => post,
      closing: new AbortController().signal,
      port: {
        ...{ name: "local", width: 1, lateness: 0 },
        post: async () => "1/2",
        async edit(id) {
          edited.push(id);
          return "1/2+3";
        },
        find: async () => null,
        mark: async () => undefined,
      },
    });
    await send({ post: postOf("short") }, { seq: 0, doubtful: false });
    await send({ post: postOf("much longer") }, { seq: 0, doubtful: false });
    await send({ post: postOf("longer still") }, { seq: 0, doubtful: false });
    expect(edited).toEqual(["1/2", "1/2+3"]);
    expect(ledger.get("a")?.id).toBe("1/2+3");
  });

  it("does not set out any more when the bot is about to go", async () => {
    const calls: string[] = [];
    const send = createSend({
      ledger: memory(),
      prepare: async (post) => post,
      closing: AbortSignal.abort(),
      port: {
        ...{ name: "local", width: 1, lateness: 0 },
        async post() {
          calls.push("post");
          return new Promise(() => undefined);
        },
        edit: async (id) => id,
        find: async () => null,
        mark: async () => undefined,
      },
    });
    await expect(send({ post: postOf("late") }, { seq: 0, doubtful: false })).rejects.toThrow();
    expect(calls).toEqual([]);
  });
});
