import { describe, expect, it } from "vitest";
import { isActedOn } from "../../src/chat/left-over.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { seatKey } from "../fakes/signals.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const pastes = (day: Day, member: string) =>
  day.typed(member).filter((t) => t.startsWith("[batty"));
const enters = (day: Day, member: string) => day.typed(member).filter((t) => t === "<Enter>");

describe("typing into panes", () => {
  it("a swallowed Enter gets one extra Enter, and the message is acted out once", async () => {
    const day = await startDay({ team });
    day.terminal.seat("eng-1-1").ignoredEnters = 1;
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.quiet();
    expect(day.turns.filter((t) => t.body === "hello")).toHaveLength(1);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
    expect(pastes(day, "eng-1-1")).toHaveLength(1);
    expect(enters(day, "eng-1-1")).toHaveLength(2);
    expect(day.room("eng-1-1").cards()).toEqual([]);
  });

  it("two swallowed Enters are never followed by a third: the message fails and says why", async () => {
    const day = await startDay({ team });
    day.terminal.seat("eng-1-1").ignoredEnters = 99;
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.quiet();
    await day.pass(120_000);
    expect(enters(day, "eng-1-1")).toHaveLength(2);
    expect(pastes(day, "eng-1-1")).toHaveLength(1);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("failed");
    const card = day.room("eng-1-1").card("alert");
    expect(card.card?.lines.join("\n")).toContain("Enter had no effect");
    expect(card.loud).toBe(true);
  });

  it("no receipt though the composer is empty: no Enter, and failed as unknown after 20 s", async () => {
    const day = await startDay({ team });
    day.lose("eng-1-1", "taken", 1);
    day.script("eng-1-1", async (me) => {
      await me.sleep(60_000);
      return undefined;
    });
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.pass(30_000);
    expect(enters(day, "eng-1-1")).toHaveLength(1);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("failed");
  });

  it("a receipt that comes after it was given up makes it right, and nothing is typed again", async () => {
    const day = await startDay({ team });
    day.terminal.seat("eng-1-1").ignoredEnters = 2;
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.pass(60_000);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("failed");
    const failed = day.room("eng-1-1").card("alert");
    // A person presses Enter in the pane.
    const seat = day.terminal.seat("eng-1-1");
    await day.terminal.keys(seat.pane, ["Enter"], new AbortController().signal);
    await day.quiet();
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
    expect(day.turns.filter((t) => t.body === "hello")).toHaveLength(1);
    expect(day.room("eng-1-1").card("alert").card?.state).toBe("done");
    expect((await day.ada.presses("Send again", failed)).refusal?.code).toBe("message.unknown");
  });

  it("what still stands in the composer makes room when it is sent again, and nothing else does", async () => {
    const day = await startDay({ team });
    const seat = day.terminal.seat("eng-1-1");
    seat.ignoredEnters = 2;
    await day.ada.says("/send eng-1-1 hello");
    await day.pass(30_000);
    await day.as("manager", "send", "eng-1-1", "later");
    await day.pass(60_000);
    expect(seat.composer).toContain("hello");
    expect(day.turns).toEqual([]);
    await day.ada.presses("Send again", day.room("eng-1-1").card("alert"));
    await day.quiet();
    expect(day.turns.map((t) => t.body)).toEqual(["hello", "later"]);
    expect(new Set(day.turns.map((t) => t.id)).size).toBe(2);
    expect(day.typed("eng-1-1").filter((t) => t === "<C-u>")).toHaveLength(1);
  });

  it("what an interrupted agent put back into its composer makes room for the next message", async () => {
    const day = await startDay({ team: simple() });
    await day.ada.says("/send eng-1-1 hello");
    await day.quiet();
    const id = day.events("message_taken")[0]?.id ?? "";
    const seat = day.terminal.seat("eng-1-1");
    seat.composer = `[batty ${id} from ada via local]\nhello`;
    await day.ada.says("/send eng-1-1 once more");
    await day.quiet();
    expect(seat.composer).toBe("");
    expect(day.turns.filter((t) => t.member === "eng-1-1").map((t) => t.body)).toEqual([
      "hello",
      "once more",
    ]);
  });

  it("a draft in the composer holds the message; once it is gone the message comes once, without journal spam", async () => {
    const day = await startDay({ team });
    const seat = day.terminal.seat("eng-1-1");
    seat.composer = "a half-written thou";
    const { own } = await day.ada.says("/send eng-1-1 hello");
    const lines = spoken(day).length;
    await day.pass(300_000);
    expect(pastes(day, "eng-1-1")).toEqual([]);
    expect(seat.composer).toBe("a half-written thou");
    expect(spoken(day)).toHaveLength(lines);
    expect(day.chat.receipts(own ?? "")).toEqual(["queued"]);
    seat.composer = "";
    await day.until(() => day.turns.length === 1, 10_000);
    await day.quiet();
    expect(pastes(day, "eng-1-1")).toHaveLength(1);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
  });

  it("a draft begun between the look and the paste is not typed over", async () => {
    const day = await startDay({ team });
    const seat = day.terminal.seat("eng-1-1");
    day.mischief = {
      beforeEffect(effect) {
        if (effect.type === "once.type" && pastes(day, "eng-1-1").length === 0)
          seat.composer = "wait, ";
      },
    };
    await day.ada.says("/send eng-1-1 hello");
    await day.pass(30_000);
    expect(day.turns.map((t) => t.body)).not.toContain("wait, hello");
    expect(enters(day, "eng-1-1")).toEqual([]);
    expect(seat.composer).toBe("wait, ");
    day.mischief = {};
    seat.composer = "";
    await day.quiet();
    expect(day.turns.map((t) => t.body)).toEqual(["hello"]);
  });

  it("copy mode and dialogs hold the message until they are over", async () => {
    const day = await startDay({ team });
    day.terminal.scroll("eng-1-1", true);
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.pass(60_000);
    expect(pastes(day, "eng-1-1")).toEqual([]);
    expect(day.chat.receipts(own ?? "")).toEqual(["queued"]);
    expect(day.events("message_typing")).toEqual([]);
    day.terminal.scroll("eng-1-1", false);
    await day.quiet();
    expect(day.turns).toHaveLength(1);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
  });

  it("copy mode entered between the look and the paste holds the message once", async () => {
    const day = await startDay({ team });
    day.mischief = {
      beforeCall(call) {
        if (call === "terminal.paste") day.terminal.scroll("eng-1-1", true);
      },
    };
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.pass(60_000);
    expect(day.chat.receipts(own ?? "")).toEqual(["queued"]);
    expect(day.events("message_held")).toHaveLength(1);
    day.mischief = {};
    day.terminal.scroll("eng-1-1", false);
    await day.quiet();
    expect(day.turns).toHaveLength(1);
  });

  it("copy mode entered between paste and Enter: one Enter later, never a second paste", async () => {
    const day = await startDay({ team });
    day.mischief = {
      afterCall(call) {
        if (call === "terminal.paste") day.terminal.scroll("eng-1-1", true);
      },
    };
    const { own } = await day.ada.says("/send eng-1-1 hello");
    await day.pass(2_000);
    day.mischief = {};
    day.terminal.scroll("eng-1-1", false);
    await day.quiet();
    expect(pastes(day, "eng-1-1")).toHaveLength(1);
    expect(day.turns.map((t) => t.body)).toEqual(["hello"]);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
  });

  it("into a stranger's program in the pane nothing is typed; the member gets a new one", async () => {
    const day = await startDay({ team });
    day.terminal.replaceByStranger("eng-1-1");
    const before = day.terminal.typed.length;
    const { own } = await day.ada.says("/send eng-1-1 hello");
    expect(day.terminal.typed).toHaveLength(before);
    await day.quiet();
    const launched = day.terminal.launches.map((l) => l.member);
    expect(launched.filter((name) => name === "eng-1-1")).toHaveLength(2);
    expect(launched).toHaveLength(new Set(launched).size + 1);
    expect(day.terminal.typed.filter(({ member }) => member === "")).toEqual([]);
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
    expect(pastes(day, "eng-1-1")).toHaveLength(1);
  });

  it("control characters are taken out, newlines and tabs stay", async () => {
    const day = await startDay({ team });
    await day.ada.says("/send eng-1-1 one\u001b[201~\r\ntwo\tthree\u0007", { room: "commands" });
    await day.quiet();
    expect(day.turns[0]?.body).toBe("one[201~\ntwo\tthree");
  });

  it("a body over 4 KB goes to a file with a pointer", async () => {
    const day = await startDay({ team });
    await day.ada.says(`/send eng-1-1 ${"x".repeat(5_000)}`);
    await day.quiet();
    expect(pastes(day, "eng-1-1")[0]).toMatch(
      /^\[batty \S+ from ada via local\]\n\[body: \/bodies\//,
    );
  });
});

describe("busy agents", () => {
  const busy = (ms: number) => async (me: { sleep(ms: number): Promise<void> }) => {
    await me.sleep(ms);
    return "finished";
  };

  it("a message waits for the turn to end; people's go first, in order", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": busy(20_000) } });
    await day.ada.says("/send eng-1-1 one");
    await day.pass(2_000);
    await day.as("manager", "send", "eng-1-1", "from the manager");
    await day.ada.says("/send eng-1-1 two");
    await day.ada.says("/send eng-1-1 three");
    await day.pass(10_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one"]);
    await day.quiet();
    await day.pass(60_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one", "two", "three", "from the manager"]);
  });

  it("--now interrupts the running turn and comes next", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": busy(600_000) } });
    await day.ada.says("/send eng-1-1 one");
    await day.pass(2_000);
    await day.ada.says("/send eng-1-1 two");
    await day.ada.says("/send --now eng-1-1 stop and listen");
    await day.pass(3_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one", "stop and listen"]);
    expect(day.typed("eng-1-1").filter((t) => t === "<Escape>")).toHaveLength(1);
    expect(day.room("eng-1-1").text()).toContain("eng-1-1: interrupted");
  });

  it("a message is taken back while it was not typed, and afterwards not", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": busy(20_000) } });
    await day.ada.says("/send eng-1-1 one");
    await day.pass(2_000);
    await day.shell("send", "eng-1-1", "two");
    const [one, two] = day.events("message_sent").map((e) => e.id);
    expect((await day.ada.says(`/cancel message ${two}`)).refusal).toBeNull();
    await day.ada.says("/send eng-1-1 three");
    expect((await day.ada.says("/cancel message")).refusal).toBeNull();
    expect((await day.ada.says(`/cancel message ${one}`)).refusal?.code).toBe("message.typed");
    expect((await day.ada.says("/cancel message")).refusal?.code).toBe("message.unknown");
    await day.quiet();
    expect(day.turns.map((t) => t.body)).toEqual(["one"]);
    expect(await day.mailbox.names("eng-1-1", "new")).toEqual([]);
  });

  it("one tap takes a waiting message back, and its receipt says so", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": busy(20_000) } });
    const own = (id: string | null) => {
      const found = day
        .room("eng-1-1")
        .messages()
        .find((m) => m.id === id);
      if (found === undefined) throw new Error(`no message ${id}`);
      return found;
    };
    const says = async (text: string) =>
      (await day.ada.says(text, { room: "eng-1-1" })).own as string;
    const one = await says("one");
    await day.pass(2_000);
    expect(own(one).card).toBeNull(); // typed at once
    const two = await says("two");
    const three = await says("three");
    await day.pass(1_000);
    expect(own(two).card).toMatchObject({ title: "Waits for eng-1-1: it is at work" });
    await day.ada.presses("Take back", own(two));
    await day.ada.reacts("❌", own(three));
    const four = await says("four");
    expect((await day.ada.reacts("❌", own(one))).refusal).toBeNull(); // heard already: just a reaction
    await day.pass(45_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one", "four"]);
    expect(day.chat.receipts(two)).toEqual(["queued", "withdrawn"]);
    expect(day.chat.receipts(three)).toEqual(["queued", "withdrawn"]);
    expect(day.chat.receipts(four)).toEqual(["queued", "typed", "taken", "answered"]);
    expect([two, three, four].map((id) => own(id).card)).toEqual([null, null, null]);
  });

  it("who opened the chat as somebody else sees receipts and answers like them, and is acted on once", async () => {
    const day = await startDay({ team });
    const bob = day.chat.person("bob", "admin", "local-as");
    const { own } = await bob.says("hello", { room: "eng-1-1" });
    await day.quiet();
    expect(day.chat.receipts(own ?? "")).toEqual(["queued", "typed", "taken", "answered"]);
    expect(day.room("eng-1-1").messages().at(-1)?.replyTo).toBe(own);
    expect(isActedOn(day.state(), "local", own ?? "")).toBe(true);
    const made = await bob.says("/task new Build");
    await day.quiet();
    expect(isActedOn(day.state(), "local", made.own ?? "")).toBe(true);
  });

  it("nobody else's message is taken back by a reaction on it", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": busy(20_000) } });
    await day.ada.says("/send eng-1-1 one");
    await day.pass(2_000);
    const { own } = await day.ada.says("two", { room: "eng-1-1" });
    const said = day
      .room("eng-1-1")
      .messages()
      .find((m) => m.id === own);
    await day.chat.person("bob", "admin").reacts("❌", said as NonNullable<typeof said>);
    await day.pass(45_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one", "two"]);
  });

  it("one that waits is not taken by a prompt that only quotes it", async () => {
    const day = await startDay({ team, agents: { "eng-1-1": busy(20_000) } });
    await day.ada.says("/send eng-1-1 one");
    await day.pass(2_000);
    await day.ada.says("/send eng-1-1 two");
    const [two] = day.events("message_sent").slice(-1);
    const about = { member: "eng-1-1", epoch: 1, ts: day.now(), key: seatKey("eng-1-1", 1) };
    const quoted = { ...about, kind: "taken", message: two?.id, detail: "" };
    day.signal("eng-1-1", JSON.stringify(quoted));
    await day.pass(45_000);
    expect(day.turns.map((t) => t.body)).toEqual(["one", "two"]);
  });

  it("a paused team still gets people's messages", async () => {
    const day = await startDay({ team });
    await day.ada.says("/pause");
    await day.ada.says("/send eng-1-1 hello");
    await day.quiet();
    expect(day.turns.map((t) => t.body)).toEqual(["hello"]);
  });
});

/** The journal without what comes by the clock alone. */
function spoken(day: Day): readonly string[] {
  return day.journal.lines.filter((line) => !line.includes('"daemon_heartbeat"'));
}
