// Questions at a terminal: each is seen, what is secret is not, and whoever gives up has given up.
import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { asker } from "../../../src/cli/asker.ts";
import { Cancelled } from "../../../src/setup/discord.ts";

function terminal() {
  const input = new PassThrough();
  let shown = "";
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      shown += chunk.toString();
      done();
    },
  });
  const ask = asker(input, output);
  return {
    ask,
    type: (text: string) => void input.write(text),
    end: () => input.end(),
    shown: () => shown,
  };
}

it("shows a question before its answer, and the answer while it is typed", async () => {
  const t = terminal();
  const yes = t.ask.yes("May ada?");
  expect(t.shown()).toContain("May ada? [y/N] ");
  t.type("yes\r");
  expect(await yes).toBe(true);
  expect(t.shown()).toContain("yes");
  const no = t.ask.yes("May bob?");
  t.type("\r");
  expect(await no).toBe(false);
});

it("never shows a secret, and shows what is typed after it", async () => {
  const t = terminal();
  const secret = t.ask.secret("Its token: ");
  expect(t.shown()).toContain("Its token: ");
  t.type("hunter2\r");
  expect(await secret).toBe("hunter2");
  const chosen = t.ask.choose("Which?", ["one", "two"]);
  t.type("9\r");
  await new Promise((go) => setImmediate(go));
  t.type("2\r");
  expect(await chosen).toBe("two");
  expect(t.shown()).not.toContain("hunter2");
  expect(t.shown()).toContain("2");
});

it("takes the end of the input for giving up, at this question and at all after it", async () => {
  const t = terminal();
  const enter = t.ask.enter("Then Enter.");
  t.end();
  await expect(enter).rejects.toBeInstanceOf(Cancelled);
  await expect(t.ask.yes("Really?")).rejects.toBeInstanceOf(Cancelled);
});
