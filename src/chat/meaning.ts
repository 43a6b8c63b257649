// What a button or a reaction stands for: something wanted, or a command. The newest card decides. Pure.
import { type Command, Refused } from "../core/command.ts";
import type { Intent } from "../core/input.ts";
import type { State } from "../core/state.ts";
import { isNewest, mergeKey, mergeOfKey, type Press } from "../core/views/cards.ts";
import { questionKey } from "../core/views/question-card.ts";
import type { Caller, MessageId } from "../core/words.ts";
import { isHeld } from "../core/work.ts";
import type { Desk } from "./desk.ts";

export type Meaning =
  | { readonly command: "diff" | "task cancel" | "interrupt"; readonly args: string }
  | {
      readonly needs: Pick<Command, "name" | "tier">;
      readonly intent: Intent;
      /** Where people see that it was done: by a card's key, in words, or by the receipt or the card's own edit. */
      readonly seen: { readonly edited: string } | { readonly text: string } | null;
    };

type PressOn<T extends Press["on"]> = Extract<Press, { on: T }>;
type MergeCard = NonNullable<ReturnType<typeof mergeOfKey>>;
type Verdict = "approve" | "reject" | "back";

const wishes = { ack: "acknowledged", snooze: "snoozed", resolve: "resolved" } as const;
const verdicts: ReadonlyMap<string, "approve" | "reject"> = new Map([
  ...["✅", "👍"].map((emoji) => [emoji, "approve"] as const),
  ...["❌", "👎"].map((emoji) => [emoji, "reject"] as const),
]);

/** @throws Refused */
export function meaningOf(state: State, press: Press, text: string | null): Meaning {
  switch (press.on) {
    case "message":
      return press.verb === "cancel" ? takeBack(press.id) : sendAgain(press.id);
    case "question":
      return onQuestion(state, press, text);
    case "merge":
      return onMerge(state, press, text);
    case "task":
      return onTask(state, press);
    case "diff":
      return diffOf(press);
  }
}

/** Null: it is only a reaction. @throws Refused */
export function meaningOfReaction(
  state: State,
  by: Caller,
  { key, emoji, added, message = "" }: Parameters<Desk["react"]>[1],
): Meaning | null {
  const verdict = verdicts.get(emoji);
  const found = mergeOfKey(state, key);
  if (verdict === undefined) return null;
  if (found === null) {
    const own = verdict === "reject" && added ? saidAs(state, by, message) : null;
    return own === null ? null : takeBack(own);
  }
  if (added) return decide(verdict, found, null);
  if (verdict !== "approve") return null;
  return {
    needs: { name: "withdraw", tier: "approver" },
    intent: { type: "withdraw-approval", task: found.work.task, head: found.card.head },
    seen: null,
  };
}

export const answerTo = (escalation: number, answer: string): Meaning => ({
  needs: { name: "answer", tier: "operator" },
  intent: { type: "answer", escalation, answer },
  seen: { edited: questionKey(escalation) },
});

const takeBack = (message: MessageId): Meaning => ({
  needs: { name: "cancel message", tier: "operator" },
  intent: { type: "withdraw-message", message },
  seen: null,
});

const sendAgain = (message: MessageId): Meaning => ({
  needs: { name: "send", tier: "operator" },
  intent: { type: "send-again", message },
  seen: { text: "It is sent again." },
});

/** The message that came of what this person said there and was not heard yet. */
function saidAs(state: State, by: Caller, echo: string): MessageId | null {
  const own = [...state.messages.values()].findLast(
    ({ mail }) => mail.echo === echo && mail.via === by.via && mail.from === by.name,
  );
  return own !== undefined && ["queued", "typing", "typed"].includes(own.state)
    ? own.mail.id
    : null;
}

function onQuestion(
  state: State,
  { escalation, verb, option }: PressOn<"question">,
  text: string | null,
): Meaning {
  if (verb === "ack" || verb === "snooze" || verb === "resolve")
    return {
      needs: { name: `escalations ${verb}`, tier: "operator" },
      intent: { type: "escalation", escalation, to: wishes[verb], until: null },
      seen: { edited: questionKey(escalation) },
    };
  const chosen =
    option === null ? text : (state.escalations.get(escalation)?.options[option] ?? null);
  if (chosen === null || chosen.trim() === "")
    throw new Refused("usage", "Say the answer along with the press.");
  return answerTo(escalation, chosen);
}

function onMerge(
  state: State,
  { task, round, verb }: PressOn<"merge">,
  text: string | null,
): Meaning {
  const found = mergeOfKey(state, mergeKey(task, round));
  if (found === null && task <= state.forgotten)
    throw new Refused("approval.closed", `This card is closed: #${task} is over since long.`);
  if (found === null) throw new Refused("task.unknown", `#${task} has no such card.`);
  if (verb === "diff") return diffOf({ task, head: found.card.head, page: 0, file: null });
  if (verb !== "approve" && verb !== "reject" && verb !== "back") throw notOurs();
  return decide(verb, found, text);
}

function decide(verdict: Verdict, { work, card }: MergeCard, text: string | null): Meaning {
  if (!isNewest(work, card))
    throw new Refused("approval.stale", `#${work.task} has a newer card.`, "Decide on that one.");
  const shown = { task: work.task, head: card.head };
  return {
    needs: { name: verdict, tier: "approver" },
    intent:
      verdict === "approve"
        ? { type: verdict, ...shown, typed: text }
        : { type: verdict, ...shown, why: text ?? "" },
    seen: { edited: mergeKey(work.task, card.round) },
  };
}

function onTask(state: State, { task, verb }: PressOn<"task">): Meaning {
  if (verb === "diff") return diffOf({ task, head: null, page: 0, file: null });
  if (verb === "cancel") return { command: "task cancel", args: String(task) };
  if (verb !== "interrupt") throw notOurs();
  const work = state.work.get(task);
  if (work === undefined || !isHeld(work))
    throw new Refused("task.not-done", `Nobody works on #${task} at the moment.`);
  return { command: "interrupt", args: work.member };
}

function diffOf({ task, head, page, file }: Omit<PressOn<"diff">, "on">): Meaning {
  const at = head === null ? "" : ` --head ${head}`;
  const one = file === null ? "" : ` --nth ${file}`;
  return { command: "diff", args: `${task} --page ${page}${at}${one}` };
}

export const notOurs = (): Refused =>
  new Refused("chat.unknown-action", "This button is none of ours.");
