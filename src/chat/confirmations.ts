// Questions that ask to confirm: each is its asker's alone, good for one answer, for a while, and for this life of the
// bot only. Knows no command and no platform.
import type { Card } from "../core/card.ts";
import { Refused, type Reply } from "../core/command.ts";
import { limits } from "../core/policy.ts";
import type { Caller, Instant } from "../core/words.ts";
import { answerOf, toAnswer } from "./answers.ts";
import type { DeskAnswer } from "./desk.ts";
import { confirmCard } from "./lookup.ts";

interface Question {
  /** What is asked, and the verb that waits for the answer. */
  readonly words: string;
  readonly verb: string;
  /** @param by the asker, as known when they confirm */
  run(by: Caller): Promise<Reply>;
}

export interface Confirmations {
  ask(by: Caller, question: Question): DeskAnswer;
  /** Null: the action is no answer to any such question. @throws Refused */
  press(by: Caller, action: string): Promise<DeskAnswer> | null;
}

type Shown = { readonly text: string; readonly card: Card };

interface Pending extends Question {
  readonly by: Caller;
  /** Edits the card to how it ended. */
  close(state: "done" | "expired", footer: string): void;
}

export function openConfirmations(now: () => Instant): Confirmations {
  const pending = new Map<string, Pending>();
  // Not from 1: a number of a former life must not confirm something new.
  let last = now();

  return {
    ask(by, question) {
      last += 1;
      const id = `c${last}`;
      const { words, verb } = question;
      const card = confirmCard(id, verb, words, footerFor(by));
      let edit: (shown: Shown) => void = () => undefined;
      const edited = new Promise<Shown>((resolve) => {
        edit = resolve;
      });
      const close: Pending["close"] = (state, footer) => {
        clearTimeout(timer);
        pending.delete(id);
        edit({ text: words, card: ended(card, state, footer) });
      };
      const timer = setTimeout(close, limits.confirmWithin, "expired", tooLate);
      timer.unref();
      pending.set(id, { ...question, by, close });
      return { kind: "message", text: words, card, edit: edited };
    },
    press(by, action) {
      const [, id = "", verb] = /^(c\d+)\.(confirm|cancel)$/.exec(action) ?? [];
      if (verb === undefined) return null;
      const question = pending.get(id);
      if (question === undefined)
        throw new Refused("approval.closed", "This question is closed.", "Give the command again.");
      if (question.by.name !== by.name)
        throw new Refused(
          "access.denied",
          `This question is ${question.by.name}'s: nobody else can answer it.`,
          "Give the command yourself.",
        );
      const isYes = verb === "confirm";
      question.close("done", `${labels(question.verb)[isYes ? 0 : 1]}: ${by.name}`);
      return isYes
        ? toAnswer(question.run(by))
        : Promise.resolve(answerOf({ text: "Nothing was done.", json: null }));
    },
  };
}

const ended = (card: Card, state: "done" | "expired", footer: string): Card => ({
  ...card,
  ...{ tone: "calm", actions: [], state, footer },
});

/** As such a question stands when nobody knows of it any more. */
export const expired = (card: Card): Card => ended(card, "expired", tooLate);

const minutes = limits.confirmWithin / 60_000;
const tooLate = "Expired, nothing was done: give the command again";
const footerFor = (by: Caller): string => `${by.name} answers, within ${minutes} minutes`;
const labels = (verb: string): readonly [string, string] => [`Yes, ${verb}`, "No"];
