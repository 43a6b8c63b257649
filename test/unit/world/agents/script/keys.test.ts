import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../../../src/world/agents/script/keys.ts";

const decode = (...chunks: readonly string[]) => {
  const decoder = createDecoder();
  return [...chunks.flatMap((chunk) => decoder.feed(chunk)), ...decoder.settle()];
};

describe("keys from the terminal's bytes", () => {
  it("keeps a paste in one piece, newlines and quotes as they are", () => {
    expect(decode("\u001b[200~a\n'b' \"ü🙂\"\r\nc\u001b[201~\r")).toEqual([
      { key: "paste", text: "a\n'b' \"ü🙂\"\nc" },
      { key: "enter" },
    ]);
  });

  it("understands a paste that arrives in pieces, its marks cut too", () => {
    expect(decode("\u001b[20", "0~ab", "c\u001b[2", "01~d")).toEqual([
      { key: "paste", text: "abc" },
      { key: "text", text: "d" },
    ]);
  });

  it("takes control characters inside a paste for nothing", () => {
    expect(decode("\u001b[200~a\u001b[31m\u0003\u0015b\tc\u001b[201~")).toEqual([
      { key: "paste", text: "a[31mb\tc" },
    ]);
  });

  it("tells the Escape key from sequences", () => {
    expect(decode("\u001b")).toEqual([{ key: "escape" }]);
    expect(decode("\u001b[A\u001bOP")).toEqual([]);
    expect(decode("\u001b\u001b[200~x\u001b[201~")).toEqual([
      { key: "escape" },
      { key: "paste", text: "x" },
    ]);
  });

  it("knows the editing keys and the terminal's reply", () => {
    expect(decode("\u007f\u0015\u0017\u0003\u0004\n\u001b[0n").map(({ key }) => key)).toEqual([
      "backspace",
      "clear",
      "word-back",
      "interrupt",
      "end",
      "newline",
      "ready",
    ]);
  });
});
