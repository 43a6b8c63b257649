// `batty chat --json`: the protocol's lines between stdin/stdout and the bot. At the end of input outstanding answers are awaited.
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Link } from "./client.ts";

/** How long answers are awaited after the end of input, ms. */
const patience = 30_000;

/** @returns the exit code: 0 at the end of input, 69 when the bot went away, 1 when it refused us */
export function runJson(link: Link, input: Readable, output: Writable): Promise<number> {
  return new Promise((resolve) => {
    let asked = 0;
    let ended = false;
    let refused = false;
    let told = false;
    const lines = createInterface({ input });
    const end = (code: number): void => {
      resolve(code);
      link.close();
      lines.close(); // an open input would keep the process alive
    };
    output.on("error", () => end(0)); // its reader went away: a quiet end
    link.onLine((line) => {
      output.write(`${JSON.stringify(line)}\n`);
      if (line["event"] === "error" && line["code"] === "access.denied" && asked === 0)
        refused = true;
      if (line["code"] === "bot.gone") told = true;
      if (
        line["ref"] !== undefined ||
        (line["event"] === "error" && line["code"] === "chat.bad-request")
      )
        asked -= 1;
      if (ended && asked <= 0) end(0);
    });
    lines.on("line", (text) => {
      if (text.trim() === "") return;
      try {
        const request = JSON.parse(text) as Record<string, unknown>;
        if (request["ref"] !== undefined) asked += 1;
        link.send(request);
      } catch {
        // told like every line that is no request, by the bot
        asked += 1;
        link.send({ bad: text.slice(0, 1_000) });
      }
    });
    lines.once("close", () => {
      ended = true;
      if (asked <= 0) end(0);
      else setTimeout(() => end(0), patience).unref();
    });
    void link.closed.then(() => {
      if (ended && asked <= 0) return end(0);
      if (!refused && !told)
        output.write(
          `${JSON.stringify({ event: "error", code: "bot.gone", say: "The bot went away.", hint: "Start it with `batty start`." })}\n`,
        );
      end(refused ? 1 : 69);
    });
  });
}
