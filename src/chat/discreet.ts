// The desk as chats see it: its answers hold screens, logs and diffs, and no secret that stands in them goes out.
import type { Card, PostFile } from "../core/card.ts";
import type { Attached } from "../core/command.ts";
import type { Redact } from "../lib/redact.ts";
import type { Desk, DeskAnswer } from "./desk.ts";
import { cleanCard, type Store } from "./outbox/prepare.ts";

interface Told {
  readonly text: string;
  readonly card: Card | null;
  readonly attached?: Attached;
  readonly files?: readonly PostFile[];
}

export function discreet(desk: Desk, redact: Redact, store: Store): Desk {
  const clean = async <A extends Told>({ attached, ...answer }: A) => ({
    ...answer,
    text: redact(answer.text),
    card: answer.card === null ? null : cleanCard(answer.card, redact),
    ...(attached === undefined
      ? {}
      : { files: [await store(attached.name, redact(attached.text))] }),
  });
  const told = async (answering: Promise<DeskAnswer>): Promise<DeskAnswer> => {
    const answer = await answering;
    if (answer.kind === "refused") {
      const { refusal } = answer;
      return { ...answer, refusal: { ...refusal, say: redact(refusal.say) } };
    }
    if (answer.kind !== "message") return answer;
    const { edit, ...first } = answer;
    const shown = await clean(first);
    return edit === undefined ? shown : { ...shown, edit: edit.then(clean) };
  };
  return {
    ...desk,
    say: (by, said) => told(desk.say(by, said)),
    press: (by, press) => told(desk.press(by, press)),
    react: (by, reaction) => told(desk.react(by, reaction)),
  };
}
