// `escalations`: what waits for a person, and answering it.
import * as z from "zod";
import { type Command, type Counter, Refused, type Reply } from "../src/core/command.ts";
import { isOpen, nobody } from "../src/core/state.ts";
import { questionKey } from "../src/core/views/question-card.ts";
import type { Instant } from "../src/core/words.ts";
import { rfc3339 } from "../src/lib/time.ts";
import { durationOf } from "./duration-of.ts";

const listArgs = z.object({
  all: z.boolean().default(false).meta({ flag: true }).describe("The ended ones too"),
});

export const escalations = {
  name: "escalations",
  summary: "Show what waits for a person",
  tier: "viewer",
  needs: "files",
  args: listArgs,
  run({ all }, c) {
    const found = [...c.state().escalations.values()].filter((e) => all || isOpen(e));
    const json = found.map((e) => ({
      ...{
        id: e.id,
        member: e.member === nobody ? null : e.member,
        task: e.task,
        kind: e.kind,
        question: e.question,
        options: e.options,
        default: e.default,
      },
      deadline: e.deadline === null ? null : rfc3339(e.deadline),
      ...{ state: e.state, by: e.by, answer: e.answer },
    }));
    const lines = found.map(
      (e) =>
        `#${e.id} ${e.state} ${e.member === nobody ? "" : `${e.member}: `}${e.question.split("\n")[0] ?? ""}${e.options.length === 0 ? "" : ` [${e.options.join(" | ")}]`}${e.answer === null ? "" : ` → ${e.answer}`}`,
    );
    return { text: lines.join("\n") || "Nothing waits for a person.", json };
  },
} satisfies Command<typeof listArgs>;

const one = z.object({ id: z.string().describe("Escalation number").meta({ of: "escalation" }) });

/** @throws Refused */
export function numberOf(text: string): number {
  const id = Number(text.replace("#", ""));
  if (!Number.isInteger(id) || id < 1)
    throw new Refused(
      "escalation.unknown",
      `"${text}" is no escalation number.`,
      "See `batty escalations`.",
    );
  return id;
}

const change = (verb: "ack" | "resolve", to: "acknowledged" | "resolved", summary: string) =>
  ({
    name: `escalations ${verb}`,
    summary,
    tier: "operator",
    needs: "bot",
    args: one,
    run: ({ id }, c) => moved(c, numberOf(id), to, null),
  }) satisfies Command<typeof one>;

async function moved(
  c: Counter,
  escalation: number,
  to: "acknowledged" | "snoozed" | "resolved",
  until: Instant | null,
): Promise<Reply> {
  await c.intend({ type: "escalation", escalation, to, until });
  return {
    text: `#${escalation} is ${to}.`,
    json: { ok: true, id: escalation },
    edited: questionKey(escalation),
  };
}

export const escalationsAck = change("ack", "acknowledged", "Say that you are on it");
export const escalationsResolve = change("resolve", "resolved", "Close it without an answer");

const snoozeArgs = z.object({
  id: z.string().describe("Escalation number").meta({ of: "escalation" }),
  time: z.string().default("1h").describe("30m, 2h, 1d"),
});
export const escalationsSnooze = {
  name: "escalations snooze",
  summary: "Ask again later, in an hour if not told when",
  tier: "operator",
  needs: "bot",
  args: snoozeArgs,
  run: ({ id, time }, c) => moved(c, numberOf(id), "snoozed", c.now() + durationOf(time)),
} satisfies Command<typeof snoozeArgs>;

const answerArgs = z.object({
  id: z.string().describe("Escalation number").meta({ of: "escalation" }),
  text: z.string().meta({ rest: true }).describe("The answer, verbatim"),
});
export const escalationsAnswer = {
  name: "escalations answer",
  summary: "Answer a member's question",
  tier: "operator",
  needs: "bot",
  args: answerArgs,
  async run({ id, text }, c) {
    const escalation = numberOf(id);
    await c.intend({ type: "answer", escalation, answer: text });
    return {
      text: `#${escalation} is answered.`,
      json: { ok: true, id: escalation },
      edited: questionKey(escalation),
    };
  },
} satisfies Command<typeof answerArgs>;
