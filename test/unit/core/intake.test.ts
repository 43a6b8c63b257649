// What comes in from outside: message files and agents' signals. A file's claims are judged, a signal acts once.
import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import type { Input } from "../../../src/core/input.ts";
import type { Mail, Signal, World } from "../../../src/core/ports.ts";
import { intake } from "../../../src/core/rules/intake.ts";
import type { State } from "../../../src/core/state.ts";
import { dawn, later, morning, seenWith, sent, signalled, tell, told } from "./told.ts";

const look = <T>(value: T) => ({ at: later, probe: { known: true as const, value } });
const observed = (world: Partial<World>): Input => ({ type: "observed", at: later, world });

const file = (id: string, more: Partial<Mail> = {}): Mail => ({
  ...{ id, from: "manager", to: "eng-1-1", body: "Go on.", msg_type: "send" },
  timestamp: dawn / 1000,
  ...more,
});
const boxes = (given: Record<string, readonly Mail[]>): Input =>
  observed({
    mail: look(
      new Map(Object.entries(given).map(([name, queued]) => [name, { queued, broken: [] }])),
    ),
  });
const take = (state: State, input: Input) => intake(state, input, seenWith());
const inbox = (mail: Mail, state = told(...morning)) =>
  take(state, boxes({ [mail.to]: [mail] })).events[0];

describe("a message file", () => {
  it.each<[string, Partial<Mail>, object]>([
    ["from a member to whom it may address", {}, { event: "message_sent", from: "manager" }],
    [
      "from a person, signed",
      { from: "ada", signature: "verified" },
      { event: "message_sent", mail: { via: "shell" } },
    ],
    [
      "from a person, not signed",
      { from: "ada" },
      { event: "message_refused", code: "access.unknown-caller" },
    ],
    [
      "from a person, with a wrong signature",
      { from: "ada", signature: "0f3a" },
      { event: "message_refused", code: "access.unknown-caller" },
    ],
    [
      "from nobody we know",
      { from: "human", signature: "verified" },
      { event: "message_refused", code: "access.unknown-caller" },
    ],
    [
      "from the bot itself",
      { from: "batty" },
      { event: "message_refused", code: "access.unknown-caller" },
    ],
    [
      "from a member outside talks_to",
      { from: "eng-1-2" },
      { event: "message_refused", code: "member.not-reachable" },
    ],
    ["for no member", { to: "nobody" }, { event: "message_refused", code: "member.unknown" }],
  ])("%s is judged by what it claims", (_, more, event) => {
    expect(inbox(file("1.000001.9", more))).toMatchObject(event);
  });

  it("keeps no claim that only the bot may make, and is marked unverified", () => {
    const claims = { via: "local", echo: "m9", signature: "x" };
    expect(inbox(file("1.000001.9", claims))).toEqual({
      ...{ event: "message_sent", id: "1.000001.9", from: "manager", to: "eng-1-1", filed: true },
      mail: { ...file("1.000001.9"), unverified: true },
    });
  });

  it("a person's signed one is not marked", () => {
    const event = inbox(file("1.000001.9", { from: "ada", signature: "verified" }));
    expect(event).not.toHaveProperty("mail.unverified");
  });

  it("is cleaned like everything else", () => {
    const esc = String.fromCharCode(27);
    const event = inbox(file("1.000001.9", { body: `a${esc}[201~\r\nb` }));
    expect(event).toMatchObject({ mail: { body: "a[201~\nb" } });
  });

  it.each<[string, readonly Event[]]>([
    [
      "was taken",
      [sent("7.1.1", "eng-1-1"), { event: "message_taken", id: "7.1.1", member: "eng-1-1" }],
    ],
    [
      "was withdrawn",
      [sent("7.1.1", "eng-1-1"), { event: "message_withdrawn", id: "7.1.1", by: "ada" }],
    ],
    [
      "was refused",
      [
        {
          ...{ event: "message_refused", id: "7.1.1", from: "x", to: "eng-1-1" },
          code: "c",
          say: "s",
        },
      ],
    ],
  ])("that %s leaves the inbox and is not accepted again", (_, before) => {
    const { events, effects } = take(
      told(...morning, ...before),
      boxes({ "eng-1-1": [file("7.1.1")] }),
    );
    expect(events).toEqual([]);
    expect(effects).toEqual([
      { type: "ensure.take", lane: "mail:eng-1-1", member: "eng-1-1", id: "7.1.1" },
    ]);
  });

  it("that waits to be typed stays where it is", () => {
    const state = told(...morning, sent("7.1.1", "eng-1-1"));
    expect(take(state, boxes({ "eng-1-1": [file("7.1.1")] }))).toEqual({ events: [], effects: [] });
  });

  it("of the same name in several inboxes is a message to each", () => {
    const copies = boxes({
      "eng-1-1": [file("7.1.1")],
      "eng-1-2": [file("7.1.1", { to: "eng-1-2" })],
      "eng-1-3": [file("7.1.1", { to: "eng-1-3" })],
    });
    const before = told(...morning);
    const first = take(before, copies);
    const after = tell(before, ...first.events);
    const members = [...after.messages.values()].map((d) => d.mail.to);
    expect(members).toEqual(["eng-1-1", "eng-1-2", "eng-1-3"]);
    // Seen again before the copies left their inboxes: nothing new, and they are moved.
    const again = take(after, copies);
    expect(again.events).toEqual([]);
    expect(again.effects).toEqual([
      { type: "ensure.take", lane: "mail:eng-1-2", member: "eng-1-2", id: "7.1.1" },
      { type: "ensure.take", lane: "mail:eng-1-3", member: "eng-1-3", id: "7.1.1" },
    ]);
  });

  it("that was broken while it was being written is accepted when it is whole", () => {
    const broken: Event = {
      ...{ event: "mail_file_broken", member: "eng-1-1", file: "7.1.1", why: "it is empty" },
    };
    expect(inbox(file("7.1.1"), told(...morning, broken))).toMatchObject({ event: "message_sent" });
  });

  it("that can't be read is told once, however it is broken", () => {
    const input = (why: string) =>
      observed({
        mail: look(new Map([["eng-1-1", { queued: [], broken: [{ file: "x", why }] }]])),
      });
    const state = told(...morning);
    const [event] = take(state, input("it is empty")).events;
    expect(event).toMatchObject({ event: "mail_file_broken", file: "x" });
    expect(take(tell(state, event as Event), input("it has no from")).events).toEqual([]);
  });
});

const signal = (kind: Signal["kind"], more: Partial<Signal> = {}): Signal => ({
  ...{ id: `${kind}.1`, member: "eng-1-1", epoch: 1, kind, message: null, detail: "", ts: later },
  ...more,
});
const signals = (...list: readonly Signal[]): Input => observed({ signals: look(list) });
const names = (events: readonly Event[]) => events.map((e) => e.event);
const letter = "1.000001.1";
const waiting = [...morning, sent(letter, "eng-1-1")];
const who = { id: letter, member: "eng-1-1", pane: "%1", epoch: 1 };
const typing = { event: "message_typing", ...who } as const;
const entered = [...waiting, typing, { event: "message_typed", id: letter } as const];
const inTurn = [
  ...waiting,
  signalled("eng-1-1", "taken", { message: letter }),
  { event: "message_taken", id: letter, member: "eng-1-1" } as const,
];

describe("a signal", () => {
  it("that is read twice acts once: its file is moved at once, and it is consumed both times", () => {
    const one = signal("taken", { message: letter });
    const first = take(told(...entered), signals(one));
    expect(names(first.events)).toEqual(["member_signalled", "message_taken"]);
    const second = take(tell(told(...entered), ...first.events), signals(one));
    expect(second.events).toEqual([]);
    const taken = { type: "ensure.take", lane: "mail:eng-1-1", member: "eng-1-1", id: letter };
    expect(first.effects).toEqual([taken, ...second.effects]);
    expect(second.effects).toMatchObject([{ type: "ensure.consume" }]);
  });

  it("of a message that was not typed yet does not take it: its header stood in somebody's text", () => {
    const { events } = take(told(...waiting), signals(signal("taken", { message: letter })));
    expect(names(events)).toEqual(["member_signalled"]);
  });

  it("of a message whose Enter tmux has not confirmed yet says that it was typed, too", () => {
    const state = told(...waiting, typing);
    const { events } = take(state, signals(signal("taken", { message: letter })));
    expect(names(events)).toEqual(["member_signalled", "message_typed", "message_taken"]);
  });

  it("of an old launch is on record and changes nothing", () => {
    const { events } = take(
      told(...waiting),
      signals(signal("taken", { message: letter, epoch: 0 })),
    );
    expect(names(events)).toEqual(["member_signalled"]);
  });

  it("of a launch that is not on record yet waits where it is", () => {
    const given = signals(signal("started", { epoch: 2 }));
    expect(take(told(...waiting), given)).toEqual({ events: [], effects: [] });
  });

  it.each<[string, Partial<Signal>, readonly Event[]]>([
    ["somebody else's message", { member: "eng-1-2" }, []],
    ["a message nobody sent", { message: "9.9.9" }, []],
    ["a withdrawn one", {}, [{ event: "message_withdrawn", id: letter, by: "ada" }]],
  ])("can't take %s", (_, more, before) => {
    const given = signals(signal("taken", { message: letter, ...more }));
    expect(names(take(told(...waiting, ...before), given).events)).toEqual(["member_signalled"]);
  });

  it("makes right what was given up: a failed message that was taken after all", () => {
    const failed: Event = {
      ...{ event: "delivery_failed", id: letter, member: "eng-1-1", code: "delivery.unknown" },
      say: "no receipt",
    };
    const given = signals(signal("taken", { message: letter }));
    expect(names(take(told(...waiting, failed), given).events)).toContain("message_taken");
  });

  it("ends a person's turn with its last text", () => {
    const { events } = take(told(...inTurn), signals(signal("idle", { detail: "All done." })));
    expect(events.at(-1)).toEqual({
      ...{ event: "message_answered", id: letter, member: "eng-1-1", text: "All done." },
    });
  });

  it("ends it without words when the member wrote to the person itself", () => {
    const wrote: Event = {
      ...{ event: "message_to_human", id: "h", from: "eng-1-1", to: "ada", body: "Look." },
      reply_to: letter,
    };
    const { events } = take(told(...inTurn, wrote), signals(signal("idle", { detail: "Done." })));
    expect(events.at(-1)).toMatchObject({ event: "message_answered", text: "" });
  });

  it("taken and idle in one look are a whole turn", () => {
    const given = signals(
      signal("taken", { message: letter }),
      signal("idle", { detail: "Quick." }),
    );
    expect(names(take(told(...entered), given).events)).toEqual([
      "member_signalled",
      "message_taken",
      "member_signalled",
      "message_answered",
    ]);
  });

  it.each<[string, readonly Event[], Partial<Signal>]>([
    [
      "a turn that another member's message began",
      [
        ...morning,
        sent(letter, "eng-1-1", { via: undefined, from: "manager" }),
        signalled("eng-1-1", "taken", { message: letter }),
        { event: "message_taken", id: letter, member: "eng-1-1" },
      ],
      {},
    ],
    ["a turn that nothing began", morning, {}],
    ["what somebody else was asked", inTurn, { member: "eng-1-2", message: letter }],
  ])("%s is answered to nobody", (_, before, more) => {
    const { events } = take(told(...before), signals(signal("idle", { detail: "Hi.", ...more })));
    expect(names(events)).toEqual(["member_signalled"]);
  });

  it("keeps 8 KB of what the agent says, and 64 KB of what it answers to a person", () => {
    const { events } = take(
      told(...inTurn),
      signals(signal("idle", { detail: "x".repeat(70_000) })),
    );
    expect(
      events.map((e) => ("text" in e ? e.text.length : "detail" in e ? e.detail?.length : null)),
    ).toEqual([8_192, 65_536]);
  });
});
