// From what people and members say to the commands behind it, and back to exactly one answer.
import { fromText, fromWords } from "../core/arguments.ts";
import { type Command, type Counter, Refused, type Reply } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Intent } from "../core/input.ts";
import type { Policy } from "../core/policy.ts";
import { isOpen, type State } from "../core/state.ts";
import { escalationOfKey } from "../core/views/cards.ts";
import type { Caller, Refusal } from "../core/words.ts";
import { answerOf, guarded, refusalOf, toAnswer } from "./answers.ts";
import { authorize } from "./authorize.ts";
import type { Desk, DeskAnswer, Said, ShellReply, Visit } from "./desk.ts";
import {
  addressee,
  commandNamed,
  confirmCard,
  lookUp,
  lookUpWords,
  rooms,
  withCards,
} from "./lookup.ts";
import { createPresses } from "./presses.ts";

/** Everything a command may ask for but who calls and where from. */
export type CounterParts = Omit<Counter, "by" | "surface" | "echo" | "signal" | "intend">;

export interface RouterParts {
  readonly commands: readonly Command[];
  readonly policy: () => Policy;
  readonly state: () => State;
  readonly counter: () => CounterParts;
  /** The key of the post that a chat shows under this id. */
  readonly keyOf?: (message: string) => string | null;
  intend(
    by: Caller,
    intent: Intent,
  ): Promise<{ ok: true; recorded: readonly Recorded[] } | { ok: false; refusal: Refusal }>;
}

export function createRouter(parts: RouterParts): Desk {
  const { commands } = parts;
  const confirmations = new Map<
    string,
    { readonly by: Caller; readonly run: () => Promise<Reply> }
  >();
  // Not from 1: a number of a former life must not confirm something new.
  let lastConfirmation = parts.counter().now();

  const counterFor = (
    { by, echo }: Visit,
    surface: "chat" | "shell",
    signal: AbortSignal,
  ): Counter => ({
    ...parts.counter(),
    ...{ by, surface, echo, signal },
    async intend(intent) {
      const verdict = await parts.intend(by, intent);
      if (verdict.ok) return verdict.recorded;
      const { code, say, hint } = verdict.refusal;
      throw new Refused(code, say, hint);
    },
  });

  /** @throws Refused when the caller may not */
  const allow = (by: Caller, command: Pick<Command, "name" | "tier" | "team">): void => {
    const refusal = authorize(by, command);
    if (refusal !== null) throw new Refused(refusal.code, refusal.say, refusal.hint);
  };

  const chatCounter = (visit: Visit): Counter =>
    counterFor(visit, "chat", new AbortController().signal);

  /** A command from a chat; a destructive one asks first. */
  const runCommand = async (visit: Visit, command: Command, text: string): Promise<DeskAnswer> => {
    allow(visit.by, command);
    const args = withCards(fromText(command, text), parts.keyOf) as never;
    const run = async (): Promise<Reply> => command.run(args, chatCounter(visit));
    const words = command.confirm?.(args) ?? null;
    if (words === null) return toAnswer(run());
    lastConfirmation += 1;
    const id = `c${lastConfirmation}`;
    confirmations.set(id, { by: visit.by, run });
    return { kind: "message", text: words, card: confirmCard(id, command.name, words) };
  };

  const intendAs = async (
    visit: Visit,
    needs: Pick<Command, "name" | "tier">,
    intent: Intent,
  ): Promise<readonly Recorded[]> => {
    allow(visit.by, needs);
    return chatCounter(visit).intend(intent);
  };

  const presses = createPresses({ state: parts.state, commands, intendAs, runCommand });

  const confirm = (by: Caller, id: string, verb: string | undefined): Promise<DeskAnswer> => {
    const pending = confirmations.get(id);
    if (pending === undefined || pending.by.name !== by.name)
      throw new Refused("approval.closed", "This question is closed.", "Give the command again.");
    confirmations.delete(id);
    return verb === "confirm"
      ? toAnswer(pending.run())
      : Promise.resolve(answerOf({ text: "Nothing was done.", json: null }));
  };

  const fromChat = (visit: Visit, text: string): Promise<DeskAnswer> => {
    const { found, rest } = lookUp(commands, text);
    if (found.team === "only" || found.chat === false)
      throw new Refused(
        "verb.unknown",
        `\`${found.name}\` is the agents' own; it is not for chats.`,
      );
    return runCommand(visit, found, rest);
  };

  /** Plain text: the answer to an open question, or a directive to whose room it is. */
  const plain = async (visit: Visit, said: Said): Promise<DeskAnswer> => {
    const asked = said.replyTo === null ? null : escalationOfKey(parts.state(), said.replyTo.key);
    if (asked !== null && isOpen(asked)) return presses.answerQuestion(visit, asked.id, said.text);
    const to = addressee(parts.state(), parts.policy(), said.room);
    if (to === null)
      throw new Refused(
        "chat.no-recipient",
        `Plain text in ${said.room} reaches nobody.`,
        "Write in a member's room, or use /batty send NAME …",
      );
    const send = commandNamed(commands, "send");
    allow(visit.by, send);
    return toAnswer(
      (async () =>
        send.run({ name: to, text: said.text, now: false } as never, chatCounter(visit)))(),
    );
  };

  const shell = async (
    by: Caller,
    verb: string,
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<ShellReply> => {
    try {
      const { found, rest } = lookUpWords(commands, [verb, ...argv]);
      allow(by, found);
      const reply = await found.run(
        withCards(fromWords(found, rest), parts.keyOf) as never,
        counterFor({ by, echo: null }, "shell", signal),
      );
      return {
        ok: true,
        json: reply.json,
        text: reply.text,
        ...(reply.exit === undefined ? {} : { exit: reply.exit }),
      };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return { ok: false, exit: error instanceof Refused ? error.exit : 3, refusal };
    }
  };

  return {
    say: (by, said) =>
      guarded(async () => {
        const visit = { by, echo: said.echo };
        const words = said.text.trim();
        const slash = /^\/batty(?:\s+|$)/.exec(words);
        if (slash !== null) return fromChat(visit, words.slice(slash[0].length));
        return words.startsWith("/") ? fromChat(visit, words.slice(1)) : plain(visit, said);
      }),
    press: (by, { action, text }) =>
      guarded(async () => {
        const [id = "", verb] = action.split(".");
        return /^c\d+$/.test(id)
          ? confirm(by, id, verb)
          : presses.press({ by, echo: null }, action, text);
      }),
    react: (by, { key, emoji, added }) =>
      guarded(() => presses.react({ by, echo: null }, key, emoji, added)),
    run: shell,
    rooms: () => rooms(parts.state(), parts.policy()),
  };
}
