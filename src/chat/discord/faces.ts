// What a message shows, as far as two can be told apart by it: what we sent, and what Discord has. Pure.
import { type APIEmbed, type APIMessage, ComponentType } from "discord.js";
import type { Part } from "./render/message.ts";

interface Face {
  readonly text: string;
  readonly buttons: readonly string[];
}

/** Discord takes blanks off the ends and adds fields of its own. */
const embedText = ({ title, description, fields, footer, color }: APIEmbed): unknown => [
  title?.trim() ?? "",
  description?.trim() ?? "",
  (fields ?? []).map(({ name, value }) => [name.trim(), value.trim()]),
  footer?.text.trim() ?? "",
  color ?? 0,
];

const textOf = (content: string, embeds: readonly APIEmbed[], files: readonly string[]): string =>
  JSON.stringify([content.trim(), embeds.map(embedText), [...files].sort()]);

type Rows = Part["components"];

const buttonsOf = (rows: Rows): readonly string[] =>
  rows.flatMap(({ components }) =>
    components.flatMap((one) => {
      if (one.type === ComponentType.StringSelect) return one.options.map(({ value }) => value);
      return "custom_id" in one ? [one.custom_id] : [];
    }),
  );

/** As Discord keeps file names. */
const fileName = (name: string): string => name.replace(/[^\w.-]/g, "_");

const wanted = (part: Part): Face => ({
  text: textOf(part.content, part.embeds, namesOf(part).map(fileName)),
  buttons: buttonsOf(part.components),
});

const shown = ({ content, embeds, attachments, components }: APIMessage): Face => ({
  text: textOf(
    content,
    embeds,
    attachments.map(({ filename }) => fileName(filename)),
  ),
  buttons: buttonsOf((components ?? []) as Rows),
});

const namesOf = ({ files, made }: Part): string[] => [...files, ...made].map(({ name }) => name);

const areSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** The message shows just this. */
export function isShown(part: Part, message: APIMessage): boolean {
  const [ours, theirs] = [wanted(part), shown(message)];
  return ours.text === theirs.text && areSame(ours.buttons, theirs.buttons);
}

/** The message is of this post, perhaps in another state: ids of actions are never used again. */
export function isOf(part: Part, message: APIMessage): boolean {
  const [ours, theirs] = [wanted(part).buttons, shown(message).buttons];
  return isShown(part, message) || ours.some((id) => theirs.includes(id));
}
