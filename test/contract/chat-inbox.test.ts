// What people say to a bot that dies: recorded first, acted on once, never late.
import { createHmac } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Inbound, openInbox } from "../../src/chat/inbox.ts";
import { actOnLeftOver } from "../../src/chat/left-over.ts";
import type { Post } from "../../src/core/card.ts";
import type { Caller } from "../../src/core/words.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { fakeDesk, refused, told } from "../fakes/desk.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "batty-inbox-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const noon = Date.UTC(2026, 0, 5, 12);
const inbound = (id: string, more: Partial<Inbound> = {}): Inbound => ({
  ...{ id, by: { name: "ada", via: "local", tier: "admin" }, room: "commands", at: noon },
  ...{ text: `/${id}`, replyTo: null, files: [], ...more },
});
const seal = (text: string): string => createHmac("sha256", "ours").update(text).digest("hex");
const never = new Promise<never>(() => undefined);
const recorded = async (): Promise<number> => (await readdir(join(dir, "inbox"))).length;

describe("an inbox", () => {
  it("acts once on what a platform sends twice, now and after a restart", async () => {
    const acted: string[] = [];
    const act = (id: string) => async () => acted.push(id);
    const inbox = await openInbox(dir, seal);
    await Promise.all([inbox.take(inbound("a"), act("a")), inbox.take(inbound("a"), act("a"))]);
    const later = await openInbox(dir, seal);
    expect(await later.take(inbound("a"), act("a"))).toBeNull();
    expect(acted).toEqual(["a"]);
    expect(await recorded()).toBe(0);
  });

  it("knows after a crash what it acted on, and what it acts on from then", async () => {
    const inbox = await openInbox(dir, seal);
    await inbox.take(inbound("a"), async () => undefined);
    await appendFile(join(dir, "ids.jsonl"), '"tor');
    const later = await openInbox(dir, seal);
    await later.take(inbound("b"), async () => undefined);
    const last = await openInbox(dir, seal);
    expect(["a", "b", "c"].map(last.has)).toEqual([true, true, false]);
  });

  it("takes anew what it could not record", async () => {
    const inbox = await openInbox(dir, seal);
    await rm(join(dir, "inbox"), { recursive: true });
    await expect(inbox.take(inbound("a"), recorded)).rejects.toMatchObject({ code: "ENOENT" });
    await mkdir(join(dir, "inbox"));
    expect(await inbox.take(inbound("a"), recorded)).toBe(1);
  });

  it("has recorded what it acts on", async () => {
    const inbox = await openInbox(dir, seal);
    expect(await inbox.take(inbound("a"), recorded)).toBe(1);
  });

  it("begins the acts of a room in the order in which they came, whoever takes long", async () => {
    const inbox = await openInbox(dir, seal);
    const begun: string[] = [];
    const long = deferred<void>();
    const takes = ["a", "b", "c", "d"].map((id, at) =>
      inbox.take(
        inbound(id, { by: { name: at === 0 ? "ada" : "bob", via: "local", tier: "admin" } }),
        () => {
          begun.push(id);
          return id === "a" ? long.promise : Promise.resolve();
        },
      ),
    );
    await Promise.all(takes.slice(1));
    expect(begun).toEqual(["a", "b", "c", "d"]);
    long.resolve();
    await takes[0];
  });

  it("knows what was taken, in this life or another", async () => {
    const inbox = await openInbox(dir, seal);
    const taking = inbox.take(inbound("a"), async () => undefined);
    expect(["a", "b"].map(inbox.has)).toEqual([true, false]);
    await taking;
    expect((await openInbox(dir, seal)).has("a")).toBe(true);
  });

  it("says once of a message that it was edited", async () => {
    const inbox = await openInbox(dir, seal);
    await inbox.take(inbound("a"), async () => undefined);
    expect(["a", "a", "unknown"].map(inbox.edited)).toEqual([true, false, false]);
  });
});

describe("what a bot left over when it died", () => {
  /** A bot that dies while it acts on these. */
  const die = async (...list: readonly Inbound[]): Promise<void> => {
    const inbox = await openInbox(dir, seal);
    for (const one of list) {
      const begun = deferred<void>();
      void inbox.take(one, () => {
        begun.resolve();
        return never;
      });
      await begun.promise;
    }
  };
  const revive = async (now: number, isActedOn = (_echo: string) => false) => {
    const desk = fakeDesk();
    desk.answers = (asked) =>
      asked.what === "say" && asked.said.text === "/no" ? refused("no", "No.") : told("Done.");
    const posts: Post[] = [];
    await actOnLeftOver({
      ...{ inbox: await openInbox(dir, seal), desk, isActedOn, now: () => now },
      echoOf: async ({ id }) => (id === "unseen" ? null : `m-${id}`),
      keep: async (post) => void posts.push(post),
    });
    const said = desk.asked.map((asked) => (asked.what === "say" ? asked.said.text : asked.what));
    const whole: readonly Post[] = posts;
    return { said, asked: desk.asked, whole, posts: posts.map((p) => [p.room, p.text, p.replyTo]) };
  };

  it("is acted on by the next one, in order and once, and answered where it was said", async () => {
    await die(inbound("status"), inbound("no", { at: noon + 1, room: "merges" }));
    expect(await revive(noon + 60_000)).toMatchObject({
      said: ["/status", "/no"],
      posts: [
        ["commands", "Done.", "m-status"],
        ["merges", "No.", "m-no"],
      ],
    });
    expect(await revive(noon + 60_000)).toMatchObject({ said: [], posts: [] });
  });

  it("is pressed by the next one where it was a button, and never taken for words", async () => {
    const press = { action: "q7.answer.0", text: null, message: "c/1" };
    await die(inbound("p", { room: "architect", text: "Yes", press }));
    const { said, asked } = await revive(noon + 1_000);
    expect(said).toEqual(["press"]);
    expect(asked[0]).toMatchObject({ action: "q7.answer.0", text: null });
  });

  it("is answered in the chat that it came from", async () => {
    await die(inbound("status", { by: { name: "ada", via: "discord", tier: "admin" } }));
    expect((await revive(noon + 1_000)).whole).toMatchObject([
      { replyTo: "m-status", replyVia: "discord" },
    ]);
  });

  it("is pressed also on the answer to words of which something came", async () => {
    const press = { action: "m1.000001.1.cancel", text: null, message: "m-send" };
    await die(inbound("p", { text: "Take back", press }));
    expect((await revive(noon + 1_000, (echo) => echo === "m-p")).said).toEqual(["press"]);
  });

  it("of a stranger is heard for the audit, and neither answered nor listed", async () => {
    const by: Caller = { name: "discord:1", via: "discord", tier: "none" };
    await die(inbound("no", { by, at: noon + 400_000 }), inbound("old", { by, room: "merges" }));
    const { said, posts } = await revive(noon + 401_000);
    expect({ said, posts }).toEqual({ said: ["/no"], posts: [] });
    expect(await recorded()).toBe(0);
  });

  it("is not acted on again when something came of it, nor when nobody ever saw it", async () => {
    await die(inbound("send"), inbound("unseen", { room: "merges" }));
    const { said, posts } = await revive(noon + 1_000, (echo) => echo === "m-send");
    expect({ said, posts }).toEqual({ said: [], posts: [] });
    expect(await recorded()).toBe(0);
  });

  it("is not what somebody else put there", async () => {
    await openInbox(dir, seal);
    const forged = JSON.stringify(inbound("merge 12"));
    for (const [name, line] of [
      ["1.json", `${forged}\n`],
      ["2.json", `${"0".repeat(64)} ${forged}\n`],
      ["3.json", `${seal(forged)} ${forged.replace("12", "13")}\n`],
    ] as const)
      await writeFile(join(dir, "inbox", name), line);
    expect(await revive(noon)).toMatchObject({ said: [], posts: [] });
    expect(await recorded()).toBe(0);
  });

  it("is listed when it is old, and never executed", async () => {
    await die(inbound("stop"), inbound("merge 12", { at: noon + 1, room: "merges" }));
    const { said, posts } = await revive(noon + 10 * 60_000);
    expect(said).toEqual([]);
    expect(posts.map(([room, text]) => [room, text])).toEqual([
      [
        "commands",
        expect.stringContaining("not acted on; say it again if it still counts:\nada: /stop"),
      ],
      ["merges", expect.stringContaining("ada: /merge 12")],
    ]);
    expect(await revive(noon + 10 * 60_000)).toMatchObject({ said: [], posts: [] });
  });
});
