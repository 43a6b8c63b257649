import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Link } from "../../../../src/chat/local/client.ts";
import { runJson } from "../../../../src/chat/local/json-client.ts";

type Line = Record<string, unknown>;

/** A program at `chat --json`, and the bot at the other end as the test plays it. */
function atJson() {
  const input = new PassThrough();
  const output = new PassThrough();
  const sent: Line[] = [];
  let hear: (line: Line) => void = () => undefined;
  let hangUp: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    hangUp = resolve;
  });
  const link: Link = {
    send: (line) => void sent.push(line as Line),
    onLine: (listener) => {
      hear = listener;
    },
    closed,
    close: () => hangUp(),
  };
  let code: number | null = null;
  const exit = runJson(link, input, output).then((n) => {
    code = n;
    return n;
  });
  const text = (): string => String(output.read() ?? "");
  return {
    ...{ input, output, sent, exit },
    code: () => code,
    says: (line: Line) => hear(line),
    hangUp: () => hangUp(),
    /** What was printed since the last look. */
    printed: () =>
      text()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Line),
    /** A round of the event loop: what was written has been read. */
    async reads(...lines: readonly (string | object)[]) {
      for (const line of lines)
        input.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
      await vi.waitFor(() => expect(input.readableLength).toBe(0));
      await new Promise((resolve) => setImmediate(resolve));
    },
    async ends() {
      input.end();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

type AtJson = ReturnType<typeof atJson>;
const ready = { event: "ready", as: "ada", tier: "admin" };
const refOf = (at: AtJson, n: number): unknown => at.sent[n]?.["ref"];

let at: AtJson;
beforeEach(() => {
  at = atJson();
});
afterEach(() => vi.useRealTimers());

describe("lines between a program and the bot", () => {
  it("go both ways as they are, with the program's own refs", async () => {
    at.says(ready);
    await at.reads({ say: "/status", room: "commands", ref: "one" }, { rooms: true, ref: 2 });
    expect(at.sent).toMatchObject([{ say: "/status", room: "commands" }, { rooms: true }]);
    at.says({ event: "message", id: "m1", echo: refOf(at, 0) });
    at.says({ event: "message", id: "m2", reply_to: "m1", ref: refOf(at, 0) });
    at.says({ event: "rooms", rooms: [], ref: refOf(at, 1) });
    at.says({ event: "message", id: "m3" });
    expect(at.printed()).toEqual([
      ready,
      { event: "message", id: "m1", echo: "one" },
      { event: "message", id: "m2", reply_to: "m1", ref: "one" },
      { event: "rooms", rooms: [], ref: 2 },
      { event: "message", id: "m3" },
    ]);
  });

  it("have no ref where the program gave none", async () => {
    at.says(ready);
    await at.reads({ say: "/status" });
    at.says({ event: "message", id: "m1", echo: refOf(at, 0) });
    at.says({ event: "message", id: "m2", ref: refOf(at, 0) });
    expect(at.printed().slice(1)).toEqual([
      { event: "message", id: "m1" },
      { event: "message", id: "m2" },
    ]);
  });

  it("that are no requests go to the bot too, which says so", async () => {
    await at.reads("no json", "7", "null", "[1]", '"x"', "", `{"say":"${"x".repeat(1_100_000)}"}`);
    expect(at.sent).toHaveLength(6);
    for (const line of at.sent) expect(Object.keys(line).sort()).toEqual(["bad", "ref"]);
    expect(JSON.stringify(at.sent).length).toBeLessThan(10_000);
  });
});

describe("the end of the input", () => {
  it("ends with 0 when everything is answered, with or without refs", async () => {
    at.says(ready);
    await at.reads({ say: "/status" }, "7", { rooms: true, ref: "r" });
    await at.ends();
    for (const n of [0, 1, 2]) {
      expect(at.code(), `after ${n} answers`).toBeNull();
      at.says({ event: "message", ref: refOf(at, n) });
      await Promise.resolve();
    }
    expect(await at.exit).toBe(0);
  });

  it("waits for the bot to say who is there, even when nothing was asked", async () => {
    await at.ends();
    expect(at.code()).toBeNull();
    at.says(ready);
    expect(await at.exit).toBe(0);
    expect(at.printed()).toEqual([ready]);
  });

  it("waits no longer than 30 s", async () => {
    at.says(ready);
    await at.reads({ say: "/status" });
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    await at.ends();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    vi.advanceTimersByTime(29_999);
    expect(at.code()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(await at.exit).toBe(0);
  });
});

describe("when the connection ends", () => {
  it("says that the bot is gone, and ends with 69", async () => {
    at.says(ready);
    at.hangUp();
    expect(await at.exit).toBe(69);
    expect(at.printed().at(-1)).toMatchObject({ event: "error", code: "bot.gone" });
  });

  it("does not say twice what the bot said already", async () => {
    at.says(ready);
    at.says({ event: "error", code: "bot.gone", say: "The bot is stopping." });
    at.hangUp();
    expect(await at.exit).toBe(69);
    expect(at.printed()).toHaveLength(2);
  });

  it.each(["access.denied", "access.unknown-caller"])(
    "after %s ends with 1, whatever was asked meanwhile",
    async (code) => {
      await at.reads({ rooms: true, ref: "1" });
      at.says({ event: "error", code, say: "No." });
      at.hangUp();
      expect(await at.exit).toBe(1);
      expect(at.printed()).toEqual([{ event: "error", code, say: "No." }]);
    },
  );

  it("a refusal of one request is none of the person", async () => {
    at.says(ready);
    await at.reads({ press: "a", message: "m1" });
    at.says({ event: "error", code: "access.denied", say: "No.", ref: refOf(at, 0) });
    at.hangUp();
    expect(await at.exit).toBe(69);
  });
});

it("ends quietly when nobody reads any more", async () => {
  at.says(ready);
  at.output.destroy(new Error("EPIPE"));
  expect(await at.exit).toBe(0);
});
