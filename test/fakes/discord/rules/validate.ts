// What Discord checks in a message before it stores it, and what it stores. Who may send it where is
// the business of permissions.ts and threads.ts.
import type { APIEmbed, APIMessage } from "discord-api-types/v10";
import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import { checkComponents } from "./components.ts";
import { checkEmbeds, storedEmbed } from "./embeds.ts";
import type { Form, Path } from "./form.ts";
import { isLoose, lengthOf, listIn, looseOf, oneOf, openForm, textIn } from "./form.ts";
import type { Refusal } from "./refusals.ts";
import { refusal } from "./refusals.ts";

type Loose = Readonly<Record<string, unknown>>;

const CONTENT = 2_000;
const NONCE = 25;
const FILES = 10;
const MIB = 1024 * 1024;
const FILE_BYTES = 10 * MIB;
const REQUEST_BYTES = 25 * MIB;
const MENTIONED = 100;

/** One file of a multipart request. */
export interface SentFile {
  readonly name: string;
  readonly size: number;
}

export interface MessageContext {
  /** The message as it stands, when it is being edited. */
  readonly edit?: Pick<APIMessage, "content" | "embeds" | "attachments" | "components">;
  /** Where the message sits in the request: `["data"]` in the answer to an interaction. */
  readonly under?: Path;
  /** What a message that is replied to is: only one of the same channel is known. */
  readonly knows?: (messageId: string) => "message" | "system" | null;
}

/** Why Discord would not take the message; null when it would. */
export function validateMessage(
  body: unknown,
  files: readonly SentFile[] = [],
  context: MessageContext = {},
): Refusal | null {
  const heavy = tooHeavy(files);
  if (heavy !== null) return heavy;
  const message = looseOf(body);
  const form = openForm(context.under);
  textIn(form, ["content"], message["content"], { max: CONTENT });
  checkEmbeds(form, ["embeds"], message["embeds"]);
  checkComponents(form, ["components"], message["components"]);
  checkNonce(form, message["nonce"]);
  checkAllowedMentions(form, message["allowed_mentions"]);
  checkReference(form, message["message_reference"], context);
  const wrong = form.refusal();
  if (wrong !== null) return wrong;
  if (attachmentsAfter(message, files, context) > FILES) {
    return refusal(Code.MaximumNumberOfAttachmentsInAMessageReached);
  }
  return isEmpty(message, files, context) ? refusal(Code.CannotSendAnEmptyMessage) : null;
}

function tooHeavy(files: readonly SentFile[]): Refusal | null {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const heavy = total > REQUEST_BYTES || files.some(({ size }) => size > FILE_BYTES);
  return heavy ? refusal(Code.RequestEntityTooLarge) : null;
}

/** `attachments` of an edit is the list of what stays; without it everything does. */
function attachmentsAfter(
  message: Loose,
  files: readonly SentFile[],
  { edit }: MessageContext,
): number {
  if (edit === undefined) return files.length;
  const listed = message["attachments"];
  if (!Array.isArray(listed)) return edit.attachments.length + files.length;
  const held = new Set(edit.attachments.map(({ id }) => id));
  const kept = listed.filter((one) => held.has(String(looseOf(one)["id"])));
  return kept.length + files.length;
}

function isEmpty(message: Loose, files: readonly SentFile[], context: MessageContext): boolean {
  const { edit } = context;
  const after = (field: "content" | "embeds" | "components"): unknown =>
    message[field] === undefined ? edit?.[field] : message[field];
  const content = after("content");
  if (typeof content === "string" ? content.trim() !== "" : content != null) return false;
  if (attachmentsAfter(message, files, context) > 0) return false;
  return ![after("embeds"), after("components"), message["sticker_ids"]].some(
    (list) => Array.isArray(list) && list.length > 0,
  );
}

function checkNonce(form: Form, nonce: unknown): void {
  if (nonce === undefined || nonce === null) return;
  if (typeof nonce !== "string" && !Number.isInteger(nonce)) {
    form.say(["nonce"], "NONCE_TYPE_INVALID_TYPE", "This field must be a string or integer.");
  } else if (lengthOf(String(nonce)) > NONCE) {
    form.say(["nonce"], "NONCE_TYPE_TOO_LONG", `Must be ${NONCE} or fewer characters long.`);
  }
}

function checkAllowedMentions(form: Form, value: unknown): void {
  if (!isLoose(value)) return;
  const path = ["allowed_mentions"];
  const parse = Array.isArray(value["parse"]) ? value["parse"] : [];
  for (const [index, kind] of parse.entries()) {
    oneOf(form, [...path, "parse", index], kind, ["users", "roles", "everyone"]);
  }
  for (const kind of ["users", "roles"]) {
    const ids = listIn(form, [...path, kind], value[kind], { max: MENTIONED });
    if (ids.length > 0 && parse.includes(kind)) {
      form.say(
        path,
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
}

function checkReference(form: Form, value: unknown, { knows }: MessageContext): void {
  if (!isLoose(value) || knows === undefined) return;
  const path = ["message_reference"];
  const found = knows(String(value["message_id"]));
  if (found === "system") {
    form.say(path, "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message");
  } else if (found === null && value["fail_if_not_exists"] !== false) {
    form.say(path, "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
  }
}

/** What of a valid body Discord keeps: blanks around the texts are gone. */
export function stored(body: {
  readonly content?: string | null | undefined;
  readonly embeds?: readonly APIEmbed[] | null | undefined;
}): { content: string; embeds: APIEmbed[] } {
  return {
    content: (body.content ?? "").trim(),
    embeds: (body.embeds ?? []).map(storedEmbed),
  };
}
