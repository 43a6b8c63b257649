// From what people and members say to the commands behind it, and back to exactly one answer.
import { fromText, fromWords } from "../core/arguments.ts";
import { type Command, type Counter, Refused, type Reply } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Asked, Intent } from "../core/input.ts";
import type { Policy } from "../core/policy.ts";
import { isOpen, type State } from "../core/state.ts";
import { escalationOfKey } from "../core/views/question-card.ts";
import type { Caller, Refusal } from "../core/words.ts";
import { guarded, refusalOf, toAnswer } from "./answers.ts";
import { entering } from "./authorize.ts";
import { completions } from "./complete.ts";
import { openConfirmations } from "./confirmations.ts";
import type { Completion, Desk, DeskAnswer, Said, ShellReply } from "./desk.ts";
import { keyOf } from "./left-over.ts";
import { addressee, commandNamed, lookUp, lookUpWords, rooms, withCards } from "./lookup.ts";
import { createPresses } from "./presses.ts";
import { createVisits, type Visit } from "./visits.ts";

/** Everything a command may ask for but who calls and where from. */
export type CounterParts = Omit<Counter, "by" | "surface" | "echo" | "signal" | "intend">;

const countFrom = (prefix: string): (() => string) => {
  let n = 0;
  return () => `${prefix}${++n}`;
};

/** A file stands in a message as where it lies: agents read it there. */
const pointersTo = (files: readonly string[]): string =>
  files.map((path) => `\n[file: ${path}]`).join("");

export interface RouterParts {
  readonly commands: readonly Command[];
  readonly policy: () => Policy;
  readonly state: () => State;
  readonly counter: () => CounterParts;
  /** Takes secrets out of what stands in the audit [as it is]. */
  readonly redact?: (text: string) => string;
  /** The key of the post that a chat shows under this id. */
  readonly keyOf?: (message: string) => string | null;
  intend(
    by: Caller,
    intent: Intent,
    asked?: Asked,
  ): Promise<{ ok: true; recorded: readonly Recorded[] } | { ok: false; refusal: Refusal }>;
}

/** `/ack`, `/snooze 2h` and `/resolve` in reply to a card are about that one. */
function aboutCard(state: State, { replyTo }: Said, words: string): string {
  const asked = replyTo === null ? null : escalationOfKey(state, replyTo.key);
  const wish = /^(ack|snooze|resolve)\b\s*(.*)$/s.exec(words);
  return asked === null || wish === null
    ? words
    : `escalations ${wish[1]} ${asked.id} ${wish[2]}`.trimEnd();
}

export function createRouter(parts: RouterParts): Desk {
  const { commands } = parts;
  const confirmations = openConfirmations(() => parts.counter().now());

  const visits = createVisits({ intend: parts.intend, redact: parts.redact ?? ((text) => text) });

  const counterFor = (visit: Visit, surface: "chat" | "shell", signal: AbortSignal): Counter => {
    const { by, echo } = visit;
    const counter = parts.counter();
    return {
      ...counter,
      ...{ by, surface, echo, signal },
      ...(echo === null ? {} : { key: countFrom(keyOf(by.via, echo)) }),
      life: noting(counter.life, () => void visits.note(visit, "done")),
      intend: (intent) => visits.intend(visit, intent),
    };
  };

  const chatCounter = (visit: Visit): Counter =>
    counterFor(visit, "chat", new AbortController().signal);

  /** A command from a chat; a destructive one asks first. */
  const runCommand = async (visit: Visit, command: Command, text: string): Promise<DeskAnswer> => {
    visits.allow(visit, command, text);
    const args = withCards(fromText(command, text), parts.keyOf) as never;
    const run = (as: Visit): Promise<Reply> =>
      visits.attend(as, () => {
        visits.allow(as, command, text); // what they may, may have changed since the question
        return command.run(args, chatCounter(as));
      });
    const words = command.confirm?.(args, chatCounter(visit)) ?? null;
    if (words === null) return toAnswer(run(visit));
    await visits.note(visit, "held");
    visit.isNoted = false;
    const answered = (by: Caller): Promise<Reply> => run({ ...visit, by });
    return confirmations.ask(visit.by, { words, verb: command.name, run: answered });
  };

  const intendAs = async (
    visit: Visit,
    needs: Pick<Command, "name" | "tier">,
    intent: Intent,
  ): Promise<readonly Recorded[]> => {
    visits.allow(visit, needs, subjectOf(intent));
    return visits.intend(visit, intent);
  };

  const presses = createPresses({ state: parts.state, commands, intendAs, runCommand });

  /** @param along what was sent along, for the end of a text */
  const fromChat = (visit: Visit, text: string, along: string): Promise<DeskAnswer> => {
    const { found, rest } = lookUp(commands, text);
    if (found.team === "only" || found.chat === false)
      throw new Refused(
        "verb.unknown",
        `\`${found.name}\` is the agents' own; it is not for chats.`,
      );
    if (along !== "" && found.name !== "send")
      throw new Refused(
        "usage",
        `Files go along with words to a member, not with \`${found.name}\`.`,
      );
    return runCommand(visit, found, rest + along);
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
    visits.allow(visit, send, `${to} ${said.text}`);
    const args = { name: to, text: said.text, now: false } as never;
    return toAnswer(visits.attend(visit, () => send.run(args, chatCounter(visit))));
  };

  const shell = async (
    by: Caller,
    verb: string,
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<ShellReply> => {
    const visit = visits.begin(by, { verb, args: argv.join(" "), message: null });
    try {
      const reply = await visits.attend(visit, () => {
        const { found, rest } = lookUpWords(commands, [verb, ...argv]);
        visits.allow(visit, found, rest.join(" "));
        const args = withCards(fromWords(found, rest), parts.keyOf) as never;
        return found.run(args, counterFor(visit, "shell", signal));
      });
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

  /** Everybody's way in: a stranger gets no further. */
  const enter = (
    by: Caller,
    asked: Asked,
    go: (visit: Visit) => Promise<DeskAnswer>,
  ): Promise<DeskAnswer> => {
    const visit = visits.begin(by, asked, asked.verb === "say" ? asked.message : null);
    return guarded(() =>
      visits.attend(visit, () => {
        visits.allow(visit, { ...entering, name: asked.verb }, asked.args);
        return go(visit);
      }),
    );
  };

  return {
    say: (by, said) =>
      enter(by, { verb: "say", args: said.text, message: said.echo }, async (visit) => {
        const words = said.text.trim();
        const along = pointersTo(said.files ?? []);
        const slash = /^\/batty(?:\s+|$)/.exec(words);
        if (slash !== null) return fromChat(visit, words.slice(slash[0].length), along);
        if (!words.startsWith("/")) return plain(visit, { ...said, text: said.text + along });
        return fromChat(visit, aboutCard(parts.state(), said, words.slice(1)), along);
      }),
    press: (by, { action, text, message = null }) =>
      enter(
        by,
        { verb: "press", args: action, message },
        async (visit) => confirmations.press(by, action) ?? presses.press(visit, action, text),
      ),
    react(by, reaction) {
      const { key, emoji, message = null } = reaction;
      return enter(by, { verb: "react", args: `${emoji} ${key}`, message }, (visit) =>
        presses.react(visit, reaction),
      );
    },
    run: shell,
    async complete(by, text) {
      const visit = visits.begin(by, { verb: "complete", args: text, message: null });
      const found = async (): Promise<readonly Completion[]> => {
        visits.allow(visit, { ...entering, name: "complete" }, text);
        const world = parts.counter().world();
        return completions(
          commands,
          by,
          { state: parts.state(), policy: parts.policy(), world },
          text,
        );
      };
      return visits.attend(visit, found).catch((error: unknown) => {
        if (error instanceof Refused) return [];
        throw error;
      });
    },
    rooms: () => rooms(parts.state(), parts.policy()),
  };
}

/** What a button or a reaction is about, in a verb's own words. */
function subjectOf(intent: Intent): string {
  const about =
    "task" in intent
      ? `${intent.task}`
      : "escalation" in intent
        ? `${intent.escalation}`
        : "message" in intent
          ? intent.message
          : "";
  const more = "answer" in intent ? intent.answer : "why" in intent ? intent.why : "";
  return `${about} ${more}`.trim();
}

/** The bot's own life is no intent, but to end it is a decision. */
const noting = (life: Counter["life"], note: () => void): Counter["life"] =>
  life === null
    ? null
    : {
        shutdown() {
          note();
          life.shutdown();
        },
        restart() {
          note();
          life.restart();
        },
        reload() {
          note();
          return life.reload();
        },
      };
