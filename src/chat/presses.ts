// Buttons and reactions: what they stand for, by ids and keys that the cards carry. The newest card decides.
import { type Command, Refused } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Intent } from "../core/input.ts";
import type { State } from "../core/state.ts";
import { isNewest, mergeKey, mergeOfKey, type Press, pressOf } from "../core/views/cards.ts";
import { questionKey } from "../core/views/question-card.ts";
import type { MessageId } from "../core/words.ts";
import { isHeld } from "../core/work.ts";
import { toAnswer } from "./answers.ts";
import type { Desk, DeskAnswer } from "./desk.ts";
import { commandNamed } from "./lookup.ts";
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

type MergeCard = NonNullable<ReturnType<typeof mergeOfKey>>;
type Verdict = "approve" | "reject" | "back";

const wishes = { ack: "acknowledged", snooze: "snoozed", resolve: "resolved" } as const;
const approving = ["✅", "👍"];
const rejecting = ["❌", "👎"];

export function createPresses({ state, commands, intendAs, runCommand }: PressParts): Presses {
  const byIntent = (
    visit: Visit,
    needs: Pick<Command, "name" | "tier">,
    intent: Intent,
    edited: string | null,
  ): Promise<DeskAnswer> =>
    toAnswer(
      intendAs(visit, needs, intent).then(() =>
        edited === null
          ? { text: "It is sent again.", json: null }
          : { text: "", json: null, edited },
      ),
    );

  const takeBack = async (visit: Visit, message: MessageId): Promise<DeskAnswer> => {
    await intendAs(
      visit,
      { name: "cancel message", tier: "operator" },
      { type: "withdraw-message", message },
    );
    return { kind: "done" }; // its receipt says so
  };

  /** The message that came of what this person said there and was not heard yet. */
  const saidAs = ({ by }: Visit, echo: string): MessageId | null => {
    const own = [...state().messages.values()].findLast(
      ({ mail }) => mail.echo === echo && mail.via === by.via && mail.from === by.name,
    );
    return own !== undefined && ["queued", "typing", "typed"].includes(own.state)
      ? own.mail.id
      : null;
  };

  const answerQuestion = (visit: Visit, escalation: number, text: string): Promise<DeskAnswer> =>
    byIntent(
      visit,
      { name: "answer", tier: "operator" },
      { type: "answer", escalation, answer: text },
      questionKey(escalation),
    );

  const onQuestion = (
    visit: Visit,
    press: Extract<Press, { on: "question" }>,
    text: string | null,
  ): Promise<DeskAnswer> => {
    const { escalation, verb, option } = press;
    if (verb === "ack" || verb === "snooze" || verb === "resolve")
      return byIntent(
        visit,
        { name: `escalations ${verb}`, tier: "operator" },
        { type: "escalation", escalation, to: wishes[verb], until: null },
        questionKey(escalation),
      );
    const chosen =
      option === null ? text : (state().escalations.get(escalation)?.options[option] ?? null);
    if (chosen === null || chosen.trim() === "")
      throw new Refused("usage", "Say the answer along with the press.");
    return answerQuestion(visit, escalation, chosen);
  };

  const onMerge = (
    visit: Visit,
    press: Extract<Press, { on: "merge" }>,
    text: string | null,
  ): Promise<DeskAnswer> => {
    const { task, round, verb } = press;
    const found = mergeOfKey(state(), mergeKey(task, round));
    if (found === null && task <= state().forgotten)
      throw new Refused("approval.closed", `This card is closed: #${task} is over since long.`);
    if (found === null) throw new Refused("task.unknown", `#${task} has no such card.`);
    if (verb === "diff")
      return runDiff(visit, { task, head: found.card.head, page: 0, file: null });
    if (verb !== "approve" && verb !== "reject" && verb !== "back")
      throw new Refused("chat.unknown-action", "This button is none of ours.");
    return decide(visit, verb, found, text);
  };

  const runDiff = (
    visit: Visit,
    {
      task,
      head,
      page,
      file,
    }: Pick<Extract<Press, { on: "diff" }>, "task" | "head" | "page" | "file">,
  ): Promise<DeskAnswer> => {
    const at = head === null ? "" : ` --head ${head}`;
    const one = file === null ? "" : ` --nth ${file}`;
    return runCommand(visit, commandNamed(commands, "diff"), `${task} --page ${page}${at}${one}`);
  };

  const onTask = (
    visit: Visit,
    { task, verb }: Extract<Press, { on: "task" }>,
  ): Promise<DeskAnswer> => {
    if (verb === "diff") return runDiff(visit, { task, head: null, page: 0, file: null });
    if (verb === "cancel")
      return runCommand(visit, commandNamed(commands, "task cancel"), String(task));
    const work = state().work.get(task);
    if (verb !== "interrupt")
      throw new Refused("chat.unknown-action", "This button is none of ours.");
    if (work === undefined || !isHeld(work))
      throw new Refused("task.not-done", `Nobody works on #${task} at the moment.`);
    return runCommand(visit, commandNamed(commands, "interrupt"), work.member);
  };

  const decide = (
    visit: Visit,
    verdict: Verdict,
    { work, card }: MergeCard,
    text: string | null,
  ): Promise<DeskAnswer> => {
    if (!isNewest(work, card))
      throw new Refused("approval.stale", `#${work.task} has a newer card.`, "Decide on that one.");
    const shown = { task: work.task, head: card.head };
    const intent: Intent =
      verdict === "approve"
        ? { type: verdict, ...shown, typed: text }
        : { type: verdict, ...shown, why: text ?? "" };
    return byIntent(
      visit,
      { name: verdict, tier: "approver" },
      intent,
      mergeKey(work.task, card.round),
    );
  };

  return {
    answerQuestion,
    async press(visit, action, text) {
      const press = pressOf(action);
      if (press === null) throw new Refused("chat.unknown-action", "This button is none of ours.");
      switch (press.on) {
        case "message":
          if (press.verb === "cancel") return takeBack(visit, press.id);
          return byIntent(
            visit,
            { name: "send", tier: "operator" },
            { type: "send-again", message: press.id },
            null,
          );
        case "question":
          return onQuestion(visit, press, text);
        case "merge":
          return onMerge(visit, press, text);
        case "task":
          return onTask(visit, press);
        case "diff":
          return inPlace(await runDiff(visit, press));
      }
    },
    async react(visit, { key, emoji, added, message = "" }) {
      const verdict = approving.includes(emoji)
        ? "approve"
        : rejecting.includes(emoji)
          ? "reject"
          : null;
      const found = mergeOfKey(state(), key);
      const own = found === null && verdict === "reject" && added ? saidAs(visit, message) : null;
      if (own !== null) return takeBack(visit, own);
      if (verdict === null || found === null) return { kind: "done" };
      if (added) await decide(visit, verdict, found, null);
      else if (verdict === "approve")
        await intendAs(
          visit,
          { name: "withdraw", tier: "approver" },
          { type: "withdraw-approval", task: found.work.task, head: found.card.head },
        );
      return { kind: "done" };
    },
  };
}

/** A page turns where it stands. */
const inPlace = (answer: DeskAnswer): DeskAnswer =>
  answer.kind === "message" ? { ...answer, inPlace: true } : answer;
