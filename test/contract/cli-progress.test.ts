// What a waiting verb shows of long work, over the bot's real socket.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Screen, watched } from "../../src/cli/progress.ts";
import type { Progress } from "../../src/core/progress.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { openPlace, type Place } from "./chat-stages.ts";

const row: Progress = { what: "start", done: 1, total: 4, eta: null, task: null };

let place: Place;
beforeEach(async () => {
  place = await openPlace();
  place.desk.runs = async () => ({ ok: true, json: { progress: [row] }, text: "" });
});
afterEach(() => place.end());

interface Paper extends Screen {
  readonly text: () => string;
  /** Something is written. */
  readonly first: Promise<void>;
}

/** @param isTTY whether a person looks */
function paper(isTTY: boolean): Paper {
  const first = deferred<void>();
  let text = "";
  return {
    isTTY,
    text: () => text,
    first: first.promise,
    write(more) {
      text += more;
      first.resolve();
    },
  };
}

it("draws a bar on a terminal while the work runs, and wipes it when it is over", async () => {
  const screen = paper(true);
  const result = await watched({ json: false }, place.path, () => screen.first, screen);
  expect(result).toBeUndefined();
  expect(screen.text().startsWith("\r\x1b[Kstart  ▰▰▱▱▱▱▱▱▱▱ 25 %")).toBe(true);
  expect(screen.text().endsWith("\r\x1b[K")).toBe(true);
});

it("writes whole lines on a pipe", async () => {
  const screen = paper(false);
  const soon = { onTerminal: 10, onPipe: 10 };
  await watched({ json: false }, place.path, () => screen.first, screen, soon);
  expect(screen.text().split("\n")[0]).toBe("start  ▰▰▱▱▱▱▱▱▱▱ 25 %");
});

it("shows programs nothing, and an error of the work comes through as it is", async () => {
  const screen = paper(true);
  const work = () => Promise.reject(new Error("no bot"));
  await expect(watched({ json: true }, place.path, work, screen)).rejects.toThrow("no bot");
  await expect(watched({ json: false }, "/nowhere", work, screen)).rejects.toThrow("no bot");
  expect(screen.text()).toBe("");
});
