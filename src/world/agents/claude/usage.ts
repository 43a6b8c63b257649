// What Claude Code's transcript says of its use.
import type { Usage } from "../../../core/agent.ts";
import { countOf, type Fields, fieldsOf, fieldsOfLine, textOf } from "../json.ts";

/** An answer is several lines, each with the answer's numbers so far: by its id the last one counts. */
export function usage(lines: readonly string[]): Usage | null {
  const answers = new Map<string, Fields>();
  let newest: Fields | null = null;
  let cost: number | null = null;
  for (const line of lines) {
    const fields = fieldsOfLine(line);
    if (fields["type"] === "cost-state")
      cost = fields["hasUnknownModelCost"] === false ? countOf(fields["totalCostUSD"]) : null;
    const message = fieldsOf(fields["message"]);
    const model = textOf(message["model"]);
    if (fields["type"] !== "assistant" || model === "" || model === "<synthetic>") continue;
    const use = fieldsOf(message["usage"]);
    answers.set(textOf(message["id"]), use);
    if (fields["isSidechain"] !== true) newest = use;
  }
  if (answers.size === 0) return null;
  const all = [...answers.values()];
  const sum = (of: (use: Fields) => number): number => all.reduce((n, use) => n + of(use), 0);
  return {
    input: sum(sent),
    cached: sum((use) => countOf(use["cache_read_input_tokens"])),
    output: sum((use) => countOf(use["output_tokens"])),
    cost,
    context: newest === null ? null : sent(newest),
    // The record names the model and no window; the same model is had with more than one.
    window: null,
  };
}

const sent = (use: Fields): number =>
  countOf(use["input_tokens"]) +
  countOf(use["cache_creation_input_tokens"]) +
  countOf(use["cache_read_input_tokens"]);
