// What a person says: a command, the answer to a question, or a directive to whose room it is.
import { Refused } from "../core/command.ts";
import { isOpen, type State } from "../core/state.ts";
import { escalationOfKey } from "../core/views/question-card.ts";
import { toAnswer } from "./answers.ts";
import type { DeskAnswer, Said } from "./desk.ts";
import { addressee, commandNamed, isForChats, lookUp } from "./lookup.ts";
import type { Presses } from "./presses.ts";
import type { RouterParts } from "./router-parts.ts";
import type { Runner } from "./run-command.ts";
import type { Visit, Visits } from "./visits.ts";

export type Say = (visit: Visit, said: Said) => Promise<DeskAnswer>;

export function createSay(
  parts: Pick<RouterParts, "commands" | "state" | "policy">,
  means: { readonly visits: Visits; readonly runner: Runner; readonly presses: Presses },
): Say {
  const { commands, state, policy } = parts;
  const { visits, runner, presses } = means;

  /** @param along what was sent along, for the end of a text */
  const command = (visit: Visit, text: string, along: string): Promise<DeskAnswer> => {
    const { found, rest } = lookUp(commands, text);
    if (!isForChats(found))
      throw new Refused(
        "verb.unknown",
        `\`${found.name}\` is the agents' own; it is not for chats.`,
      );
    if (along !== "" && found.name !== "send")
      throw new Refused(
        "usage",
        `Files go along with words to a member, not with \`${found.name}\`.`,
      );
    return runner.runCommand(visit, found, rest + along);
  };

  /** Plain text: the answer to an open question, or a directive to whose room it is. */
  const plain = (visit: Visit, { replyTo, room }: Said, text: string): Promise<DeskAnswer> => {
    const asked = replyTo === null ? null : escalationOfKey(state(), replyTo.key);
    if (asked !== null && isOpen(asked)) return presses.answerQuestion(visit, asked.id, text);
    const to = addressee(state(), policy(), room);
    if (to === null)
      throw new Refused(
        "chat.no-recipient",
        `Plain text in ${room} reaches nobody.`,
        "Write in a member's room, or use /batty send NAME …",
      );
    const send = commandNamed(commands, "send");
    visits.allow(visit, send, `${to} ${text}`);
    const args = { name: to, text, now: false } as never;
    return toAnswer(visits.attend(visit, () => send.run(args, runner.counterFor(visit, "chat"))));
  };

  return async (visit, said) => {
    const words = said.text.trim();
    const along = pointersTo(said.files ?? []);
    const slash = /^\/batty(?:\s+|$)/.exec(words);
    if (slash !== null) return command(visit, words.slice(slash[0].length), along);
    if (!words.startsWith("/")) return plain(visit, said, said.text + along);
    return command(visit, aboutCard(state(), said, words.slice(1)), along);
  };
}

/** A file stands in a message as where it lies: agents read it there. */
const pointersTo = (files: readonly string[]): string =>
  files.map((path) => `\n[file: ${path}]`).join("");

/** `/ack`, `/snooze 2h` and `/resolve` in reply to a card are about that one. */
function aboutCard(state: State, { replyTo }: Said, words: string): string {
  const asked = replyTo === null ? null : escalationOfKey(state, replyTo.key);
  const wish = /^(ack|snooze|resolve)\b\s*(.*)$/s.exec(words);
  return asked === null || wish === null
    ? words
    : `escalations ${wish[1]} ${asked.id} ${wish[2]}`.trimEnd();
}
