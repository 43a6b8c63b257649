// From what people and members say to the commands behind it, and back to exactly one answer.
import { type Command, Refused } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Asked, Intent } from "../core/input.ts";
import type { Caller } from "../core/words.ts";
import { guarded } from "./answers.ts";
import { entering } from "./authorize.ts";
import { completions } from "./complete.ts";
import { openConfirmations } from "./confirmations.ts";
import type { Completion, Desk, DeskAnswer } from "./desk.ts";
import { rooms, spokenIn } from "./lookup.ts";
import { createPresses } from "./presses.ts";
import type { RouterParts } from "./router-parts.ts";
import { createRunner } from "./run-command.ts";
import { createSay } from "./say.ts";
import { createShell } from "./shell.ts";
import { createVisits, type Visit } from "./visits.ts";

export function createRouter(parts: RouterParts): Desk {
  const { commands, state, policy } = parts;
  const confirmations = openConfirmations(() => parts.counter().now());
  const visits = createVisits({ intend: parts.intend, redact: parts.redact ?? ((text) => text) });
  const runner = createRunner(parts, visits, confirmations);
  const intendAs = async (
    visit: Visit,
    needs: Pick<Command, "name" | "tier">,
    intent: Intent,
  ): Promise<readonly Recorded[]> => {
    visits.allow(visit, needs, subjectOf(intent));
    return visits.intend(visit, intent);
  };
  const presses = createPresses({ state, commands, intendAs, runCommand: runner.runCommand });
  const say = createSay(parts, { visits, runner, presses });

  const spoken = spokenIn(commands);

  /** Everybody's way in: a stranger gets no further. */
  const enter = (
    by: Caller,
    asked: Asked,
    go: (visit: Visit) => Promise<DeskAnswer>,
  ): Promise<DeskAnswer> => {
    const visit = visits.begin(by, asked, asked.verb === "say" ? asked.message : null);
    return guarded(
      () =>
        visits.attend(visit, () => {
          visits.allow(visit, { ...entering, name: asked.verb }, asked.args);
          return go(visit);
        }),
      spoken,
    );
  };

  return {
    say: (by, said) =>
      enter(by, { verb: "say", args: said.text, message: said.echo }, (visit) => say(visit, said)),
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
    run: createShell(parts, visits, runner),
    async complete(by, text) {
      const visit = visits.begin(by, { verb: "complete", args: text, message: null });
      const found = async (): Promise<readonly Completion[]> => {
        visits.allow(visit, { ...entering, name: "complete" }, text);
        const seen = { state: state(), policy: policy(), world: parts.counter().world() };
        return completions(commands, by, seen, text);
      };
      return visits.attend(visit, found).catch((error: unknown) => {
        if (error instanceof Refused) return [];
        throw error;
      });
    },
    rooms: () => rooms(state(), policy()),
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
