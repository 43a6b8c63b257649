// `ask --wait` and `done --wait` on the shell: said once, then waited for by number, also while the bot is restarted.
import type { ShellReply } from "../chat/desk.ts";
import { Failure } from "../core/words.ts";
import type { Call } from "./call.ts";

/** The bot is back within this, or does not come, ms. */
const backWithin = 60_000;
const lookAgain = 500;

export interface WaitParts {
  /** One verb at the bot. @throws Failure `bot.down` | `bot.gone` */
  readonly run: (verb: string, argv: readonly string[]) => Promise<ShellReply>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Wait {
  /** What the verb's answer calls the thing. */
  readonly by: string;
  /** Waits for it, any number of times. */
  readonly verb: string;
  readonly lost: (id: number) => string;
  readonly hint: string;
}

const waits: Readonly<Record<string, Wait>> = {
  ask: {
    ...{ by: "escalation", verb: "escalations wait" },
    lost: (id) => `The bot went away while question #${id} waited.`,
    hint: "The answer comes as a message when the bot is back: `batty inbox`.",
  },
  done: {
    ...{ by: "id", verb: "done wait" },
    lost: (id) => `The bot went away before the gate of #${id} had a result.`,
    hint: "It was declared done; the result comes as a message when the bot is back: `batty inbox`.",
  },
};

export const waitsOn = ({ verb, argv }: Pick<Call, "verb" | "argv">): boolean =>
  Object.hasOwn(waits, verb) && argv.includes("--wait");

/**
 * A verb that `waitsOn`.
 * @throws Failure `bot.down` when nothing was said, `bot.gone` when the bot stays away: what came of it comes as a message
 */
export async function sayAndWait(
  { verb, argv }: Pick<Call, "verb" | "argv">,
  { run, now, sleep }: WaitParts,
): Promise<ShellReply> {
  const wait = waits[verb] as Wait;
  const said = await run(
    verb,
    argv.filter((word) => word !== "--wait"),
  );
  const id = said.ok ? (said.json as Readonly<Record<string, number>>)[wait.by] : undefined;
  if (!said.ok || id === undefined) return said;
  for (let awaySince: number | null = null; ; ) {
    const began = now();
    try {
      const end = await run(wait.verb, [String(id)]);
      return end.ok ? { ...end, json: { ...(said.json as object), ...(end.json as object) } } : end;
    } catch (error) {
      const away =
        error instanceof Failure && (error.code === "bot.gone" || error.code === "bot.down");
      if (!away) throw error;
      // It was there for a while: this is another absence.
      awaySince = awaySince === null || now() - began > lookAgain ? now() : awaySince;
      // Never `bot.down`: that would be said anew, on files.
      if (now() - awaySince >= backWithin)
        throw new Failure("bot.gone", wait.lost(id), { hint: wait.hint, cause: error });
      await sleep(lookAgain);
    }
  }
}
