// `ask`: a member's question to people, with options, a default and a deadline.
import * as z from "zod";
import { type Command, type Counter, Refused, type Reply } from "../src/core/command.ts";
import { isOpen } from "../src/core/state.ts";
import { durationOf } from "./duration-of.ts";
import { numberOf } from "./escalations.ts";

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
    return waited(c, asked.escalation, base);
  },
} satisfies Command<typeof args>;

async function waited(c: Counter, escalation: number, base: object): Promise<Reply> {
  const end = await c.until((s) => {
    const e = s.escalations.get(escalation);
    return e !== undefined && isOpen(e) ? undefined : (e ?? null);
  }, answerWait);
  if (end === null)
    throw new Refused("escalation.unknown", `No escalation has the number ${escalation}.`);
  if (end?.state !== "answered")
    throw new Refused(
      "question.withdrawn",
      `Question #${escalation} was ${end?.state ?? "not answered"}${end?.why ? `: ${end.why}` : ""}.`,
    );
  return { text: end.answer ?? "", json: { ...base, answer: end.answer } };
}

const waitArgs = z.object({ id: z.string().describe("Escalation number") });

/** Taken up again by number after the bot was away. */
export const escalationsWait = {
  name: "escalations wait",
  summary: "Wait for the answer to a question",
  tier: "viewer",
  team: true,
  chat: false,
  needs: "bot",
  args: waitArgs,
  run: ({ id }, c) => waited(c, numberOf(id), { ok: true }),
} satisfies Command<typeof waitArgs>;
