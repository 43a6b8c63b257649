// `ask`: a member's question to people, with options, a default and a deadline.
import * as z from "zod";
import { type Command, Refused } from "../src/core/command.ts";
import { isOpen } from "../src/core/state.ts";
import { durationOf } from "./duration-of.ts";

const args = z.object({
  question: z.string().describe("What people shall decide"),
  option: z
    .array(z.string())
    .default([])
    .meta({ flag: true })
    .describe("An answer to choose; give it several times"),
  default: z
    .string()
    .nullable()
    .default(null)
    .meta({ flag: true })
    .describe("Taken at the deadline"),
  deadline: z.string().nullable().default(null).meta({ flag: true }).describe("30m, 2h"),
  wait: z.boolean().default(false).meta({ flag: true }).describe("Until the answer is there"),
});

/** Longest wait, ms. */
const answerWait = 24 * 3_600_000;

export const ask = {
  name: "ask",
  summary: "Ask people a question",
  tier: "operator",
  team: "only",
  needs: "files",
  args,
  async run({ question, option, default: fallback, deadline, wait }, c) {
    const ms = deadline === null ? null : durationOf(deadline);
    const recorded = await c.intend({
      type: "ask",
      question,
      options: option,
      default: fallback,
      deadline: ms === null ? null : c.now() + ms,
    });
    const asked = recorded.find((r) => r.event.event === "question_asked")?.event;
    if (asked?.event !== "question_asked")
      return {
        text: "The question is asked when the bot runs again.",
        json: { ok: true, state: "queued" },
      };
    const base = { ok: true, id: asked.id, escalation: asked.escalation };
    if (!wait)
      return { text: `Asked as #${asked.escalation}; the answer comes as a message.`, json: base };
    const end = await c.until((s) => {
      const e = s.escalations.get(asked.escalation);
      return e === undefined || isOpen(e) ? undefined : e;
    }, answerWait);
    if (end?.state !== "answered")
      throw new Refused(
        "question.withdrawn",
        `Question #${asked.escalation} was ${end?.state ?? "not answered"}.`,
      );
    return { text: end.answer ?? "", json: { ...base, answer: end.answer } };
  },
} satisfies Command<typeof args>;
