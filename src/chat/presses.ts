// Buttons and reactions: whoever may, has done what they stand for.
import type { Command } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Intent } from "../core/input.ts";
import type { State } from "../core/state.ts";
import { pressOf } from "../core/views/cards.ts";
import { toAnswer } from "./answers.ts";
import type { Desk, DeskAnswer } from "./desk.ts";
import { commandNamed } from "./lookup.ts";
import { answerTo, type Meaning, meaningOf, meaningOfReaction, notOurs } from "./meaning.ts";
import type { Visit } from "./visits.ts";

export interface PressParts {
  readonly state: () => State;
  readonly commands: readonly Command[];
  /** @throws Refused */
  intendAs(
    visit: Visit,
    needs: Pick<Command, "name" | "tier">,
    intent: Intent,
  ): Promise<readonly Recorded[]>;
  runCommand(visit: Visit, command: Command, text: string): Promise<DeskAnswer>;
}

export interface Presses {
  press(visit: Visit, action: string, text: string | null): Promise<DeskAnswer>;
  react(visit: Visit, reaction: Parameters<Desk["react"]>[1]): Promise<DeskAnswer>;
  answerQuestion(visit: Visit, escalation: number, text: string): Promise<DeskAnswer>;
}

export function createPresses({ state, commands, intendAs, runCommand }: PressParts): Presses {
  const perform = async (visit: Visit, meaning: Meaning): Promise<DeskAnswer> => {
    if ("command" in meaning)
      return runCommand(visit, commandNamed(commands, meaning.command), meaning.args);
    const { needs, intent, seen } = meaning;
    const intended = intendAs(visit, needs, intent);
    if (seen !== null) return toAnswer(intended.then(() => ({ text: "", json: null, ...seen })));
    await intended;
    return { kind: "done" };
  };

  return {
    answerQuestion: (visit, escalation, text) => perform(visit, answerTo(escalation, text)),
    async press(visit, action, text) {
      const press = pressOf(action);
      if (press === null) throw notOurs();
      const answer = await perform(visit, meaningOf(state(), press, text));
      // A page turns where it stands.
      return press.on === "diff" && answer.kind === "message"
        ? { ...answer, inPlace: true }
        : answer;
    },
    async react(visit, reaction) {
      const meaning = meaningOfReaction(state(), visit.by, reaction);
      if (meaning !== null) await perform(visit, meaning);
      return { kind: "done" };
    },
  };
}
