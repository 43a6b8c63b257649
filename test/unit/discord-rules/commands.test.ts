import {
  ApplicationCommandType,
  RESTJSONErrorCodes as Code,
  ApplicationCommandOptionType as Option,
} from "discord-api-types/v10";
import { expect, test } from "vitest";
import {
  COMMAND_TOTAL,
  sizeOf,
  tooManyCreates,
  validateCommands,
} from "../../fakes/discord/rules/commands.ts";
import { said } from "./said.ts";

const x = (length: number) => "x".repeat(length);
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

const option = (part: object = {}) => ({
  type: Option.String,
  name: "text",
  description: "what to say",
  ...part,
});
const command = (part: object = {}) => ({ name: "batty", description: "the team", ...part });
const faults = (...commands: object[]) => said(validateCommands(commands));
const withOption = (part: object) => command({ options: [option(part)] });
const choices = (count: number) => many(count, (n) => ({ name: `${n}`, value: `${n}` }));
const named = (count: number) => many(count, (n) => option({ name: `o${n}` }));
const nest = (type: Option, options: object[] = []) => option({ type, name: "do", options });

test.each<[string, (n: number) => object, number, string]>([
  ["a name", (n) => command({ name: x(n) }), 32, "0.name BASE_TYPE_BAD_LENGTH"],
  [
    "a description",
    (n) => command({ description: x(n) }),
    100,
    "0.description BASE_TYPE_BAD_LENGTH",
  ],
  ["the options", (n) => command({ options: named(n) }), 25, "0.options BASE_TYPE_MAX_LENGTH"],
  [
    "a subcommand's options",
    (n) => command({ options: [nest(Option.Subcommand, named(n))] }),
    25,
    "0.options.0.options BASE_TYPE_MAX_LENGTH",
  ],
  [
    "an option's name",
    (n) => withOption({ name: x(n) }),
    32,
    "0.options.0.name BASE_TYPE_BAD_LENGTH",
  ],
  [
    "an option's description",
    (n) => withOption({ description: x(n) }),
    100,
    "0.options.0.description BASE_TYPE_BAD_LENGTH",
  ],
  [
    "the choices",
    (n) => withOption({ choices: choices(n) }),
    25,
    "0.options.0.choices BASE_TYPE_MAX_LENGTH",
  ],
  [
    "the longest text",
    (n) => withOption({ max_length: n }),
    6_000,
    "0.options.0.max_length NUMBER_TYPE_MAX",
  ],
])("%s may reach the limit and not one more", (_, of, limit, fault) => {
  expect(faults(of(limit))).toEqual([]);
  expect(faults(of(limit + 1))).toEqual([fault]);
});

test("a command holds 8,000 characters, those of its subcommands and choices among them", () => {
  // 25 subcommands with 3 options each, and one description that fills up what is left.
  const tree = (last: number) =>
    command({
      options: many(25, (n) => ({
        type: Option.Subcommand,
        name: `sub${n}`,
        description: x(n === 24 ? last : 100),
        options: many(3, (m) => option({ name: `o${m}`, description: x(70) })),
      })),
    });
  const room = COMMAND_TOTAL - sizeOf(tree(0));
  expect(room).toBeGreaterThan(0);
  expect(room).toBeLessThan(100);
  expect(faults(tree(room))).toEqual([]);
  expect(faults(tree(room + 1))).toEqual(["0 APPLICATION_COMMAND_TOO_LARGE"]);
  expect(sizeOf(withOption({ choices: [{ name: "abc", value: "de" }] }))).toBe(
    sizeOf(withOption({})) + 5,
  );
});

test.each<[string, object, string[]]>([
  ["a capital in a name", command({ name: "Batty" }), ["0.name APPLICATION_COMMAND_INVALID_NAME"]],
  ["a blank in a name", command({ name: "a b" }), ["0.name APPLICATION_COMMAND_INVALID_NAME"]],
  ["no description", { name: "batty" }, ["0.description BASE_TYPE_REQUIRED"]],
  [
    "an optional one before a required one",
    command({ options: [option(), option({ name: "more", required: true })] }),
    ["0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"],
  ],
  [
    "two options of one name",
    command({ options: [option(), option()] }),
    ["0.options.1 APPLICATION_COMMAND_OPTIONS_NAME_INVALID"],
  ],
  [
    "a subcommand beside an option",
    command({ options: [nest(Option.Subcommand), option()] }),
    ["0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"],
  ],
  [
    "an option in a group",
    command({ options: [nest(Option.SubcommandGroup, [option()])] }),
    ["0.options.0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"],
  ],
  [
    "a group in a group",
    command({ options: [nest(Option.SubcommandGroup, [nest(Option.SubcommandGroup)])] }),
    ["0.options.0.options.0.type BASE_TYPE_CHOICES"],
  ],
  [
    "choices that are also completed",
    withOption({ choices: choices(1), autocomplete: true }),
    ["0.options.0 APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID"],
  ],
  [
    "a text as a number's choice",
    withOption({ type: Option.Integer, choices: choices(1) }),
    ["0.options.0.choices.0.value BASE_TYPE_REQUIRED"],
  ],
  ["a type there is not", withOption({ type: 99 }), ["0.options.0.type BASE_TYPE_CHOICES"]],
  [
    "a description of a context menu",
    { type: ApplicationCommandType.Message, name: "Send to…", description: "d" },
    ["0 CONTEXT_MENU_COMMAND_DESCRIPTION_NOT_ALLOWED"],
  ],
])("%s is refused", (_, of, expected) => {
  expect(faults(of)).toEqual(expected);
});

test("a group of subcommands and a context menu in capitals are fine", () => {
  const group = nest(Option.SubcommandGroup, [nest(Option.Subcommand, [option()])]);
  const menu = { type: ApplicationCommandType.Message, name: "Send to…" };
  expect(
    faults(command({ options: [group, { ...nest(Option.Subcommand), name: "x" }] }), menu),
  ).toEqual([]);
});

test("a number may be chosen from numbers", () => {
  const numbers = [{ name: "one", value: 1 }];
  expect(faults(withOption({ type: Option.Integer, choices: numbers }))).toEqual([]);
});

test("a name is taken once per kind", () => {
  const menu = { type: ApplicationCommandType.Message, name: "batty" };
  expect(faults(command(), menu)).toEqual([]);
  expect(faults(command(), command())).toEqual(["1 APPLICATION_COMMANDS_DUPLICATE_NAME"]);
});

test("a guild takes 100 commands, 15 message menus, and 200 new ones a day", () => {
  const TOO_MANY = [`400 ${Code.MaximumNumberOfApplicationCommandsReached}`];
  const commands = (count: number) => many(count, (n) => command({ name: `c${n}` }));
  const menus = (count: number) =>
    many(count, (n) => ({ type: ApplicationCommandType.Message, name: `M ${n}` }));
  expect(faults(...commands(100), ...menus(15))).toEqual([]);
  expect(faults(...commands(101))).toEqual(TOO_MANY);
  expect(faults(...menus(16))).toEqual(TOO_MANY);
  expect(tooManyCreates(200)).toBeNull();
  expect(said(tooManyCreates(201))).toEqual([
    `400 ${Code.MaximumDailyApplicationCommandCreatesReached}`,
  ]);
});
