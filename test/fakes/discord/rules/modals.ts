// Modals and the answers to autocompletion, as the callback of an interaction is checked.
import type { APITextInputComponent } from "discord-api-types/v10";
import { ComponentType, TextInputStyle } from "discord-api-types/v10";
import { checkCustomId, checkSelect, ROWS, SELECTS } from "./components.ts";
import type { Form, Path } from "./form.ts";
import { lengthOf, listIn, looseOf, numberIn, oneOf, openForm, required, textIn } from "./form.ts";
import type { Refusal } from "./refusals.ts";

type Loose = Readonly<Record<string, unknown>>;

const TITLE = 45;
const LABEL = 45;
const DESCRIPTION = 100;
const INPUT = 4_000;
const PLACEHOLDER = 100;
const CHOICES = 25;
const CHOICE_TEXT = 100;

export function validateModal(data: unknown): Refusal | null {
  const form = openForm(["data"]);
  const modal = looseOf(data);
  const ids = new Set<string>();
  textIn(form, ["title"], modal["title"], { min: 1, max: TITLE, must: true });
  checkCustomId(form, [], modal, new Set());
  const path = ["components"];
  const rows = listIn(form, path, modal["components"], { min: 1, max: ROWS, must: true });
  for (const [index, row] of rows.entries()) checkPart(form, [...path, index], row, ids);
  return form.refusal();
}

/** A text input sits in a row of its own or, since 2025, in a label, which may hold a select as well. */
function checkPart(form: Form, at: Path, part: Loose, ids: Set<string>): void {
  if (!oneOf(form, [...at, "type"], part["type"], [ComponentType.ActionRow, ComponentType.Label])) {
    return;
  }
  if (part["type"] === ComponentType.Label) {
    textIn(form, [...at, "label"], part["label"], { min: 1, max: LABEL, must: true });
    textIn(form, [...at, "description"], part["description"], { max: DESCRIPTION });
    checkLabelled(form, [...at, "component"], looseOf(part["component"]), ids);
    return;
  }
  const inRow = [...at, "components"];
  const inputs = listIn(form, inRow, part["components"], { min: 1, max: 1, must: true });
  for (const [index, input] of inputs.entries()) {
    textIn(form, [...inRow, index, "label"], input["label"], { min: 1, max: LABEL, must: true });
    checkInput(form, [...inRow, index], input, ids);
  }
}

function checkLabelled(form: Form, at: Path, component: Loose, ids: Set<string>): void {
  if (!SELECTS.includes(component["type"])) {
    checkInput(form, at, component, ids);
    return;
  }
  checkCustomId(form, at, component, ids);
  checkSelect(form, at, component);
}

function checkInput(form: Form, at: Path, input: Loose, ids: Set<string>): void {
  if (!oneOf(form, [...at, "type"], input["type"], [ComponentType.TextInput])) return;
  checkCustomId(form, at, input, ids);
  oneOf(form, [...at, "style"], input["style"], [TextInputStyle.Short, TextInputStyle.Paragraph]);
  textIn(form, [...at, "value"], input["value"], { max: INPUT });
  textIn(form, [...at, "placeholder"], input["placeholder"], { max: PLACEHOLDER });
  numberIn(form, [...at, "min_length"], input["min_length"], { min: 0, max: INPUT });
  numberIn(form, [...at, "max_length"], input["max_length"], { min: 1, max: INPUT });
}

/** Why a person's client would not let this text be submitted; null when it would. */
export function unsubmittable(
  input: Pick<APITextInputComponent, "min_length" | "max_length" | "required">,
  text: string,
): string | null {
  const length = lengthOf(text);
  if (length === 0) return input.required === false ? null : "This field is required";
  const { min_length: min = 0, max_length: max = INPUT } = input;
  if (length < min) return `Must be at least ${min} in length`;
  return length > max ? `Must be ${max} or fewer in length` : null;
}

export function validateChoices(data: unknown): Refusal | null {
  const form = openForm(["data"]);
  checkChoices(form, ["choices"], looseOf(data)["choices"], "string");
  return form.refusal();
}

/** The choices of an option, fixed ones or completions: values are texts or numbers. */
export function checkChoices(
  form: Form,
  path: Path,
  value: unknown,
  kind: "string" | "number",
): void {
  for (const [index, choice] of listIn(form, path, value, { max: CHOICES }).entries()) {
    const at = [...path, index];
    textIn(form, [...at, "name"], choice["name"], { min: 1, max: CHOICE_TEXT, must: true });
    if (kind === "string") {
      textIn(form, [...at, "value"], choice["value"], { max: CHOICE_TEXT, must: true });
    } else if (typeof choice["value"] !== "number") {
      required(form, [...at, "value"]);
    }
  }
}
