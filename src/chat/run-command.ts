// A command on behalf of a visit: what it may ask for there, and a destructive one from a chat asks first.
import { fromText } from "../core/arguments.ts";
import type { Command, Counter, Reply } from "../core/command.ts";
import type { Caller } from "../core/words.ts";
import { toAnswer } from "./answers.ts";
import type { Confirmations } from "./confirmations.ts";
import type { DeskAnswer } from "./desk.ts";
import { keyOf } from "./left-over.ts";
import { withCards } from "./lookup.ts";
import type { RouterParts } from "./router-parts.ts";
import type { Visit, Visits } from "./visits.ts";

export interface Runner {
  counterFor(visit: Visit, surface: "chat" | "shell", signal?: AbortSignal): Counter;
  runCommand(visit: Visit, command: Command, text: string): Promise<DeskAnswer>;
}

export function createRunner(
  parts: Pick<RouterParts, "counter" | "keyOf">,
  visits: Visits,
  confirmations: Confirmations,
): Runner {
  const counterFor: Runner["counterFor"] = (
    visit,
    surface,
    signal = new AbortController().signal,
  ) => {
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

  return {
    counterFor,
    async runCommand(visit, command, text) {
      visits.allow(visit, command, text);
      const args = withCards(fromText(command, text), parts.keyOf) as never;
      const run = (as: Visit): Promise<Reply> =>
        visits.attend(as, () => {
          visits.allow(as, command, text); // what they may, may have changed since the question
          return command.run(args, counterFor(as, "chat"));
        });
      const words = command.confirm?.(args, counterFor(visit, "chat")) ?? null;
      if (words === null) return toAnswer(run(visit));
      await visits.note(visit, "held");
      visit.isNoted = false;
      const answered = (by: Caller): Promise<Reply> => run({ ...visit, by });
      return confirmations.ask(visit.by, { words, verb: command.name, run: answered });
    },
  };
}

const countFrom = (prefix: string): (() => string) => {
  let n = 0;
  return () => `${prefix}${++n}`;
};

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
