// What a conversation of Codex used, by its rollout file.
import type { Usage } from "../../../core/agent.ts";
import { countOf, fieldsOf, fieldsOfLine } from "../json.ts";

/** Each count is of all before it: the last one holds. */
export function usage(lines: readonly string[]): Usage | null {
  for (const line of lines.toReversed()) {
    const payload = fieldsOf(fieldsOfLine(line)["payload"]);
    const info = fieldsOf(payload["info"]);
    const total = fieldsOf(info["total_token_usage"]);
    const input = countOf(total["input_tokens"]);
    if (payload["type"] !== "token_count" || input === 0) continue;
    return {
      input,
      cached: countOf(total["cached_input_tokens"]),
      output: countOf(total["output_tokens"]),
      cost: null,
      context: countOf(fieldsOf(info["last_token_usage"])["input_tokens"]) || null,
      window: countOf(info["model_context_window"]) || null,
    };
  }
  return null;
}
