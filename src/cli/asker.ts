// Questions to a person at a terminal, on stderr: stdout is for results.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { type Asker, Cancelled } from "../setup/discord.ts";

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** What is typed is shown by the reader itself: one that is muted shows the question alone. */
export function asker(input: Input, output: NodeJS.WritableStream): Asker & { close(): void } {
  let isMuted = false;
  const shown = new Writable({
    write(chunk, _encoding, done) {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: shown, terminal: true });
  let isClosed = false;
  lines.once("close", () => {
    isClosed = true;
  });
  const question = (words: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Cancelled());
      if (isClosed) return gone();
      lines.once("close", gone);
      lines.question(words, (said) => {
        lines.off("close", gone);
        resolve(said);
      });
    });
  return {
    say: (line) => void output.write(`${line}\n`),
    async secret(words) {
      const asked = question(words);
      isMuted = true;
      try {
        return await asked;
      } finally {
        isMuted = false;
        output.write("\n");
      }
    },
    async choose(words, choices) {
      const list = choices.map((choice, i) => `  ${i + 1} ${choice}`).join("\n");
      for (;;) {
        const said = (await question(`${words}\n${list}\nNumber: `)).trim();
        const chosen = choices[Number(said) - 1] ?? choices.find((choice) => choice === said);
        if (chosen !== undefined) return chosen;
      }
    },
    yes: async (words) => /^y(es)?$/i.test((await question(`${words} [y/N] `)).trim()),
    enter: async (words) => void (await question(words)),
    close: () => lines.close(),
  };
}
