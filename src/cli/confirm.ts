// What cannot be undone is asked at a terminal first. Without one, or with --json, the call is the confirmation.
import { createInterface } from "node:readline";
import type { Call } from "./call.ts";

/** Null: nothing to ask. */
function questionOf({ verb, argv }: Call): string | null {
  const [first = "", second] = argv.filter((word) => !word.startsWith("--"));
  if (verb === "stop")
    return argv.includes("--bot")
      ? "Stop the team and the bot? The work is saved."
      : "Stop the team? Its work is saved, the bot stays.";
  if (verb === "restart" && first === "") return "Start the bot anew? The agents go on meanwhile.";
  if (verb === "task" && first === "cancel" && second !== undefined)
    return `Cancel ${second}? Its work is kept on its branch.`;
  return null;
}

export interface Asking {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** The end of the input is a no. */
export async function confirmed(call: Call, { input, output, env }: Asking): Promise<boolean> {
  const question = questionOf(call);
  // A member's pane is a terminal too, with nobody at it; what it may do, the bot says.
  const someone = input.isTTY === true && output.isTTY === true && !env["BATTY_MEMBER"];
  if (question === null || call.json || !someone) return true;
  const lines = createInterface({ input, output });
  try {
    return await new Promise((resolve) => {
      lines.once("close", () => resolve(false));
      lines.question(`${question} [y/N] `, (said) => resolve(/^y(es)?$/i.test(said.trim())));
    });
  } finally {
    lines.close();
  }
}
