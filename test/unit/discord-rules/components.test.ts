import { ButtonStyle, ComponentType } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { unsubmittable, validateChoices, validateModal } from "../../fakes/discord/rules/modals.ts";
import { validateMessage } from "../../fakes/discord/rules/validate.ts";
import { said } from "./said.ts";

const x = (length: number) => "x".repeat(length);
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

const button = (part: object = {}) => ({
  type: ComponentType.Button,
  style: ButtonStyle.Primary,
  label: "Approve",
  custom_id: "p:1",
  ...part,
});
const select = (part: object = {}) => ({
  type: ComponentType.StringSelect,
  custom_id: "s:1",
  options: [{ label: "a", value: "a" }],
  ...part,
});
const row = (...components: object[]) => ({ type: ComponentType.ActionRow, components });
const faults = (...rows: object[]) => said(validateMessage({ content: "card", components: rows }));
const options = (count: number) => many(count, (n) => ({ label: "l", value: String(n) }));

test.each<[string, (n: number) => object[], number, string]>([
  [
    "the rows",
    (n) => many(n, (r) => row(button({ custom_id: `${r}` }))),
    5,
    "components BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a row's buttons",
    (n) => [row(...many(n, (b) => button({ custom_id: `${b}` })))],
    5,
    "components.0.components BASE_TYPE_BAD_LENGTH",
  ],
  [
    "a button's id",
    (n) => [row(button({ custom_id: x(n) }))],
    100,
    "components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH",
  ],
  [
    "a button's label",
    (n) => [row(button({ label: x(n) }))],
    80,
    "components.0.components.0.label BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a select's options",
    (n) => [row(select({ options: options(n) }))],
    25,
    "components.0.components.0.options BASE_TYPE_BAD_LENGTH",
  ],
  [
    "an option's value",
    (n) => [row(select({ options: [{ label: "l", value: x(n) }] }))],
    100,
    "components.0.components.0.options.0.value BASE_TYPE_BAD_LENGTH",
  ],
  [
    "an option's label",
    (n) => [row(select({ options: [{ label: x(n), value: "v" }] }))],
    100,
    "components.0.components.0.options.0.label BASE_TYPE_BAD_LENGTH",
  ],
  [
    "an option's description",
    (n) => [row(select({ options: [{ label: "l", value: "v", description: x(n) }] }))],
    100,
    "components.0.components.0.options.0.description BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a link",
    (n) => [
      row(
        button({ style: ButtonStyle.Link, custom_id: undefined, url: `https://a.b/${x(n - 12)}` }),
      ),
    ],
    512,
    "components.0.components.0.url BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a placeholder",
    (n) => [row(select({ placeholder: x(n) }))],
    150,
    "components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH",
  ],
])("%s may reach the limit and not one more", (_, rows, limit, fault) => {
  expect(faults(...rows(limit))).toEqual([]);
  expect(faults(...rows(limit + 1))).toEqual([fault]);
});

const FIRST = "components.0.components.0";

test.each<[string, object[], string[]]>([
  ["an empty row", [row()], ["components.0.components BASE_TYPE_BAD_LENGTH"]],
  ["an empty id", [row(button({ custom_id: "" }))], [`${FIRST}.custom_id BASE_TYPE_BAD_LENGTH`]],
  ["no id", [row(button({ custom_id: undefined }))], [`${FIRST}.custom_id BASE_TYPE_REQUIRED`]],
  [
    "neither label nor emoji",
    [row(button({ label: undefined }))],
    [`${FIRST}.label BASE_TYPE_REQUIRED`],
  ],
  [
    "an emoji that is none",
    [row(button({ emoji: { name: "ok" } }))],
    [`${FIRST}.emoji.name BUTTON_COMPONENT_INVALID_EMOJI`],
  ],
  [
    "a link without an address",
    [row(button({ style: ButtonStyle.Link, custom_id: undefined }))],
    [`${FIRST}.url BASE_TYPE_REQUIRED`],
  ],
  [
    "a link with an id",
    [row(button({ style: ButtonStyle.Link, url: "https://a.b" }))],
    [`${FIRST} BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE`],
  ],
  ["a style there is not", [row(button({ style: 9 }))], [`${FIRST}.style BASE_TYPE_CHOICES`]],
  [
    "the same id twice, in two rows, one disabled",
    [row(button()), row(button({ disabled: true }))],
    ["components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED"],
  ],
  [
    "a select and a button in one row",
    [row(select(), button())],
    ["components.0.components.1 COMPONENT_LAYOUT_WIDTH_EXCEEDED"],
  ],
  [
    "a select without options",
    [row(select({ options: [] }))],
    [`${FIRST}.options BASE_TYPE_BAD_LENGTH`],
  ],
  [
    "the same value twice",
    [row(select({ options: [...options(1), ...options(1)] }))],
    [`${FIRST}.options.1 SELECT_COMPONENT_OPTION_VALUE_DUPLICATED`],
  ],
  ["a button outside a row", [button()], ["components.0.type BASE_TYPE_CHOICES"]],
])("%s is refused", (_, rows, expected) => {
  expect(faults(...rows)).toEqual(expected);
});

test("an emoji alone makes a button, qualified or not", () => {
  for (const name of ["✅", "⏸️", "⏸", "🇨🇭", "👩‍💻"]) {
    expect(faults(row(button({ label: undefined, emoji: { name } })))).toEqual([]);
  }
});

const input = (part: object = {}) => ({
  type: ComponentType.TextInput,
  style: 1,
  label: "Why",
  custom_id: "why",
  ...part,
});
const modal = (part: object = {}) => ({
  title: "Send back",
  custom_id: "m:1",
  components: [row(input())],
  ...part,
});

test.each<[string, (n: number) => object, number, string]>([
  ["title", (n) => ({ title: x(n) }), 45, "data.title BASE_TYPE_BAD_LENGTH"],
  ["id", (n) => ({ custom_id: x(n) }), 100, "data.custom_id BASE_TYPE_BAD_LENGTH"],
  [
    "rows",
    (n) => ({ components: many(n, (i) => row(input({ custom_id: `${i}` }))) }),
    5,
    "data.components BASE_TYPE_BAD_LENGTH",
  ],
  [
    "label",
    (n) => ({ components: [row(input({ label: x(n) }))] }),
    45,
    "data.components.0.components.0.label BASE_TYPE_BAD_LENGTH",
  ],
  [
    "text",
    (n) => ({ components: [row(input({ value: x(n) }))] }),
    4_000,
    "data.components.0.components.0.value BASE_TYPE_MAX_LENGTH",
  ],
  [
    "longest text",
    (n) => ({ components: [row(input({ max_length: n }))] }),
    4_000,
    "data.components.0.components.0.max_length NUMBER_TYPE_MAX",
  ],
  [
    "placeholder",
    (n) => ({ components: [row(input({ placeholder: x(n) }))] }),
    100,
    "data.components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH",
  ],
])("the %s of a modal may reach the limit and not one more", (_, part, limit, fault) => {
  expect(said(validateModal(modal(part(limit))))).toEqual([]);
  expect(said(validateModal(modal(part(limit + 1))))).toEqual([fault]);
});

test("a modal takes labels around inputs and selects, and no buttons", () => {
  const label = {
    type: ComponentType.Label,
    label: "Why",
    component: input({ label: undefined }),
  };
  const choice = { type: ComponentType.Label, label: "To", component: select() };
  expect(said(validateModal(modal({ components: [label, choice] })))).toEqual([]);
  const many = { ...choice, component: select({ options: options(26) }), description: x(101) };
  expect(
    said(validateModal(modal({ components: [{ ...label, description: x(100) }, many] }))),
  ).toEqual([
    "data.components.1.description BASE_TYPE_MAX_LENGTH",
    "data.components.1.component.options BASE_TYPE_BAD_LENGTH",
  ]);
  expect(said(validateModal(modal({ components: [row(button())] })))).toContain(
    "data.components.0.components.0.type BASE_TYPE_CHOICES",
  );
});

test("a person cannot submit a text that the input does not take", () => {
  expect(unsubmittable({ max_length: 3 }, "abc")).toBeNull();
  expect(unsubmittable({ max_length: 3 }, "abcd")).not.toBeNull();
  expect(unsubmittable({ min_length: 3 }, "ab")).not.toBeNull();
  expect(unsubmittable({ min_length: 3 }, "abc")).toBeNull();
  expect(unsubmittable({}, "")).not.toBeNull();
  expect(unsubmittable({ required: false }, "")).toBeNull();
  expect(unsubmittable({}, x(4_001))).not.toBeNull();
});

test("25 completions of 100 characters, and not one more", () => {
  const choices = (count: number, length = 1) => ({
    choices: many(count, () => ({ name: x(length), value: x(length) })),
  });
  expect(said(validateChoices(choices(25, 100)))).toEqual([]);
  expect(said(validateChoices(choices(26)))).toEqual(["data.choices BASE_TYPE_MAX_LENGTH"]);
  expect(said(validateChoices(choices(1, 101)))).toEqual([
    "data.choices.0.name BASE_TYPE_BAD_LENGTH",
    "data.choices.0.value BASE_TYPE_MAX_LENGTH",
  ]);
});
