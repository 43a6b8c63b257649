// What the protocol promises beyond what every chat does: refs, echoes, clients, restarts.
import { execFile } from "node:child_process";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Post } from "../../src/core/card.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { accepted, refused, told } from "../fakes/desk.ts";
import { landed, mergeCard } from "../unit/chat/local/samples.ts";
import { type Client, type Line, openPlace, type Place } from "./chat-stages.ts";

let place: Place;
let ada: Client;
let bob: Client;
beforeEach(async () => {
  place = await openPlace();
  ada = await place.client();
  bob = await place.client("bob");
  await Promise.all([ada, bob].map((c) => c.next((line) => line["event"] === "ready")));
});
afterEach(() => place.end());

const card = (more: Partial<Post> = {}): Post => ({
  ...{ key: "merge:12:1", room: "merges", thread: "task:12", from: "batty" },
  ...{ text: mergeCard.title, card: mergeCard, loud: true, mentions: ["ada"], replyTo: null },
  ...more,
});
const shownCard = async (): Promise<Line> => {
  await place.chat.post(card());
  return ada.next((line) => line["card"]?.kind === "merge");
};
const withRef = (client: Client, ref: string): readonly Line[] =>
  client.lines.filter((line) => line["ref"] === ref);

describe("an answer", () => {
  it("comes after the echo; only its asker sees the ref and the echo's mark", async () => {
    place.desk.answers = () => told("All is well.");
    const answer = await ada.ask({ say: "/status" });
    await ada.settled();
    expect(ada.lines.slice(1, 3)).toEqual([
      expect.objectContaining({ event: "message", from: "ada", echo: "r1", room: "commands" }),
      expect.objectContaining({ event: "message", from: "batty", ref: "r1" }),
    ]);
    expect(answer["reply_to"]).toBe(ada.lines[1]?.["id"]);
    expect(ada.lines[1]).not.toHaveProperty("ref");
    expect(withRef(ada, "r1")).toHaveLength(1);
    const heard = await bob.next((line) => line["id"] === answer["id"]);
    expect(heard).not.toHaveProperty("ref");
    expect(bob.lines.find((line) => line["text"] === "/status")).not.toHaveProperty("echo");
  });

  it("to a directive is the receipt, which names the echo and replies to nothing", async () => {
    place.desk.answers = () => accepted;
    const answer = await ada.ask({ say: "build", room: "eng-1-1" });
    const echo = await ada.next((line) => line["echo"] === "r1");
    expect(answer).toEqual({
      ...{ event: "reaction", message: echo["id"], emoji: "📥", state: "queued", by: "batty" },
      ...{ added: true, ref: "r1" },
    });
  });

  it("to a directive carries its ref once, also when the receipt was quicker", async () => {
    place.desk.answers = async (asked) => {
      if (asked.what === "say")
        for (const state of ["queued", "typed"] as const)
          await place.chat.mark({ echo: asked.said.echo, state });
      return accepted;
    };
    const answer = await ada.ask({ say: "build", room: "eng-1-1" });
    await ada.settled();
    expect(answer).toMatchObject({ event: "reaction", state: "queued" });
    expect(withRef(ada, "r1")).toHaveLength(1);
  });

  it("that is a refusal replies to the echo", async () => {
    const answer = await ada.ask({ say: "/nonsense" });
    const echo = await ada.next((line) => line["echo"] === "r1");
    expect(answer).toMatchObject({ event: "error", code: "verb.unknown", reply_to: echo["id"] });
  });

  it("to a press that edits a card comes when everybody saw the edit", async () => {
    const { id } = await shownCard();
    place.desk.answers = () => {
      // Decided at once, shown a moment later.
      const later = new Promise((resolve) => setTimeout(resolve, 20));
      place.shows.push(later.then(() => place.chat.post(card({ card: landed }))));
      return { kind: "edited", key: "merge:12:1" };
    };
    const answer = await ada.ask({ press: "m12.1.approve", message: id });
    expect(answer).toMatchObject({ event: "edit", id, card: { state: "done" } });
    expect(answer).not.toHaveProperty("reply_to");
    const edits = ada.lines.filter((line) => line["event"] === "edit");
    expect(edits.map((line) => line["ref"])).toEqual([undefined, answer["ref"]]);
    await bob.next((line) => line["event"] === "edit" && line["id"] === id);
  });

  it("to a press that turns a page takes the place of the page before", async () => {
    const { id } = await shownCard();
    const files = [{ name: "12.patch", path: "/kept/12.patch" }];
    place.desk.answers = () => ({ kind: "message", text: "the first page", card: null, files });
    const first = await ada.ask({ press: "m12.1.diff", message: id });
    expect(first).toMatchObject({
      event: "message",
      text: "the first page",
      thread: "task:12",
      files,
    });
    place.desk.answers = () => ({
      ...{ kind: "message", text: "the second page", card: null, inPlace: true },
    });
    const second = await ada.ask({ press: "d12.2", message: first["id"] });
    expect(second).toMatchObject({
      event: "edit",
      id: first["id"],
      text: "the second page",
      files,
    });
    const seen = await bob.next((line) => line["text"] === "the second page");
    expect(seen).toMatchObject({ event: "edit", id: first["id"] });
  });

  it("to a press that changes nothing is the card as it stands", async () => {
    const { id } = await shownCard();
    place.desk.answers = () => ({ kind: "done" });
    expect(await ada.ask({ press: "m12.1.approve", message: id })).toMatchObject({
      ...{ event: "edit", id, card: { state: "open" } },
    });
  });

  it("to a reaction is the reaction itself, added and taken back", async () => {
    const { id } = await shownCard();
    place.desk.answers = () => ({ kind: "done" });
    for (const added of [true, false]) {
      const answer = await ada.ask({ [added ? "react" : "unreact"]: "✅", message: id });
      expect(answer).toEqual({
        ...{ event: "reaction", message: id, emoji: "✅", state: null, by: "ada", added },
        ref: answer["ref"],
      });
      const heard = await bob.next((l) => l["event"] === "reaction" && l["added"] === added);
      expect(heard).not.toHaveProperty("ref");
    }
  });

  it("that is edited late is edited without ref", async () => {
    const work = deferred<{ text: string; card: null }>();
    place.desk.answers = () => ({ ...told("On it…"), edit: work.promise }) as never;
    const first = await ada.ask({ say: "/start" });
    work.resolve({ text: "Up.", card: null });
    const edit = await ada.next((line) => line["event"] === "edit");
    expect(edit).toMatchObject({ id: first["id"], text: "Up.", reply_to: first["reply_to"] });
    expect(edit).not.toHaveProperty("ref");
  });

  it("whose late edit fails is told in the log, and the chat goes on", async () => {
    place.desk.answers = () =>
      ({ ...told("On it…"), edit: Promise.reject(new Error("lost")) }) as never;
    await ada.ask({ say: "/start" });
    await ada.settled();
    expect(place.log.join("\n")).toContain("lost");
  });

  it("that is our bug says so, and the connection stays", async () => {
    place.desk.answers = () => {
      throw new Error("oh no");
    };
    expect(await ada.ask({ say: "/status" })).toMatchObject({ event: "error", code: "bug" });
    expect(place.log.join("\n")).toContain("oh no");
    await ada.settled();
  });
});

describe("a question that asks to confirm", () => {
  const confirm = { ...mergeCard, kind: "confirm", subject: {}, title: "Stop the team?" } as const;
  const asked = async (): Promise<Line> => {
    place.desk.answers = (a) =>
      a.what === "say" ? { kind: "message", text: confirm.title, card: confirm } : told("Stopped.");
    return ada.ask({ say: "/stop" });
  };

  it("is closed when it was answered, and says by whom", async () => {
    const { id } = await asked();
    const answer = await ada.ask({ press: "m12.1.reject", message: id });
    expect(answer).toMatchObject({ event: "message", text: "Stopped." });
    const edit = await bob.next((line) => line["event"] === "edit" && line["id"] === id);
    expect(edit["card"]).toMatchObject({ state: "done", actions: [], footer: "Reject: ada" });
    expect(withRef(ada, String(answer["ref"]))).toHaveLength(1);
  });

  it("expires when nobody knows of it any more, and stays open when it is not for the asker", async () => {
    const { id } = await asked();
    place.desk.answers = () => refused("access.denied", "No.");
    await ada.ask({ press: "m12.1.reject", message: id });
    place.desk.answers = () => refused("approval.closed", "This question is closed.");
    const answer = await ada.ask({ press: "m12.1.reject", message: id });
    expect(answer).toMatchObject({ event: "error", code: "approval.closed" });
    const edit = await ada.next((line) => line["event"] === "edit" && line["id"] === id);
    expect(edit["card"]).toMatchObject({ state: "expired", actions: [] });
  });
});

describe("a request", () => {
  it.each([
    ["{}", {}],
    ["a text that is none", { say: 7 }],
    ["an empty text", { say: " \n" }],
    ["a press without an action", { press: null, message: "m1" }],
    ["a history without a room", { history: {} }],
    ["rooms: false", { rooms: false }],
  ])("that is none (%s) is an error with its ref", async (_what, request) => {
    expect(await ada.ask(request)).toMatchObject({ event: "error", code: "chat.bad-request" });
  });

  it.each([
    ["room", { say: "hello", room: "nowhere" }, "chat.unknown-room"],
    ["message to press on", { press: "a", message: "m99" }, "chat.unknown-message"],
    ["message to react to", { react: "✅", message: "m99" }, "chat.unknown-message"],
    ["message to reply to", { say: "the second", reply_to: "m99" }, "chat.unknown-message"],
  ])("that names an unknown %s reaches nobody", async (_what, request, code) => {
    const error = await ada.ask(request);
    expect(error).toMatchObject({ event: "error", code });
    expect(error["say"]).not.toBe("");
    expect(place.desk.asked).toEqual([]);
  });

  it("with files hands on where copies of them lie, and shows them", async () => {
    const path = join(place.dir, "my notes.txt");
    await writeFile(path, "as it was");
    await ada.ask({ say: "look", room: "eng-1-1", files: [path] });
    const [asked] = place.desk.asked;
    const [kept = ""] = asked?.what === "say" ? (asked.said.files ?? []) : [];
    expect(kept).toMatch(/\/attachments\/in\/[^/]+\/my_notes\.txt$/);
    expect(await readFile(kept, "utf8")).toBe("as it was");
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    const echo = await ada.next((line) => line["echo"] !== undefined);
    expect(echo["files"]).toEqual([{ name: "my_notes.txt", path: kept }]);
  });

  it.each([
    ["that is not there", "nowhere.txt", "chat.bad-file"],
    ["that is a folder", ".", "chat.bad-file"],
    ["that is a pipe", "pipe", "chat.bad-file"],
    ["that is too large", "large", "chat.bad-file"],
  ])("with a file %s reaches nobody", async (_what, name, code) => {
    await promisify(execFile)("mkfifo", [join(place.dir, "pipe")]);
    await writeFile(join(place.dir, "large"), "");
    await truncate(join(place.dir, "large"), 21 * 1024 * 1024);
    const error = await ada.ask({ say: "look", files: [join(place.dir, name)] });
    expect(error).toMatchObject({ event: "error", code });
    expect(place.desk.asked).toEqual([]);
    expect(await ada.ask({ say: "look", files: "no" })).toMatchObject({ code: "chat.bad-request" });
  });

  it("after another is answered after it", async () => {
    const slow = deferred<void>();
    place.desk.answers = async (asked) => {
      if (asked.what === "say" && asked.said.text === "/slow") await slow.promise;
      return told(asked.what === "say" ? asked.said.text : "");
    };
    const answers = [ada.ask({ say: "/slow" }), ada.ask({ say: "/quick" })];
    expect((await bob.ask({ say: "/other" }))["text"]).toBe("/other");
    slow.resolve();
    await Promise.all(answers);
    const order = ada.lines.filter((l) => l["ref"] !== undefined).map((l) => l["text"]);
    expect(order).toEqual(["/slow", "/quick"]);
  });
});

describe("over a restart", () => {
  it("nothing is replayed, ids stay valid and go on, history has reactions", async () => {
    const { id } = await shownCard();
    place.desk.answers = () => ({ kind: "done" });
    await ada.ask({ react: "✅", message: id });
    await place.restart();
    const again = await place.client();
    await again.settled();
    expect(again.lines.map((line) => line["event"])).toEqual(["ready", "rooms"]);
    const history = await again.ask({ history: { room: "merges" } });
    expect(history["messages"]).toMatchObject([
      { id, card: { kind: "merge" }, reactions: [{ emoji: "✅", by: "ada" }] },
    ]);
    await again.ask({ press: "m12.1.approve", message: id });
    expect(place.desk.asked.at(-1)).toMatchObject({ what: "press", action: "m12.1.approve" });
    await place.chat.post(card());
    place.desk.answers = () => told("x");
    const next = await again.ask({ say: "/x" });
    const echo = again.lines.find((line) => line["id"] === next["reply_to"]);
    expect(echo?.["text"]).toBe("/x");
    expect(next["reply_to"]).toBe("m2");
  });

  it("who is connected is told that the bot goes", async () => {
    await place.restart();
    expect(ada.lines.at(-1)).toMatchObject({ event: "error", code: "bot.gone" });
    await ada.link.closed;
  });
});
