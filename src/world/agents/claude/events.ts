// What Claude Code's hooks and its transcript's lines say, in our words. Every event is data of any shape.
import type { Heard, SignalKind, Trouble } from "../../../core/agent.ts";
import type { Instant } from "../../../core/words.ts";
import { messagesIn } from "../headers.ts";
import { type Fields, fieldsOf, textOf } from "../json.ts";
import { questionOf } from "./permission.ts";

export function hear(event: unknown): readonly Heard[] {
  const fields = fieldsOf(event);
  // A sub-agent's hooks are these same ones: what it does is not what the seat does.
  if (textOf(fields["agent_id"]) !== "") return [];
  const name = textOf(fields["hook_event_name"]);
  return (name === "" ? ofRecord(fields) : ofHook(name, fields)).map((one) => ({
    ...one,
    ...whereOf(fields),
  }));
}

const say = (kind: SignalKind, detail = ""): Heard => ({ kind, message: null, detail });

function ofHook(name: string, fields: Fields): readonly Heard[] {
  switch (name) {
    case "SessionStart":
      // After a compaction within a turn the agent goes on.
      return fields["source"] === "compact" ? [] : [say("started")];
    case "UserPromptSubmit":
      return taken(textOf(fields["prompt"]));
    case "PreToolUse":
    case "PostToolUse":
      return [say("working")];
    case "PermissionRequest":
      return [say("waiting", questionOf(fields))];
    case "Notification":
      return fields["notification_type"] === "elicitation_dialog"
        ? [say("waiting", textOf(fields["message"]))]
        : [];
    case "Stop":
      return [say("idle", textOf(fields["last_assistant_message"]))];
    case "StopFailure":
      return [
        { ...say("error", textOf(fields["last_assistant_message"])), trouble: cause(fields) },
      ];
    case "SessionEnd":
      return ended(textOf(fields["reason"]));
    default:
      return [];
  }
}

function taken(prompt: string): readonly Heard[] {
  const ids = messagesIn(prompt);
  if (ids.length === 0) return [say("working")];
  return ids.map((message) => ({ ...say("taken"), message }));
}

/** With these it goes on with another conversation in the same pane. */
const ended = (reason: string): readonly Heard[] =>
  reason === "clear" || reason === "resume" ? [] : [say("ended", reason)];

const troubles: Readonly<Record<string, Trouble["kind"]>> = {
  rate_limit: "limit",
  authentication_failed: "login",
  oauth_org_not_allowed: "login",
  account_on_hold: "login",
  verification_required: "login",
  billing_error: "login",
  cloud_credential_error: "login",
  overloaded: "overloaded",
  server_error: "overloaded",
};

function cause(fields: Fields): Trouble {
  const error = textOf(fields["error"]);
  const until = null;
  // One code for every request that is refused; which it was only its text says.
  if (error === "invalid_request" && /prompt is too long/i.test(textOf(fields["error_details"])))
    return { kind: "context", until };
  return { kind: Object.hasOwn(troubles, error) ? (troubles[error] ?? "other") : "other", until };
}

/**
 * Of the transcript's lines only those that no hook tells: to the second when a used-up plan goes on, and that a person
 * stopped a turn.
 */
function ofRecord(fields: Fields): readonly Heard[] {
  if (fields["isSidechain"] === true) return [];
  const text = textIn(fieldsOf(fields["message"])["content"]);
  if (fields["type"] === "user")
    return text.startsWith("[Request interrupted by user") ? [say("idle", "interrupted")] : [];
  const at = fieldsOf(fields["quotaLimits"])["resetsAt"];
  if (fields["isApiErrorMessage"] !== true || typeof at !== "number" || at <= 0) return [];
  return [{ ...say("error", text), trouble: { kind: "limit", until: (at * 1000) as Instant } }];
}

const textIn = (content: unknown): string =>
  Array.isArray(content) ? content.map((part) => textOf(fieldsOf(part)["text"])).join("\n") : "";

function whereOf(fields: Fields): Pick<Heard, "session" | "record"> {
  const session = textOf(fields["session_id"]);
  const record = textOf(fields["transcript_path"]);
  return { ...(session === "" ? {} : { session }), ...(record === "" ? {} : { record }) };
}
