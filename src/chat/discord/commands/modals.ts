// Forms: for what does not fit into an option or a button, as Discord shows them and as they come back. What a form is
// for stands in its id, so that one that was opened before a restart still counts.
import { LabelBuilder, ModalBuilder, type ModalSubmitFields, TextInputStyle } from "discord.js";
import type { Command } from "../../../core/command.ts";
import { longOf } from "./long.ts";
import { calledOf, type Given, lineOf, quoted } from "./read.ts";
import { beginning, shortened } from "./short.ts";

/** Discord's limits: characters of a title, a label, an id and a text; entries of a list. */
const limits = { title: 45, label: 45, id: 100, text: 4_000, entries: 25 };

/** What a form brings. `room` null: where it was opened. */
export type Submitted =
  | { readonly kind: "press"; readonly action: string; readonly text: string }
  | { readonly kind: "say"; readonly room: string | null; readonly text: string };

/** A message that a person picked. */
export interface Picked {
  readonly content: string;
  readonly author: string;
  readonly url: string;
}

/** For a button that needs a text. */
export const textModal = (action: string, label: string): ModalBuilder =>
  form(`t:${action}`, label, paragraph("text", label));

/** For people whose plain text the bot can't read. */
export const messageModal = (room: string): ModalBuilder =>
  form(`r:${room}`, `Message to ${room}`, paragraph("text", "Message"));

/** For a command that was called without its long text; null: it has all it needs, or no place to remember the rest. */
export function longModal(
  commands: readonly Command[],
  data: readonly Given[],
): ModalBuilder | null {
  const { command, options } = calledOf(commands, data);
  const long = command === null ? null : longOf(command);
  if (command === null || long === null) return null;
  if (options.some((o) => o.name === long.slot.word && o.value !== undefined)) return null;
  const line = lineOf(command, options);
  const id = long.slot.flag ? `f:${long.slot.word}:${line}` : `l:${line}`;
  return id.length > limits.id ? null : form(id, `/batty ${line}`, paragraph("text", long.label));
}

/** A message from elsewhere, for a member. */
export function sendToModal(message: Picked, members: readonly string[]): ModalBuilder {
  const fits = members.length > 0 && members.length <= limits.entries;
  const whom = fits ? oneOf("to", "To", members) : asked("to", "To", TextInputStyle.Short);
  const text = asked("text", "Message", TextInputStyle.Paragraph, message.content);
  return form(fits ? "s:list" : "s:name", "Send to…", whom, text);
}

/** A message as a new task: its first line is the title. */
export function taskModal({ content, author, url }: Picked): ModalBuilder {
  const [title = ""] = content.trim().split("\n");
  const from = `\n\nFrom ${author}: ${url}`;
  const body = beginning(content, limits.text - from.length) + from;
  return form(
    "n:",
    "Make a task",
    asked("title", "Title", TextInputStyle.Short, shortened(title, 200)),
    asked("body", "Scope, acceptance, test", TextInputStyle.Paragraph, body),
  );
}

/** Null: it is none of ours. */
export function readModal(
  id: string,
  fields: Pick<ModalSubmitFields, "getTextInputValue" | "getStringSelectValues">,
): Submitted | null {
  const about = id.slice(2);
  const text = (name: string): string => fields.getTextInputValue(name);
  const say = (words: string): Submitted => ({ kind: "say", room: null, text: words });
  switch (id.slice(0, 2)) {
    case "t:":
      return { kind: "press", action: about, text: text("text") };
    case "r:":
      return { kind: "say", room: about, text: text("text") };
    case "l:":
      return say(`/batty ${about} ${text("text")}`);
    case "f:": {
      const [, word = "", line = ""] = /^([^:]*):(.*)$/s.exec(about) ?? [];
      return say(`/batty ${line} --${word}=${quoted(text("text"))}`);
    }
    case "s:": {
      const to = about === "list" ? fields.getStringSelectValues("to")[0] : text("to");
      return say(`/batty send ${quoted(to ?? "")} ${text("text")}`);
    }
    case "n:":
      return say(`/batty task new --body=${quoted(text("body"))} -- ${quoted(text("title"))}`);
    default:
      return null;
  }
}

const form = (id: string, title: string, ...labels: readonly LabelBuilder[]): ModalBuilder =>
  new ModalBuilder()
    .setCustomId(id)
    .setTitle(shortened(title, limits.title) || "Batty")
    .addLabelComponents(...labels);

const paragraph = (id: string, label: string): LabelBuilder =>
  asked(id, label, TextInputStyle.Paragraph);

/** @param value what stands there already */
const asked = (id: string, label: string, style: TextInputStyle, value = ""): LabelBuilder =>
  new LabelBuilder()
    .setLabel(shortened(label, limits.label) || "Text")
    .setTextInputComponent((t) => {
      t.setCustomId(id).setStyle(style).setMaxLength(limits.text).setRequired(true);
      return value === "" ? t : t.setValue(beginning(value, limits.text));
    });

const oneOf = (id: string, label: string, all: readonly string[]): LabelBuilder =>
  new LabelBuilder()
    .setLabel(label)
    .setStringSelectMenuComponent((s) =>
      s.setCustomId(id).addOptions(all.map((name) => ({ label: name, value: name }))),
    );
