// What a waiting verb shows of long work, over the bot's real socket.
import { appendFileSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { type Screen, watched } from "../../src/cli/progress.ts";
import { readingOf } from "../../src/cli/reading.ts";
import { type Progress, progressLine } from "../../src/core/progress.ts";
import { deferred } from "../../src/lib/deferred.ts";
import { tellReading } from "../../src/main/order.ts";
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

it("shows how far the bot has read its journal, by the last whole line it said", async () => {
  const folder = await mkdtemp(join(tmpdir(), "batty-reading-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const said = join(folder, "stderr");
  expect(await readingOf(said)).toBeNull();
  await writeFile(said, "(node:1) a warning\n");
  expect(await readingOf(said)).toBeNull();
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    appendFileSync(said, text);
    return true;
  });
  vi.useFakeTimers({ toFake: ["Date"] });
  const tell = tellReading();
  for (let mb = 0; mb <= 10; mb += 1) {
    tell(mb * 2 ** 20, 10 * 2 ** 20);
    vi.advanceTimersByTime(300);
  }
  vi.useRealTimers();
  write.mockRestore();
  await appendFile(said, '{"reading":{"do');
  const found = await readingOf(said);
  expect((await readFile(said, "utf8")).split("\n")).toHaveLength(4);
  expect(found === null ? "" : progressLine(found)).toBe(
    "The bot reads its journal: 8 of 10 MB  ▰▰▰▰▰▰▰▰▱▱ 80 %",
  );
  const screen = paper(true);
  const look = async () => (found === null ? [] : [found]);
  await watched({ json: false }, look, () => screen.first, screen);
  expect(screen.text()).toContain("The bot reads its journal: 8 of 10 MB");
});
