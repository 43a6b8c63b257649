// What Codex's hooks and the lines of its rollout file say, in our words. Data of any shape: what is not known says
// nothing.
import type { Heard, SignalKind, Trouble } from "../../../core/agent.ts";
import type { Instant } from "../../../core/words.ts";
import { messagesIn } from "../headers.ts";
import { countOf, type Fields, fieldsOf, textOf } from "../json.ts";
import { asks } from "./permission.ts";

export function hear(event: unknown): readonly Heard[] {
  const fields = fieldsOf(event);
  if (fields["type"] === "event_msg") return fromRecord(fieldsOf(fields["payload"]));
  // A sub-agent's turns are parts of its parent's.
  if (textOf(fields["agent_id"]) !== "") return [];
  const where = whereOf(fields);
  return fromHook(textOf(fields["hook_event_name"]), fields).map((one) => ({ ...one, ...where }));
}

function whereOf(fields: Fields): Pick<Heard, "session" | "record"> {
  const session = textOf(fields["session_id"]);
  const record = textOf(fields["transcript_path"]);
  return { ...(session === "" ? {} : { session }), ...(record === "" ? {} : { record }) };
}

const says = (kind: SignalKind, detail = ""): Heard => ({ kind, message: null, detail });

function fromHook(name: string, fields: Fields): readonly Heard[] {
  switch (name) {
    case "SessionStart":
      // It comes with the first prompt, and again within a turn that was compacted.
      return fields["source"] === "compact" ? [] : [says("started")];
    case "UserPromptSubmit":
      return taken(textOf(fields["prompt"]));
    case "PostToolUse":
    case "PreCompact":
      return [says("working")];
    case "PermissionRequest":
      return [says("waiting", asks(fields)?.what)];
    case "Stop":
      return [says("idle", textOf(fields["last_assistant_message"]))];
    case "Interrupt":
      return [says("idle", "interrupted")];
    case "SessionEnd":
      return [says("ended", textOf(fields["reason"]))];
    default:
      return [];
  }
}

/** Without any header of ours it is a person's. */
function taken(prompt: string): readonly Heard[] {
  const ids = messagesIn(prompt);
  return ids.length === 0
    ? [says("working")]
    : ids.map((message) => ({ ...says("taken"), message }));
}

function fromRecord(payload: Fields): readonly Heard[] {
  const error = fieldsOf(payload["error"]);
  const code = error["codex_error_info"];
  if (payload["type"] !== "task_complete" || code === undefined) return [];
  const message = textOf(error["message"]);
  const kind = troubleOf(code);
  const until = kind === "limit" ? untilOf(message, countOf(payload["completed_at"]) * 1000) : null;
  return [{ ...says("error", message), trouble: { kind, until } }];
}

const troubles: Readonly<Record<string, Trouble["kind"]>> = {
  usage_limit_exceeded: "limit",
  context_window_exceeded: "context",
  unauthorized: "login",
  server_overloaded: "overloaded",
  internal_server_error: "overloaded",
};

/** Either a word, or a word with the provider's status below it. */
function troubleOf(code: unknown): Trouble["kind"] {
  const word = textOf(code);
  if (Object.hasOwn(troubles, word)) return troubles[word] ?? "other";
  for (const below of Object.values(fieldsOf(code))) {
    const status = countOf(fieldsOf(below)["http_status_code"]);
    if (status === 401 || status === 403) return "login";
    if (status === 429) return "limit";
    if (status >= 500) return "overloaded";
  }
  return "other";
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const again =
  /try again at (?:([A-Z][a-z]{2}) (\d{1,2})(?:st|nd|rd|th), (\d{4}) )?(\d{1,2}):(\d{2}) ([AP])M/;

/**
 * When a limit ends stands nowhere in that event but in its text, by the clock on the wall: "4:10 PM", the day before
 * it where it is another one. The minute has to be over.
 */
function untilOf(message: string, at: Instant): Instant | null {
  const found = again.exec(message);
  if (found === null || at === 0) return null;
  const [, month, day, year, hour, minute, half] = found;
  const end = new Date(at);
  if (month !== undefined) end.setFullYear(Number(year), months.indexOf(month), Number(day));
  end.setHours((Number(hour) % 12) + (half === "P" ? 12 : 0), Number(minute) + 1, 0, 0);
  if (month === undefined && end.getTime() < at) end.setDate(end.getDate() + 1);
  return Number.isNaN(end.getTime()) ? null : end.getTime();
}
