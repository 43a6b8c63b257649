// Questions to a person at a terminal, on stderr: stdout is for results.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Asker } from "../setup/discord.ts";

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
  /** Null: the input has ended. */
  const question = (words: string, signal?: AbortSignal): Promise<string | null> =>
    new Promise((resolve) => {
      if (isClosed) return resolve(null);
      const gone = (): void => resolve(null);
      lines.once("close", gone);
      signal?.addEventListener("abort", gone, { once: true });
      output.write(words);
      lines.question("", (said) => {
        lines.off("close", gone);
        resolve(said);
      });
    });
  return {
    say: (line) => void output.write(`${line}\n`),
    async secret(words) {
      const asked = question(words);
      isMuted = true;
      const said = await asked;
      isMuted = false;
      output.write("\n");
      return said;
    },
    async choose(words, choices) {
      const list = choices.map((choice, i) => `  ${i + 1} ${choice}`).join("\n");
      for (;;) {
        const said = await question(`${words}\n${list}\nNumber: `);
        if (said === null) return null;
        const chosen = choices[Number(said.trim()) - 1] ?? choices.find((c) => c === said.trim());
        if (chosen !== undefined) return chosen;
      }
    },
    yes: async (words) => /^y(es)?$/i.test((await question(`${words} [y/N] `))?.trim() ?? ""),
    enter: async (words, signal) => void (await question(words, signal)),
    close: () => lines.close(),
  };
}
