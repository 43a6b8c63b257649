// Names and topics of channels, threads and webhooks.
import { ChannelType } from "discord-api-types/v10";
import type { Form } from "./form.ts";
import { looseOf, numberIn, oneOf, openForm, textIn } from "./form.ts";
import type { Refusal } from "./refusals.ts";

const NAME = 100;
const TOPIC = 1_024;
const SLOWMODE_SECS = 21_600;
const WEBHOOK_NAME = 80;
export const ARCHIVE_AFTER_MINS = [60, 1_440, 4_320, 10_080] as const;

/** @param edit a PATCH names only what changes */
export function validateChannel(body: unknown, { edit = false } = {}): Refusal | null {
  const form = openForm();
  const channel = looseOf(body);
  textIn(form, ["name"], channel["name"], { min: 1, max: NAME, must: !edit });
  textIn(form, ["topic"], channel["topic"], { max: TOPIC });
  checkSlowmode(form, channel["rate_limit_per_user"]);
  return form.refusal();
}

export function validateThread(body: unknown, { edit = false } = {}): Refusal | null {
  const form = openForm();
  const thread = looseOf(body);
  textIn(form, ["name"], thread["name"], { min: 1, max: NAME, must: !edit });
  if (thread["auto_archive_duration"] !== undefined) {
    const path = ["auto_archive_duration"];
    oneOf(form, path, thread["auto_archive_duration"], ARCHIVE_AFTER_MINS);
  }
  checkSlowmode(form, thread["rate_limit_per_user"]);
  return form.refusal();
}

function checkSlowmode(form: Form, value: unknown): void {
  numberIn(form, ["rate_limit_per_user"], value, { min: 0, max: SLOWMODE_SECS });
}

const FORBIDDEN_PARTS = ["clyde", "discord"];
const FORBIDDEN_NAMES = ["everyone", "here"];

/** @param field `name` where a webhook is made, `username` where one speaks under another name */
export function validateWebhookName(body: unknown, field: "name" | "username"): Refusal | null {
  const form = openForm();
  const must = field === "name";
  const name = textIn(form, [field], looseOf(body)[field], { min: 1, max: WEBHOOK_NAME, must });
  const lower = name?.trim().toLowerCase() ?? "";
  for (const part of FORBIDDEN_PARTS.filter((one) => lower.includes(one))) {
    form.say([field], "USERNAME_INVALID_CONTAINS", `Username cannot contain "${part}"`);
  }
  if (FORBIDDEN_NAMES.includes(lower)) {
    form.say([field], "USERNAME_INVALID", `Username cannot be "${lower}"`);
  }
  return form.refusal();
}

/** The name as Discord keeps it: a text channel's in lower case and without blanks, others' as given. */
export function storedName(name: string, type: ChannelType): string {
  const text = name.trim();
  const plain = type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;
  return plain ? text.toLowerCase().replace(/\s+/g, "-") : text;
}
