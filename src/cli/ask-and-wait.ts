// `ask --wait` on the shell: asked once, then waited for by the question's number, also while the bot is restarted.
import type { ShellReply } from "../chat/desk.ts";
import { Failure } from "../core/words.ts";

/** The bot is back within this, or does not come, ms. */
const backWithin = 60_000;
const lookAgain = 500;

export interface AskAndWait {
  /** One verb at the bot. @throws Failure `bot.down` | `bot.gone` */
  readonly run: (verb: string, argv: readonly string[]) => Promise<ShellReply>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** @throws Failure `bot.down` when nothing was asked, `bot.gone` when the bot stays away: the answer comes as a message */
export async function askAndWait(
  argv: readonly string[],
  { run, now, sleep }: AskAndWait,
): Promise<ShellReply> {
  const asked = await run(
    "ask",
    argv.filter((word) => word !== "--wait"),
  );
  const escalation = asked.ok ? (asked.json as { escalation?: number }).escalation : undefined;
  if (!asked.ok || escalation === undefined) return asked;
  for (let awaySince: number | null = null; ; ) {
    const began = now();
    try {
      const end = await run("escalations wait", [String(escalation)]);
      return end.ok
        ? { ...end, json: { ...(asked.json as object), ...(end.json as object) } }
        : end;
    } catch (error) {
      const away =
        error instanceof Failure && (error.code === "bot.gone" || error.code === "bot.down");
      if (!away) throw error;
      // It was there for a while: this is another absence.
      awaySince = awaySince === null || now() - began > lookAgain ? now() : awaySince;
      // Never `bot.down`: that would be asked anew, on files.
      if (now() - awaySince >= backWithin)
        throw new Failure("bot.gone", `The bot went away while question #${escalation} waited.`, {
          hint: "The answer comes as a message when the bot is back: `batty inbox`.",
          cause: error,
        });
      await sleep(lookAgain);
    }
  }
}
