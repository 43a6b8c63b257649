// What an embed may hold, and how it is kept. Discord trims the texts of an embed before it measures
// and stores them, and refuses one in which nothing could be seen.
import type { APIEmbed } from "discord-api-types/v10";
import { EmbedType } from "discord-api-types/v10";
import type { Form, Path } from "./form.ts";
import { isLoose, lengthOf, listIn, looseOf, numberIn, required, textIn } from "./form.ts";

export const EMBEDS = 10;
export const EMBED_TOTAL = 6_000;
const TITLE = 256;
const DESCRIPTION = 4_096;
const FIELDS = 25;
const FIELD_NAME = 256;
const FIELD_VALUE = 1_024;
const FOOTER = 2_048;
const AUTHOR = 256;
const COLOR = 0xff_ff_ff;

const trimmed = (value: unknown): unknown => (typeof value === "string" ? value.trim() : value);

export function checkEmbeds(form: Form, path: Path, value: unknown): void {
  const embeds = listIn(form, path, value, { max: EMBEDS });
  let total = 0;
  for (const [index, embed] of embeds.entries()) {
    total += checkEmbed(form, [...path, index], embed);
  }
  if (total > EMBED_TOTAL && !form.wrong(path)) {
    form.say(path, "MAX_EMBED_SIZE_EXCEEDED", `Embed size exceeds maximum size of ${EMBED_TOTAL}`);
  }
}

/** How many characters of it count towards the total. */
function checkEmbed(form: Form, path: Path, embed: Readonly<Record<string, unknown>>): number {
  let count = 0;
  const measure = (at: Path, value: unknown, bounds: Parameters<typeof textIn>[3]) => {
    const text = textIn(form, [...path, ...at], trimmed(value), bounds);
    count += lengthOf(text ?? "");
    return text ?? "";
  };
  const title = measure(["title"], embed["title"], { max: TITLE });
  const description = measure(["description"], embed["description"], { max: DESCRIPTION });
  const fields = listIn(form, [...path, "fields"], embed["fields"], { max: FIELDS });
  for (const [index, field] of fields.entries()) {
    measure(["fields", index, "name"], blankIsNone(field["name"]), { max: FIELD_NAME, must: true });
    measure(["fields", index, "value"], blankIsNone(field["value"]), {
      max: FIELD_VALUE,
      must: true,
    });
  }
  const footer = partText(measure, embed, "footer", "text", FOOTER);
  const author = partText(measure, embed, "author", "name", AUTHOR);
  const pictures = ["image", "thumbnail"].filter((part) => isLoose(embed[part]));
  for (const part of pictures) {
    checkUrl(form, [...path, part, "url"], looseOf(embed[part])["url"], true);
  }
  checkUrl(form, [...path, "url"], embed["url"], false);
  checkTimestamp(form, [...path, "timestamp"], embed["timestamp"]);
  numberIn(form, [...path, "color"], embed["color"], { min: 0, max: COLOR });
  const seen = title + description + footer + author;
  if (seen === "" && fields.length === 0 && pictures.length === 0) {
    required(form, [...path, "description"]);
  }
  return count;
}

function partText(
  measure: (at: Path, value: unknown, bounds: { max: number; must: boolean }) => string,
  embed: Readonly<Record<string, unknown>>,
  part: string,
  field: string,
  max: number,
): string {
  if (!isLoose(embed[part])) return "";
  return measure([part, field], blankIsNone(embed[part][field]), { max, must: true });
}

/** A text of blanks only is none. */
function blankIsNone(value: unknown): unknown {
  const text = trimmed(value);
  return text === "" ? undefined : text;
}

const WEB = ["http:", "https:"];

function checkUrl(form: Form, path: Path, value: unknown, attachment: boolean): void {
  const url = textIn(form, path, value, { max: 2_048 });
  if (url === null || url === "") return;
  if (!URL.canParse(url)) {
    form.say(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    return;
  }
  const { protocol } = new URL(url);
  if (!(attachment ? [...WEB, "attachment:"] : WEB).includes(protocol)) {
    form.say(
      path,
      "URL_TYPE_INVALID_SCHEME",
      `Scheme "${protocol.slice(0, -1)}" must be one of ('http', 'https').`,
    );
  }
}

function checkTimestamp(form: Form, path: Path, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value === "string" && !Number.isNaN(Date.parse(value))) return;
  form.say(path, "DATE_TIME_TYPE_PARSE", `Could not parse ${String(value)}. Should be ISO8601.`);
}

/** As it comes back from Discord: texts trimmed, `type` and `inline` filled in. */
export function storedEmbed(embed: APIEmbed): APIEmbed {
  const stored: APIEmbed = { ...embed, type: EmbedType.Rich };
  if (embed.title !== undefined) stored.title = embed.title.trim();
  if (embed.description !== undefined) stored.description = embed.description.trim();
  if (embed.footer) stored.footer = { ...embed.footer, text: embed.footer.text.trim() };
  if (embed.author) stored.author = { ...embed.author, name: embed.author.name.trim() };
  if (embed.fields) {
    stored.fields = embed.fields.map(({ name, value, inline }) => ({
      name: name.trim(),
      value: value.trim(),
      inline: inline ?? false,
    }));
  }
  return stored;
}
