import { describe, expect, it } from "vitest";
import type { Incoming } from "../../../../../src/chat/local/terminal/view.ts";
import { landed, mergeCard, message, question } from "../samples.ts";
import { type AtTerminal, arrived, atTerminal, rooms } from "./person.ts";

const merge = (more = {}) =>
  message({ id: "m5", room: "merges", thread: "task:12", card: mergeCard, loud: true, ...more });

/** A second card, newer than the first. */
const second = (id = "m6") =>
  merge({
    id,
    card: {
      ...mergeCard,
      title: "#13 Mend the docs",
      actions: mergeCard.actions.map((a) => ({ ...a, id: a.id.replace("12", "13") })),
    },
  });

function inMerges(...lines: readonly Incoming[]): AtTerminal {
  const ada = arrived();
  ada.hears(...lines);
  ada.types("/go merges[enter]");
  ada.requests.length = 0;
  return ada;
}

describe("when the chat begins", () => {
  it("asks for the rooms, then for what was said in each", () => {
    const ada = atTerminal();
    ada.hears({ event: "ready", as: "ada", tier: "admin" });
    expect(ada.requests).toEqual([{ rooms: true }]);
    ada.hears({ event: "rooms", rooms });
    expect(ada.requests.slice(1)).toEqual([
      ...rooms.map(({ name }) => ({ history: { room: name, limit: 100 } })),
      { history: { room: "commands", limit: 500 } },
    ]);
  });

  it("asks for all that was said in a room when a person goes there, once", () => {
    const ada = arrived();
    ada.types("[tab][shift-tab][tab]");
    const histories = ada.requests.filter((request) => "history" in request);
    expect(histories).toEqual([{ history: { room: "events", limit: 500 } }]);
  });

  it("asks for the history of a room that comes later, and once for each", () => {
    const ada = arrived();
    ada.hears(message({ id: "m9", room: "task:13" }));
    expect(ada.requests).toEqual([{ rooms: true }]);
    ada.hears({
      event: "rooms",
      rooms: [...rooms, { name: "task:13", kind: "task", title: "#13" }],
    });
    expect(ada.requests.slice(1)).toEqual([{ history: { room: "task:13", limit: 100 } }]);
  });
});

describe("writing", () => {
  it("sends the text to the room, newlines of a paste kept", () => {
    const ada = arrived();
    ada.types("/go eng[enter]");
    ada.requests.length = 0;
    ada.types("look at ");
    ada.pastes("a\r\n  b\x07\n");
    ada.types("[newline]please[enter]");
    expect(ada.requests).toEqual([{ say: "look at a\n  b\n\nplease", room: "eng-1-1" }]);
    expect(ada.view.editor.text).toBe("");
  });

  it("sends nothing when there is nothing", () => {
    const ada = arrived();
    ada.types("  [enter]");
    expect(ada.requests).toEqual([]);
  });

  it("gives back with up what was sent", () => {
    const ada = arrived();
    ada.types("/status[enter]/board[enter][up][up][enter]");
    expect(ada.requests.at(-1)).toEqual({ say: "/status", room: "commands" });
  });
});

describe("a card's actions", () => {
  it("are chosen by number, shown, and done by Enter", () => {
    const ada = inMerges(merge());
    ada.types("2");
    expect(ada.sees()).toContain("Enter Reject: #12 Add JWT auth");
    expect(ada.requests).toEqual([]);
    ada.types("[enter]");
    expect(ada.requests).toEqual([{ press: "m12.1.reject", message: "m5" }]);
    expect(ada.view.editor.text).toBe("");
  });

  it("y approves the newest open merge card after showing which", () => {
    const ada = inMerges(merge(), second());
    ada.types("y");
    expect(ada.sees()).toContain("Enter ✅ Approve: #13 Mend the docs");
    ada.types("[enter]");
    expect(ada.requests).toEqual([{ press: "m13.1.approve", message: "m6" }]);
  });

  it("mean the card that was shown, not one that came in between", () => {
    const ada = inMerges(merge());
    ada.types("y");
    ada.hears(second());
    ada.types("[enter]");
    expect(ada.requests).toEqual([{ press: "m12.1.approve", message: "m5" }]);
  });

  it("do nothing when the card has changed meanwhile", () => {
    const ada = inMerges(merge());
    ada.types("y");
    ada.hears({ ...merge({ card: landed }), event: "edit" });
    ada.types("[enter]");
    expect(ada.requests).toEqual([]);
    expect(ada.sees()).toContain("That card has changed meanwhile");
    expect(ada.view.editor.text).toBe("");
  });

  it("that ask for a text get it from the next line", () => {
    const ada = inMerges(merge());
    ada.types("3[enter]");
    expect(ada.requests).toEqual([]);
    expect(ada.sees()).toContain("Send back…>");
    ada.types("[enter]");
    expect(ada.sees()).toContain("It needs a text");
    ada.types("1 more test[enter]");
    expect(ada.requests).toEqual([{ press: "m12.1.back", message: "m5", text: "1 more test" }]);
  });

  it("that ask for a text are given up by Esc, and by leaving the room", () => {
    const ada = inMerges(merge());
    ada.types("3[enter]no[escape]");
    expect(ada.view).toMatchObject({ asking: null, editor: { text: "" } });
    ada.types("3[enter]no[tab]");
    expect(ada.view).toMatchObject({ asking: null, editor: { text: "" } });
    expect(ada.requests.filter((request) => "press" in request)).toEqual([]);
  });

  it("of an older card are reached by Ctrl-O", () => {
    const ada = inMerges(merge(), second());
    ada.types("[ctrl-o]4[enter]");
    expect(ada.requests).toEqual([{ press: "m12.1.diff", message: "m5" }]);
    ada.types("[ctrl-o][ctrl-o]4[enter]");
    expect(ada.requests.at(-1)).toEqual({ press: "m13.1.diff", message: "m6" });
  });

  it("a longer text is a text, whatever it begins with", () => {
    const ada = inMerges(merge());
    ada.types("yes and 1[enter]");
    expect(ada.requests).toEqual([{ say: "yes and 1", room: "merges" }]);
  });

  it("a number without a card is a text, a y one where a member reads it", () => {
    const ada = arrived();
    ada.types("7[enter]y[enter]");
    expect(ada.sees()).toContain("Nothing here waits for a ✅.");
    ada.types("/go eng-1-1[enter]y[enter]u[enter]");
    expect(ada.sees()).toContain("Nothing else waits for you.");
    expect(ada.requests.filter((r) => "say" in r)).toEqual([
      { say: "7", room: "commands" },
      { say: "y", room: "eng-1-1" },
    ]);
  });
});

describe("rooms", () => {
  it("are gone through with Tab and Ctrl-N, and back with Shift-Tab and Ctrl-P", () => {
    const ada = arrived();
    const at = (keys: string) => ada.types(keys).view.current;
    expect(at("[tab]")).toBe("events");
    expect(at("[ctrl-n]")).toBe("merges");
    expect(at("[shift-tab]")).toBe("events");
    expect(at("[ctrl-p][ctrl-p]")).toBe("task:12");
    expect(at("[tab]")).toBe("commands");
  });

  it("keep the draft when they are changed", () => {
    const ada = arrived();
    ada.types("half[tab]");
    expect(ada.view.editor.text).toBe("half");
  });

  it("u goes to the next one in which something waits for a person", () => {
    const ada = arrived();
    ada.hears(merge(), message({ id: "m7", room: "eng-1-1", card: question, loud: true }));
    ada.types("u");
    expect(ada.sees()).toContain("Enter goes to merges");
    ada.types("[enter]");
    expect(ada.view.current).toBe("merges");
    ada.types("u[enter]");
    expect(ada.view.current).toBe("eng-1-1");
    ada.types("2[enter]");
    expect(ada.requests.at(-1)).toEqual({ press: "q3.answer.1", message: "m7" });
  });

  it("/go takes a name, its beginning or a task's number, and says when there is none", () => {
    const ada = arrived();
    expect(ada.types("/go 12[enter]").view.current).toBe("task:12");
    expect(ada.types("/go mer[enter]").view.current).toBe("merges");
    expect(ada.types("/go nowhere[enter]").view.current).toBe("merges");
    expect(ada.sees()).toContain('There is no room "nowhere".');
  });

  it("count what is unread, but neither what is here nor one's own", () => {
    const ada = arrived();
    ada.hears(
      message({ id: "m1", room: "events" }),
      message({ id: "m2", room: "events" }),
      message({ id: "m3", room: "commands" }),
      message({ id: "m4", room: "merges", from: "ada", echo: "7" }),
    );
    expect([...ada.view.unread].filter(([, n]) => n > 0)).toEqual([["events", 2]]);
    ada.types("[tab]");
    expect(ada.view.unread.get("events")).toBeUndefined();
  });
});

describe("messages", () => {
  const texts = (ada: ReturnType<typeof arrived>, room: string) =>
    (ada.view.entries.get(room) ?? []).map((e) => e.text);

  it("of a task stand in its room and in their own", () => {
    const ada = arrived();
    ada.hears(message({ room: "events", thread: "task:12", text: "gate green" }));
    expect(texts(ada, "events")).toEqual(["gate green"]);
    expect(texts(ada, "task:12")).toEqual(["gate green"]);
  });

  it("from the history come before what was said since, each once", () => {
    const ada = arrived();
    ada.hears(message({ id: "m11", text: "eleven" }));
    const messages = [
      message({ id: "m9", text: "nine" }),
      message({ id: "m10", text: "ten" }),
      message({ id: "m11", text: "eleven" }),
    ];
    ada.hears({ event: "history", room: "commands", messages });
    expect(texts(ada, "commands")).toEqual(["nine", "ten", "eleven"]);
  });

  it("are edited in their place and keep their reactions", () => {
    const ada = arrived();
    ada.hears(
      message({ id: "m1", text: "On it…" }),
      message({ id: "m2", text: "other" }),
      { event: "reaction", message: "m1", emoji: "✅", state: null, by: "ada", added: true },
      { ...message({ id: "m1", text: "Done." }), event: "edit" },
    );
    expect(texts(ada, "commands")).toEqual(["Done.", "other"]);
    expect(ada.sees()).toContain("✅ ada");
  });

  it("show only the receipt that stands", () => {
    const ada = arrived();
    const receipt = (state: string, emoji: string, added: boolean) => ({
      ...{ event: "reaction", message: "m1", by: "batty" },
      ...{ emoji, state, added },
    });
    ada.hears(
      message({ id: "m1", from: "ada" }),
      receipt("queued", "📥", true),
      receipt("queued", "📥", false),
      receipt("taken", "👀", true),
    );
    expect(ada.sees()).toContain("👀 taken");
    expect(ada.sees()).not.toContain("queued");
  });
});

describe("leaving", () => {
  it("takes /quit, Ctrl-D on an empty line, or Ctrl-C twice", () => {
    expect(arrived().types("/quit[enter]").quit).toBe(true);
    expect(arrived().types("[ctrl-d]").quit).toBe(true);
    expect(arrived().types("[ctrl-c]").quit).toBeUndefined();
    expect(arrived().types("[ctrl-c][ctrl-c]").quit).toBe(true);
  });

  it("by Ctrl-C clears the line first, and forgets when something else was pressed", () => {
    const ada = arrived();
    ada.types("half[ctrl-c]");
    expect(ada.view.editor.text).toBe("");
    expect(ada.sees()).toContain("Ctrl-C again ends the chat");
    expect(ada.types("x[ctrl-c]").quit).toBeUndefined();
  });
});

describe("an error", () => {
  it("is shown until the next key", () => {
    const ada = arrived();
    ada.hears({
      event: "error",
      code: "task.unknown",
      say: "There is no #9.",
      hint: "See /board.",
    });
    expect(ada.sees()).toContain("There is no #9. See /board.");
    ada.types("x");
    expect(ada.sees()).not.toContain("There is no #9");
  });

  it("before ready is the bot's last word", () => {
    const ada = atTerminal();
    ada.hears({ event: "error", code: "access.denied", say: "No." });
    expect(ada.view.farewell).toEqual({ code: "access.denied", say: "No." });
  });
});
