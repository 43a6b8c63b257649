// Rows, buttons and select menus of a message. Components V2 are left out: what is not known here is
// refused, so that nobody uses unchecked what real Discord would check.
import { ButtonStyle, ComponentType } from "discord-api-types/v10";
import { isEmoji } from "./emoji.ts";
import type { Form, Path } from "./form.ts";
import { isLoose, listIn, numberIn, oneOf, required, textIn, within } from "./form.ts";

type Loose = Readonly<Record<string, unknown>>;

export const ROWS = 5;
export const ROW_WIDTH = 5;
export const CUSTOM_ID = 100;
const LABEL = 80;
const OPTIONS = 25;
const OPTION_TEXT = 100;
const PLACEHOLDER = 150;
const URL_LENGTH = 512;

export const SELECTS: readonly unknown[] = [
  ComponentType.StringSelect,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
];

export function checkComponents(form: Form, path: Path, value: unknown): void {
  const ids = new Set<string>();
  const rows = listIn(form, path, value, { max: ROWS });
  for (const [index, row] of rows.entries()) checkRow(form, [...path, index], row, ids);
}

function checkRow(form: Form, path: Path, row: Loose, ids: Set<string>): void {
  if (!oneOf(form, [...path, "type"], row["type"], [ComponentType.ActionRow])) return;
  const inRow = [...path, "components"];
  const components = listIn(form, inRow, row["components"], { min: 1, max: ROW_WIDTH, must: true });
  let width = 0;
  for (const [index, component] of components.entries()) {
    const at = [...inRow, index];
    width += SELECTS.includes(component["type"]) ? ROW_WIDTH : 1;
    if (width > ROW_WIDTH && components.length <= ROW_WIDTH) {
      form.say(
        at,
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        "The specified component exceeds the maximum width",
      );
    }
    checkComponent(form, at, component, ids);
  }
}

function checkComponent(form: Form, at: Path, component: Loose, ids: Set<string>): void {
  const types = [ComponentType.Button, ...(SELECTS as readonly number[])];
  if (!oneOf(form, [...at, "type"], component["type"], types)) return;
  if (component["type"] === ComponentType.Button) {
    checkButton(form, at, component, ids);
  } else {
    checkCustomId(form, at, component, ids);
    checkSelect(form, at, component);
  }
}

/** Every custom id is used once in a message, disabled components included. */
export function checkCustomId(form: Form, at: Path, component: Loose, ids: Set<string>): void {
  const path = [...at, "custom_id"];
  const id = textIn(form, path, component["custom_id"], { min: 1, max: CUSTOM_ID, must: true });
  if (id === null) return;
  if (ids.has(id)) {
    form.say(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
  }
  ids.add(id);
}

const STYLES = [
  ButtonStyle.Primary,
  ButtonStyle.Secondary,
  ButtonStyle.Success,
  ButtonStyle.Danger,
  ButtonStyle.Link,
];

function checkButton(form: Form, at: Path, button: Loose, ids: Set<string>): void {
  if (!oneOf(form, [...at, "style"], button["style"], STYLES)) return;
  const label = textIn(form, [...at, "label"], button["label"], { max: LABEL });
  checkEmoji(form, at, button["emoji"]);
  if ((label ?? "") === "" && !isLoose(button["emoji"])) required(form, [...at, "label"]);
  if (button["style"] !== ButtonStyle.Link) {
    checkCustomId(form, at, button, ids);
    return;
  }
  textIn(form, [...at, "url"], button["url"], { max: URL_LENGTH, must: true });
  if (button["custom_id"] !== undefined) {
    form.say(
      at,
      "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
      "A custom id and url cannot both be specified",
    );
  }
}

function checkEmoji(form: Form, at: Path, emoji: unknown): void {
  if (!isLoose(emoji) || typeof emoji["id"] === "string") return;
  if (typeof emoji["name"] === "string" && isEmoji(emoji["name"])) return;
  form.say([...at, "emoji", "name"], "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
}

/** What a select may offer, in a message or in a modal. */
export function checkSelect(form: Form, at: Path, select: Loose): void {
  textIn(form, [...at, "placeholder"], select["placeholder"], { max: PLACEHOLDER });
  numberIn(form, [...at, "min_values"], select["min_values"], { min: 0, max: OPTIONS });
  numberIn(form, [...at, "max_values"], select["max_values"], { min: 1, max: OPTIONS });
  if (select["type"] !== ComponentType.StringSelect) return;
  const path = [...at, "options"];
  const options = Array.isArray(select["options"]) ? select["options"] : [];
  within(form, path, options.length, { min: 1, max: OPTIONS });
  const values = new Set<unknown>();
  for (const [index, option] of listIn(form, path, options, { max: Infinity }).entries()) {
    const text = { min: 1, max: OPTION_TEXT, must: true };
    textIn(form, [...path, index, "label"], option["label"], text);
    textIn(form, [...path, index, "value"], option["value"], text);
    textIn(form, [...path, index, "description"], option["description"], { max: OPTION_TEXT });
    checkEmoji(form, [...path, index], option["emoji"]);
    if (values.has(option["value"])) {
      form.say(
        [...path, index],
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
      );
    }
    values.add(option["value"]);
  }
}
