// From what people and members say, press and react to the commands and intents behind it; and back to one answer.
import { fromText, fromWords } from "../core/arguments.ts";
import { type Command, type Counter, Refused, type Reply } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Intent } from "../core/input.ts";
import type { Policy } from "../core/policy.ts";
import { isOpen, type State } from "../core/state.ts";
import {
  escalationOfKey,
  isNewest,
  mergeKey,
  mergeOfKey,
  pressOf,
  questionKey,
} from "../core/views/cards.ts";
import type { Caller, Refusal } from "../core/words.ts";
import { authorize } from "./authorize.ts";
import type { Desk, DeskAnswer, Said, ShellReply } from "./desk.ts";
import { addressee, confirmCard, lookUp, lookUpWords, rooms } from "./lookup.ts";

/** Everything a command may ask for but who calls and where from. */
export type CounterParts = Omit<Counter, "by" | "surface" | "echo" | "signal" | "intend">;

export interface RouterParts {
  readonly commands: readonly Command[];
  readonly policy: () => Policy;
  readonly state: () => State;
  readonly counter: () => CounterParts;
  intend(
    by: Caller,
    intent: Intent,
  ): Promise<{ ok: true; recorded: readonly Recorded[] } | { ok: false; refusal: Refusal }>;
  /** Every request and its outcome, refusals too. */
  audit(entry: { by: Caller; verb: string; args: string; effect: "done" | "refused" }): void;
}

/** Long work answers at once and edits that answer: after this, ms. */
const answerAtOnce = 2_000;

export function createRouter(parts: RouterParts): Desk {
  const confirmations = new Map<string, { by: Caller; run: () => Promise<Reply> }>();
  let confirmNumber = Date.now();

  const counterFor = (
    by: Caller,
    surface: "chat" | "shell",
    echo: string | null,
    signal: AbortSignal,
  ): Counter => ({
    ...parts.counter(),
    by,
    surface,
    echo,
    signal,
    async intend(intent) {
      const verdict = await parts.intend(by, intent);
      if (verdict.ok) return verdict.recorded;
      const { code, say, hint } = verdict.refusal;
      throw new Refused(code, say, hint);
    },
  });

  const act = async (
    by: Caller,
    verb: string,
    args: string,
    run: () => Promise<Reply>,
  ): Promise<Reply> => {
    try {
      const reply = await run();
      parts.audit({ by, verb, args, effect: "done" });
      return reply;
    } catch (error) {
      parts.audit({ by, verb, args, effect: "refused" });
      throw error;
    }
  };

  const allowed = (by: Caller, command: Pick<Command, "name" | "tier" | "team">): void => {
    const refusal = authorize(by, command);
    if (refusal !== null) throw new Refused(refusal.code, refusal.say, refusal.hint);
  };

  // ------------------------------------------------------------ chat

  const command = async (by: Caller, said: Said, text: string): Promise<DeskAnswer> => {
    const { found, rest } = lookUp(parts.commands, text);
    if (found.team === "only")
      throw new Refused(
        "verb.unknown",
        `\`${found.name}\` is the agents' own; it is not for chats.`,
      );
    return act2(found, by, rest, said.echo);
  };

  const act2 = async (
    found: Command,
    by: Caller,
    rest: string,
    echo: string | null,
  ): Promise<DeskAnswer> => {
    const run = async (): Promise<Reply> => {
      allowed(by, found);
      const args = fromText(found, rest) as never;
      const counter = counterFor(by, "chat", echo, new AbortController().signal);
      return found.run(args, counter);
    };
    const words = ((): string | null => {
      if (found.confirm === undefined || authorize(by, found) !== null) return null;
      return found.confirm(fromText(found, rest) as never);
    })();
    if (words !== null)
      return confirmFirst(by, found.name, words, () => act(by, found.name, rest, run));
    return toAnswer(act(by, found.name, rest, run));
  };

  const confirmFirst = (
    by: Caller,
    verb: string,
    words: string,
    run: () => Promise<Reply>,
  ): DeskAnswer => {
    confirmNumber += 1;
    const id = `c${confirmNumber}`;
    confirmations.set(id, { by, run });
    return { kind: "message", text: words, card: confirmCard(id, verb, words) };
  };

  /** A plain text in a member's or a task's room. */
  const directive = async (by: Caller, said: Said): Promise<DeskAnswer> => {
    const to = addressee(parts.state(), parts.policy(), said.room);
    if (to === null)
      throw new Refused(
        "chat.no-recipient",
        `Plain text in ${said.room} reaches nobody.`,
        "Write in a member's room, or use /batty send NAME …",
      );
    const send = parts.commands.find((c) => c.name === "send") as Command;
    const run = async (): Promise<Reply> => {
      allowed(by, send);
      const counter = counterFor(by, "chat", said.echo, new AbortController().signal);
      return send.run({ name: to, text: said.text, now: false } as never, counter);
    };
    return toAnswer(act(by, "send", said.text, run));
  };

  const reply = (by: Caller, said: Said): Promise<DeskAnswer> | null => {
    const key = said.replyTo?.key;
    const escalation = key === undefined ? null : escalationOfKey(parts.state(), key);
    if (escalation === null || !isOpen(escalation)) return null;
    return answerQuestion(by, escalation.id, said.text);
  };

  const byIntent = (
    by: Caller,
    verb: string,
    tier: Command["tier"],
    args: string,
    intent: Intent,
    edited: string,
  ): Promise<DeskAnswer> =>
    toAnswer(
      act(by, verb, args, async () => {
        allowed(by, { name: verb, tier });
        await counterFor(by, "chat", null, new AbortController().signal).intend(intent);
        return { text: "", json: null, edited };
      }),
    );

  const answerQuestion = (by: Caller, escalation: number, text: string): Promise<DeskAnswer> =>
    byIntent(
      by,
      "escalations answer",
      "operator",
      text,
      { type: "answer", escalation, answer: text },
      questionKey(escalation),
    );

  // ------------------------------------------------------------ presses and reactions

  const press = async (by: Caller, action: string, text: string | null): Promise<DeskAnswer> => {
    if (action.startsWith("c")) return pressConfirm(by, action);
    const pressed = pressOf(action);
    if (pressed === null) throw new Refused("chat.unknown-action", "This button is none of ours.");
    if (pressed.on === "message") {
      const retried = parts.commands.find((c) => c.name === "send") as Command;
      return toAnswer(
        act(by, "send-again", pressed.id, async () => {
          allowed(by, retried);
          await counterFor(by, "chat", null, new AbortController().signal).intend({
            type: "send-again",
            message: pressed.id,
          });
          return { text: "It is sent again.", json: null };
        }),
      );
    }
    if (pressed.on === "question") return pressQuestion(by, pressed, text);
    return pressMerge(by, pressed, text);
  };

  const pressConfirm = async (by: Caller, action: string): Promise<DeskAnswer> => {
    const [id = "", verb] = action.split(".");
    const pending = confirmations.get(id);
    if (pending === undefined || pending.by.name !== by.name)
      throw new Refused("approval.closed", "This question is closed.", "Give the command again.");
    confirmations.delete(id);
    if (verb !== "confirm") return { kind: "message", text: "Nothing was done.", card: null };
    return toAnswer(pending.run());
  };

  const pressQuestion = async (
    by: Caller,
    pressed: Extract<ReturnType<typeof pressOf>, { on: "question" }>,
    text: string | null,
  ): Promise<DeskAnswer> => {
    const { escalation, verb, option } = pressed;
    const found = parts.state().escalations.get(escalation);
    if (verb === "ack")
      return byIntent(
        by,
        "escalations ack",
        "operator",
        String(escalation),
        { type: "escalation", escalation, to: "acknowledged", until: null },
        questionKey(escalation),
      );
    const answer = option === null ? text : (found?.options[option] ?? null);
    if (answer === null || answer.trim() === "")
      throw new Refused("usage", "Say the answer along with the press.");
    return answerQuestion(by, escalation, answer);
  };

  const pressMerge = async (
    by: Caller,
    pressed: Extract<ReturnType<typeof pressOf>, { on: "merge" }>,
    text: string | null,
  ): Promise<DeskAnswer> => {
    const { task, round, verb } = pressed;
    const found = mergeOfKey(parts.state(), mergeKey(task, round));
    if (found === null) throw new Refused("task.unknown", `#${task} has no such card.`);
    if (verb === "diff")
      return act2(parts.commands.find((c) => c.name === "diff") as Command, by, String(task), null);
    if (verb !== "approve" && verb !== "reject" && verb !== "back")
      throw new Refused("chat.unknown-action", "This button is none of ours.");
    return onCard(by, verb, found, text ?? "");
  };

  const onCard = (
    by: Caller,
    verb: "approve" | "reject" | "back",
    found: NonNullable<ReturnType<typeof mergeOfKey>>,
    why: string,
  ): Promise<DeskAnswer> => {
    const { work, card } = found;
    if (!isNewest(work, card))
      throw new Refused("approval.stale", `#${work.task} has a newer card.`, "Decide on that one.");
    const intent: Intent =
      verb === "approve"
        ? { type: "approve", task: work.task, head: card.head }
        : { type: verb, task: work.task, head: card.head, why };
    return byIntent(
      by,
      verb,
      "approver",
      `${work.task} ${why}`.trim(),
      intent,
      mergeKey(work.task, card.round),
    );
  };

  const react = async (
    by: Caller,
    key: string,
    emoji: string,
    added: boolean,
  ): Promise<DeskAnswer> => {
    const verdict = approving.includes(emoji)
      ? "approve"
      : rejecting.includes(emoji)
        ? "reject"
        : null;
    const found = mergeOfKey(parts.state(), key);
    if (verdict === null || found === null) return { kind: "done" };
    const edited = mergeKey(found.work.task, found.card.round);
    if (added) {
      await onCardReaction(by, verdict, found);
      return { kind: "done" };
    }
    if (verdict !== "approve") return { kind: "done" };
    return byIntent(
      by,
      "withdraw",
      "approver",
      String(found.work.task),
      { type: "withdraw-approval", task: found.work.task, head: found.card.head },
      edited,
    );
  };

  const onCardReaction = async (
    by: Caller,
    verb: "approve" | "reject",
    found: NonNullable<ReturnType<typeof mergeOfKey>>,
  ): Promise<void> => {
    const answer = await onCard(by, verb, found, "");
    if (answer.kind === "refused")
      throw new Refused(answer.refusal.code, answer.refusal.say, answer.refusal.hint);
  };

  // ------------------------------------------------------------ the desk

  return {
    say: (by, said) =>
      guarded(async () => {
        const words = said.text.trim();
        const slash = /^\/batty(?:\s+|$)/.exec(words);
        if (slash !== null) return command(by, said, words.slice(slash[0].length));
        if (words.startsWith("/")) return command(by, said, words.slice(1));
        return reply(by, said) ?? directive(by, said);
      }),
    press: (by, { action, text }) => guarded(() => press(by, action, text)),
    react: (by, { key, emoji, added }) => guarded(() => react(by, key, emoji, added)),
    run: (by, verb, argv, signal) => shell(by, verb, argv, signal),
    rooms: () => rooms(parts.state(), parts.policy()),
  };

  async function shell(
    by: Caller,
    verb: string,
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<ShellReply> {
    try {
      const { found, rest } = lookUpWords(parts.commands, [verb, ...argv]);
      const reply = await act(by, found.name, rest.join(" "), async () => {
        allowed(by, found);
        return found.run(fromWords(found, rest) as never, counterFor(by, "shell", null, signal));
      });
      return {
        ok: true,
        json: reply.json,
        text: reply.text,
        ...(reply.exit === undefined ? {} : { exit: reply.exit }),
      };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, exit: error.exit, refusal: error.refusal };
      const failure = error as { code?: unknown; message?: unknown; name?: unknown };
      if (failure.name === "Failure")
        return {
          ok: false,
          exit: 3,
          refusal: { code: String(failure.code), say: String(failure.message) },
        };
      throw error;
    }
  }
}

const approving = ["✅", "👍"];
const rejecting = ["❌", "👎"];

async function guarded(run: () => Promise<DeskAnswer>): Promise<DeskAnswer> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Refused) return { kind: "refused", refusal: error.refusal };
    const failure = error as { code?: unknown; message?: unknown; name?: unknown };
    if (failure.name === "Failure")
      return {
        kind: "refused",
        refusal: { code: String(failure.code), say: String(failure.message) },
      };
    throw error;
  }
}

/** An answer now; long work gets a word at once and the answer as its edit. */
async function toAnswer(running: Promise<Reply>): Promise<DeskAnswer> {
  const late = Symbol("late");
  const first = await Promise.race([
    running,
    new Promise<typeof late>((resolve) => setTimeout(resolve, answerAtOnce, late).unref()),
  ]);
  if (first !== late) return answerOf(first as Reply);
  const edit = running.then(
    (reply) => ({ text: reply.text, card: reply.card ?? null }),
    (error: unknown) => {
      const refusal =
        error instanceof Refused ? error.refusal : { code: "bug", say: String(error) };
      return { text: [refusal.say, refusal.hint ?? ""].join(" ").trim(), card: null };
    },
  );
  return { kind: "message", text: "On it…", card: null, edit };
}

function answerOf(reply: Reply): DeskAnswer {
  if (reply.receipt !== undefined && reply.receipt !== "")
    return { kind: "receipt", message: reply.receipt, state: "queued" };
  if (reply.edited !== undefined && reply.text === "") return { kind: "edited", key: reply.edited };
  return { kind: "message", text: reply.text, card: reply.card ?? null };
}
