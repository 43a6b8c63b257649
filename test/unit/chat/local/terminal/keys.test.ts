import { describe, expect, it } from "vitest";
import { createDecoder, type Key } from "../../../../../src/chat/local/terminal/keys.ts";

const names = (keys: readonly Key[]): readonly string[] =>
  keys.map((k) => (k.key === "name" ? k.name : `${k.key}:${k.text}`));
const decoded = (...chunks: readonly string[]): readonly string[] => {
  const decoder = createDecoder();
  return names(chunks.flatMap((chunk) => decoder.feed(chunk)));
};

describe("keys", () => {
  it.each([
    ["\r", "enter"],
    ["\n", "newline"],
    ["\t", "tab"],
    ["\x7f", "backspace"],
    ["\x0e", "ctrl-n"],
    ["\x03", "ctrl-c"],
    ["\x1b[A", "up"],
    ["\x1bOB", "down"],
    ["\x1b[Z", "shift-tab"],
    ["\x1b[5~", "page-up"],
    ["\x1b[6~", "page-down"],
    ["\x1b[3~", "delete"],
    ["\x1b[1;5C", "ctrl-right"],
    ["\x1b\r", "alt-enter"],
    ["\x1b\x7f", "alt-backspace"],
    ["\x1bb", "alt-b"],
  ])("%j is %s", (bytes, name) => {
    expect(decoded(bytes)).toEqual([name]);
  });

  it("come apart when several arrive at once, text whole", () => {
    expect(decoded("héllo ✅\r\x1b[A")).toEqual(["text:héllo ✅", "enter", "up"]);
  });

  it("come together when one arrives in pieces", () => {
    expect(decoded("\x1b", "[", "5", "~x")).toEqual(["page-up", "text:x"]);
  });

  it("that are unknown do nothing, and do not become text", () => {
    expect(decoded("\x1b[24~\x00\x1b[?1;2c\x1b[1 qa")).toEqual(["text:a"]);
  });

  it("an escape that nothing follows is the key itself", () => {
    const decoder = createDecoder();
    expect(decoder.feed("\x1b")).toEqual([]);
    expect(decoder.pending).toBe(true);
    expect(names(decoder.flush())).toEqual(["escape"]);
    expect(decoder.pending).toBe(false);
    expect(names(decoder.feed("\x1b\x1b"))).toEqual(["escape"]);
  });
});

describe("a paste", () => {
  it("is one key with its newlines, whatever its pieces", () => {
    expect(decoded("a\x1b[200~one\r\ntw", "o\x1b[20", "1~b")).toEqual([
      "text:a",
      "paste:one\r\ntwo",
      "text:b",
    ]);
  });

  it("may be empty, and keys follow it", () => {
    expect(decoded("\x1b[200~\x1b[201~\r")).toEqual(["paste:", "enter"]);
  });

  it("that never ends gives the keyboard back", () => {
    const keys = decoded(`\x1b[200~${"x".repeat(1_000_001)}`, "\r");
    expect(keys.at(-1)).toBe("enter");
  });
});
