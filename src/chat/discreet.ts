// The desk as chats see it: its answers hold screens, logs and diffs, and no secret that stands in them goes out.
import type { Card } from "../core/card.ts";
import type { Redact } from "../lib/redact.ts";
import type { Desk, DeskAnswer } from "./desk.ts";
import { cleanCard } from "./outbox/prepare.ts";

export function discreet(desk: Desk, redact: Redact): Desk {
  const clean = <A extends { readonly text: string; readonly card: Card | null }>(
    answer: A,
  ): A => ({
    ...answer,
    text: redact(answer.text),
    card: answer.card === null ? null : cleanCard(answer.card, redact),
  });
  const told = async (answering: Promise<DeskAnswer>): Promise<DeskAnswer> => {
    const answer = await answering;
    if (answer.kind === "refused") {
      const { refusal } = answer;
      return { ...answer, refusal: { ...refusal, say: redact(refusal.say) } };
    }
    if (answer.kind !== "message") return answer;
    return answer.edit === undefined
      ? clean(answer)
      : { ...clean(answer), edit: answer.edit.then(clean) };
  };
  return {
    ...desk,
    say: (by, said) => told(desk.say(by, said)),
    press: (by, press) => told(desk.press(by, press)),
    react: (by, reaction) => told(desk.react(by, reaction)),
  };
}
