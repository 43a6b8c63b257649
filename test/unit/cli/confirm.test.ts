import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Call } from "../../../src/cli/call.ts";
import { confirmed } from "../../../src/cli/confirm.ts";

const call = (words: string, more: Partial<Call> = {}): Call => {
  const [verb = "", ...argv] = words.split(" ");
  return { verb, argv, json: false, help: false, root: null, ...more };
};

async function at(
  words: string,
  said: string | null,
  more: { tty?: boolean; json?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<{ yes: boolean; asked: string }> {
  const isTTY = more.tty ?? true;
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  if (said === null) input.end();
  else input.write(`${said}\n`);
  const yes = await confirmed(call(words, { json: more.json ?? false }), {
    input,
    output,
    env: more.env ?? {},
  });
  return { yes, asked: String(output.read() ?? "") };
}

describe("at a terminal", () => {
  it.each(["stop", "stop --bot", "restart", "task cancel 12"])("%s asks first", async (words) => {
    const { yes, asked } = await at(words, "y");
    expect(yes).toBe(true);
    expect(asked).toMatch(/\? .*\[y\/N\]/s);
  });

  it.each([
    ["n", false],
    ["", false],
    ["yes", true],
    ["yesterday", false],
    [null, false],
  ])("the answer %j is %s", async (said, yes) => expect((await at("stop", said)).yes).toBe(yes));

  it.each(["status", "restart eng-1-1", "task show 12", "start"])(
    "%s asks nothing",
    async (words) => expect(await at(words, "n")).toEqual({ yes: true, asked: "" }),
  );
});

it.each([
  ["without a terminal", { tty: false }],
  ["with --json", { json: true }],
  ["in a member's pane", { env: { BATTY_MEMBER: "eng-1-1" } }],
] as const)("%s the call is the confirmation", async (_what, more) =>
  expect(await at("stop", "n", more)).toEqual({ yes: true, asked: "" }),
);
