// What Discord and its library say when they do not do something, as the failures that the outbox knows. What it says
// besides (addresses with webhooks' tokens in them, whole bodies) stays behind.
import {
  RESTJSONErrorCodes as Codes,
  DiscordAPIError,
  HTTPError,
  RateLimitError,
} from "discord.js";
import { Failure, type FailureCode, type Millis } from "../../core/words.ts";

type Row = readonly [code: FailureCode, hint: string];

const forbidden = "Give the bot this permission there; it is tried again by itself.";
const gone = "It is made anew where the bot may.";

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const table: Readonly<Record<number, Row>> = {
  [Codes.UnknownChannel]: ["chat.room-gone", gone],
  [Codes.UnknownGuild]: ["chat.room-gone", "Invite the bot to the server again."],
  [Codes.UnknownMessage]: ["chat.message-gone", gone],
  [Codes.UnknownWebhook]: ["chat.message-gone", gone],
  // Said with a 401, but of a webhook's or an interaction's address.
  [Codes.InvalidWebhookToken]: ["chat.message-gone", gone],
  [Codes.CannotEditMessageAuthoredByAnotherUser]: ["chat.message-gone", gone],
  [Codes.MissingAccess]: ["chat.forbidden", "Let the bot see the channel (View Channels)."],
  [Codes.MissingPermissions]: ["chat.forbidden", forbidden],
  [Codes.CannotReplyWithoutPermissionToReadMessageHistory]: ["chat.refused", forbidden],
  [Codes.InvalidActionOnArchivedThread]: ["chat.forbidden", "Open the thread again."],
  [Codes.ThreadLocked]: ["chat.forbidden", "Unlock the thread."],
  [Codes.Unauthorized]: ["chat.login", "Put a new token in its file, then reload."],
  [Codes.RequestEntityTooLarge]: ["chat.too-long", "Send a smaller file."],
  [Codes.CannotSendMessagesToThisUser]: [
    "chat.refused",
    "They take no messages from the bot; write in a channel.",
  ],
};

const byStatus: Readonly<Record<number, Row>> = {
  401: ["chat.login", "Put a new token in its file, then reload."],
  413: ["chat.too-long", "Send a smaller file."],
};

/** After these nothing was sent. */
const neverLeft: readonly string[] = [
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"],
  "UND_ERR_CONNECT_TIMEOUT",
];

/** Who is stopped in front of Discord is left alone for a while. */
const stopped: Millis = 60_000;

/**
 * @param what in words: "posting to #batty-merges"
 * @param method a `post` without an answer may have come through or not; everything else can be asked for again
 */
export function failureOf(error: unknown, what: string, method = "get"): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof RateLimitError) {
    const code = error.global ? "chat.unavailable" : "chat.rate-limited";
    return new Failure(code, `${what} waits: too many requests`, { retryAfter: error.retryAfter });
  }
  if (error instanceof DiscordAPIError) return refused(error, what);
  const isSent = method.toLowerCase() === "post" && !isUnsent(error);
  const code = isSent ? "chat.unknown-outcome" : "chat.unavailable";
  return new Failure(code, `${what} failed: ${sayOf(error)}`, {
    hint: "It is tried again by itself.",
    cause: traceOf(error, sayOf(error)),
  });
}

/** Discord's own number for it; null: it did not say one. */
export function numberOf(error: unknown): number | null {
  const cause = error instanceof Failure ? error.cause : null;
  return cause instanceof Error && "number" in cause ? Number(cause.number) : null;
}

function refused(error: DiscordAPIError, what: string): Failure {
  const { status, code } = error;
  const number = typeof code === "number" ? code : null;
  const words = `Discord says “${firstLine(error.message)}” (${code})`;
  const cause = Object.assign(traceOf(error, words), { number: number ?? 0 });
  // Discord itself always gives a number; this came from what stands before it.
  if (number === null && status === 403) {
    const say = `${what} failed: access to Discord is blocked for now`;
    return new Failure("chat.unavailable", say, { retryAfter: stopped, cause });
  }
  const [name, hint] = rowOf(error, number ?? 0);
  return new Failure(name, `${what} failed: ${words}`, { hint, cause });
}

function rowOf(error: DiscordAPIError, number: number): Row {
  const row = table[number] ?? byStatus[error.status];
  if (row !== undefined) return row;
  if (number === Codes.InvalidFormBodyOrContentType && isTooLong(error.rawError))
    return ["chat.too-long", "Shorten it."];
  if (error.status === 403) return ["chat.forbidden", forbidden];
  return ["chat.refused", "Discord's words say what it does not take."];
}

const lengthCodes: readonly unknown[] = [
  "BASE_TYPE_MAX_LENGTH",
  "BASE_TYPE_BAD_LENGTH",
  "MAX_EMBED_SIZE_EXCEEDED",
];

/** Whether the errors of its fields, wherever they stand, are of a length. */
function isTooLong(raw: unknown): boolean {
  if (typeof raw !== "object" || raw === null) return false;
  return Object.entries(raw).some(
    ([key, value]) => (key === "code" && lengthCodes.includes(value)) || isTooLong(value),
  );
}

const codeIn = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;

const isUnsent = (error: unknown): boolean => neverLeft.includes(String(codeIn(error)));

function sayOf(error: unknown): string {
  if (error instanceof HTTPError) return `Discord answered ${error.status}`;
  if (error instanceof Error && error.name === "AbortError")
    return "Discord did not answer in time";
  const code = codeIn(error);
  return code === undefined
    ? firstLine(String(error))
    : `Discord could not be reached (${String(code)})`;
}

const firstLine = (text: string): string => text.split("\n").slice(0, 3).join("; ").slice(0, 300);

/** Where it happened, without addresses or bodies. */
function traceOf(error: unknown, words: string): Error {
  const trace = new Error(words);
  if (error instanceof Error && error.stack !== undefined)
    trace.stack = `${trace.message}\n${error.stack.split("\n").filter(isFrame).join("\n")}`;
  return trace;
}

const isFrame = (line: string): boolean => line.startsWith("    at ");
