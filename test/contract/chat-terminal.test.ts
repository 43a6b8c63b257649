// The terminal client as a person has it: a real pane of 80 by 24, a real socket, a desk that the test plays.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { accepted, told } from "../fakes/desk.ts";
import { landed, mergeCard, question } from "../unit/chat/local/samples.ts";
import { openPlace, type Place } from "./chat-stages.ts";
import { type Bundle, bundle } from "./spawner-build.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

let program: Bundle;
beforeAll(async () => {
  const entry = join(root, "test/contract/chat-person.ts");
  program = await bundle(entry);
});
afterAll(() => program.remove());

let place: Place;
let pane: Pane;
beforeEach(async () => {
  place = await openPlace();
  pane = await openPane(place);
});
afterEach(async () => {
  await pane.end();
  await place.end();
});

interface Pane {
  tmux(...args: readonly string[]): Promise<string>;
  keys(...keys: readonly string[]): Promise<void>;
  /** Until the screen shows it. */
  sees(text: string | RegExp): Promise<string>;
  screen(): Promise<string>;
  end(): Promise<void>;
}

async function openPane({ dir, path }: Place, size = ["-x", "80", "-y", "24"]): Promise<Pane> {
  const socket = `batty-test-${randomBytes(6).toString("hex")}`;
  const env = { PATH: process.env["PATH"], HOME: dir, TMUX_TMPDIR: dir, LANG: "C.UTF-8" };
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run("tmux", ["-L", socket, "-f", "/dev/null", "-u", ...args], { env })).stdout;
  const shell = join(dir, "person.sh");
  const node = `"${process.execPath}" "${program.script}" "${path}"`;
  await writeFile(shell, `echo before\n${node}\necho "ended with $?"\nexec sleep 1000\n`);
  await tmux("new-session", "-d", ...size, `sh ${shell}`);
  const screen = (): Promise<string> => tmux("capture-pane", "-p");
  return {
    tmux,
    screen,
    keys: async (...keys) => void (await tmux("send-keys", ...keys)),
    async sees(text) {
      const shows = (seen: string) =>
        typeof text === "string" ? seen.includes(text) : text.test(seen);
      const wait = { timeout: 10_000, interval: 30 };
      await expect.poll(screen, wait).toSatisfy(shows);
      return screen();
    },
    end: async () => void (await tmux("kill-server")),
  };
}

const post = (more: object) =>
  place.chat.post({
    ...{ key: "merge:12:1", room: "merges", thread: "task:12", from: "batty" },
    ...{ text: mergeCard.title, card: mergeCard, loud: true, mentions: [], replyTo: null },
    ...more,
  });

it("a person sees a card, approves it by its key, and sees it landed", async () => {
  await pane.sees("ada (approver)");
  await post({});
  await pane.sees(/merges +!1/);
  await pane.keys("u", "Enter");
  expect(await pane.sees("[1] ✅ Approve")).toContain("│ confidence 0.74");
  place.desk.answers = async () => {
    await post({ card: landed });
    return { kind: "edited", key: "merge:12:1" };
  };
  await pane.keys("y");
  await pane.sees("Enter ✅ Approve: #12 Add JWT auth");
  expect(place.desk.asked).toEqual([]);
  await pane.keys("Enter");
  expect(await pane.sees("Landed as 77aa01bc")).toContain("merge · done");
  expect(place.desk.asked).toMatchObject([
    { what: "press", by: { name: "ada" }, action: "m12.1.approve" },
  ]);
});

it("a question is answered by number, a directive by writing, and its receipts are seen", async () => {
  await pane.sees("ada (approver)");
  await post({ key: "question:3", room: "eng-1-1", text: question.title, card: question });
  await pane.sees(/eng-1-1 +!1/);
  await pane.keys("u", "Enter");
  await pane.sees("[2] RS256");
  await pane.keys("2", "Enter");
  place.desk.answers = () => accepted;
  await pane.keys("-l", "and write it down");
  await pane.keys("Enter");
  await pane.sees("queued");
  const said = place.desk.asked.find((asked) => asked.what === "say");
  if (said?.what !== "say") throw new Error("nothing was said");
  expect(place.desk.asked[0]).toMatchObject({ what: "press", action: "q3.answer.1" });
  expect(said.said).toMatchObject({ text: "and write it down", room: "eng-1-1" });
  await place.chat.mark({ echo: said.said.echo, state: "taken" });
  expect(await pane.sees("👀 taken")).not.toContain("queued");
});

it("a paste of several lines is one message, sent by Enter", async () => {
  place.desk.answers = () => told("read");
  await pane.sees("ada (approver)");
  await pane.tmux("set-buffer", "/send architect one\n  two\nthree");
  await pane.tmux("paste-buffer", "-p");
  await pane.sees("three");
  expect(place.desk.asked).toEqual([]);
  await pane.keys("Enter");
  await pane.sees("read");
  expect(place.desk.asked).toMatchObject([{ said: { text: "/send architect one\n  two\nthree" } }]);
});

it("a smaller window is drawn anew, and the line being written stays", async () => {
  await post({});
  await pane.sees("ada (approver)");
  await pane.keys("-l", "/go merges");
  await pane.keys("Enter");
  await pane.keys("-l", "half a li");
  await pane.sees("merges> half a li");
  await pane.tmux("resize-window", "-x", "40", "-y", "12");
  expect(await pane.sees(/^ {6}│ ✅ approves/m)).toContain("\nmerges> half a li");
  await pane.keys("-l", "ne");
  await pane.sees("merges> half a line");
});

it("text of an agent cannot draw on the screen or press keys", async () => {
  await pane.sees("ada (approver)");
  const text = "hi\u001b[2J\u001b[1;1Hgone\u001b]0;evil\u0007\u001b[6n\u001b[c there";
  await post({ key: "say:1", room: "commands", from: "eng-1-1", text, card: null });
  const seen = await pane.sees("higone there");
  expect(seen).toContain("ada (approver)");
  await pane.keys("x");
  await pane.sees(/^commands> x$/m);
});

it("Ctrl-C twice ends it, and the terminal is as it was", async () => {
  await pane.sees("ada (approver)");
  await pane.keys("C-c");
  await pane.sees("Ctrl-C again ends the chat");
  await pane.keys("C-c");
  expect(await pane.sees("ended with 0")).toMatch(/^before\nended with 0\n/);
  const flags = "#{alternate_on} #{cursor_flag}";
  expect((await pane.tmux("display-message", "-p", flags)).trim()).toBe("0 1");
});

it("a bot that goes ends it with 69 and says so", async () => {
  await pane.sees("ada (approver)");
  await place.chat.close();
  const seen = await pane.sees("ended with 69");
  expect(seen).toContain("The bot is stopping");
  expect(seen).not.toContain("ada (approver)");
});
