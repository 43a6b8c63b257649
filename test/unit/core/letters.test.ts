// What is taken out of a text before it may reach a pane, and how messages are numbered and headed.
import { describe, expect, it } from "vitest";
import { clean, inOrder, letter, messageId } from "../../../src/core/rules/letters.ts";
import { headerOf, typedAtMost, typedText } from "../../../src/core/views/typed.ts";
import { seenWith, told } from "./told.ts";

const esc = String.fromCharCode(27);

describe("a text on acceptance", () => {
  it.each<[string, string, string]>([
    ["keeps letters, tabs and newlines", "a\tb\nc  é 漢 🙂\u00a0", "a\tb\nc  é 漢 🙂\u00a0"],
    ["can't end a bracketed paste", `x${esc}[201~rm -rf /\ny`, "x[201~rm -rf /\ny"],
    ["loses NUL, BEL, backspace, escape and DEL", "a\0b\x07c\x08d\x1be\x7ff", "abcdef"],
    ["loses carriage returns, also where no newline follows", "a\r\nb\rc", "a\nbc"],
    ["loses an escape hidden by another", `${esc}${esc}[201${esc}~`, "[201~"],
    ["keeps what is above DEL", "\u0080\u009b\u2028", "\u0080\u009b\u2028"],
    ["may be empty", "", ""],
  ])("%s", (_, given, kept) => expect(clean(given)).toBe(kept));

  it("every C0 character but tab and newline goes, and nothing else", () => {
    const all = Array.from({ length: 0x100 }, (_, i) => String.fromCharCode(i));
    const gone = all.filter((ch) => clean(ch) === "").map((ch) => ch.charCodeAt(0));
    const c0 = Array.from({ length: 32 }, (_, i) => i).filter((i) => i !== 9 && i !== 10);
    expect(gone).toEqual([...c0, 127]);
    expect(all.every((ch) => clean(ch) === ch || clean(ch) === "")).toBe(true);
  });

  it("whoever wrote it: also the bot's own letters hold no control characters", () => {
    const lines = `${esc}[31mred${esc}[0m\r\n${esc}[201~`;
    const mail = { from: "batty", to: "eng-1-1", body: lines, msg_type: "gate" };
    expect(letter(told(), seenWith(), 0, mail).mail.body).toBe("[31mred[0m\n[201~");
  });
});

describe("a message's id", () => {
  it("follows from the journal alone, sorts by arrival and is its own for each of a decision", () => {
    const ids = [0, 1, 2].map((n) => messageId(told(), seenWith(), n));
    expect(new Set(ids).size).toBe(3);
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]).toMatch(/^\d{13}\.\d{6}\.0$/);
  });

  it("writers in order are told how many events came before them", () => {
    const event = { event: "daemon_stopped", reason: "" } as const;
    const told: number[] = [];
    const write = (count: number) => (n: number) => {
      told.push(n);
      return Array.from({ length: count }, () => event);
    };
    expect(inOrder(write(2), write(0), write(1))).toHaveLength(3);
    expect(told).toEqual([0, 2, 2]);
  });
});

describe("a message as it is typed", () => {
  const mail = { id: "17.000001.0", from: "ada", to: "architect", msg_type: "send", timestamp: 17 };

  it.each<[string, object, string]>([
    ["a member's", {}, "[batty 17.000001.0 from ada]"],
    ["a person's", { via: "local" }, "[batty 17.000001.0 from ada via local]"],
    ["one about a task", { task: 12 }, "[batty 17.000001.0 from ada task 12]"],
    ["both", { via: "shell", task: 12 }, "[batty 17.000001.0 from ada task 12 via shell]"],
  ])("%s header says who, about what and from where", (_, more, header) => {
    expect(headerOf({ ...mail, body: "", ...more })).toBe(header);
  });

  it("the body follows as it is, or where it lies", () => {
    const body = "  line one\n\nline three\n";
    expect(typedText({ ...mail, body }, null)).toBe(`[batty 17.000001.0 from ada]\n${body}`);
    expect(typedText({ ...mail, body }, "/p/body.md")).toBe(
      "[batty 17.000001.0 from ada]\n[body: /p/body.md]",
    );
    expect(typedAtMost).toBe(4_096);
  });
});
