// Replies and refusals as the desk's answers. Long work is answered at once, and that answer is edited.
import { Refused, type Reply } from "../core/command.ts";
import { Failure, type Refusal } from "../core/words.ts";
import type { DeskAnswer } from "./desk.ts";

/** A person waits no longer than this for the first word, ms. */
const answerAtOnce = 2_000;

/** Null: neither a refusal nor a failure, so a bug of ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof Failure)
    return {
      code: error.code,
      say: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  return null;
}

/** @param spoken a line of the shell as it is typed in a chat */
export async function guarded(
  run: () => Promise<DeskAnswer>,
  spoken: (text: string) => string,
): Promise<DeskAnswer> {
  try {
    return await run();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    const hint = refusal.hint === undefined ? {} : { hint: spoken(refusal.hint) };
    return { kind: "refused", refusal: { ...refusal, ...hint } };
  }
}

export async function toAnswer(running: Promise<Reply>): Promise<DeskAnswer> {
  const late = Symbol("late");
  let timer: NodeJS.Timeout | undefined;
  const soon = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, answerAtOnce, late);
  });
  const first = await Promise.race([running, soon]).finally(() => clearTimeout(timer));
  if (first !== late) return answerOf(first);
  return {
    kind: "message",
    text: "On it…",
    card: null,
    edit: running.then(shown, refusedLate),
  };
}

function refusedLate(error: unknown): { text: string; card: null } {
  const refusal = refusalOf(error) ?? { code: "bug", say: `This is our bug: ${String(error)}` };
  return { text: [refusal.say, refusal.hint ?? ""].join(" ").trim(), card: null };
}

export function answerOf(reply: Reply): DeskAnswer {
  if (reply.receipt !== undefined && reply.receipt !== "")
    return { kind: "receipt", message: reply.receipt, state: "queued" };
  if (reply.edited !== undefined && reply.text === "") return { kind: "edited", key: reply.edited };
  return { kind: "message", ...shown(reply) };
}

const shown = ({ text, card, attached }: Reply) => ({
  ...{ text, card: card ?? null },
  ...(attached === undefined ? {} : { attached }),
});
