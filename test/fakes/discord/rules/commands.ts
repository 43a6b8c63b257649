// Application commands, as a bulk overwrite of a guild's commands is checked.
import {
  RESTJSONErrorCodes as Code,
  ApplicationCommandOptionType as Option,
  ApplicationCommandType as Type,
} from "discord-api-types/v10";
import type { Form, Path } from "./form.ts";
import { lengthOf, listIn, looseOf, numberIn, oneOf, openForm, textIn } from "./form.ts";
import { checkChoices } from "./modals.ts";
import type { Refusal } from "./refusals.ts";
import { refusal } from "./refusals.ts";

type Loose = Readonly<Record<string, unknown>>;

const NAME = 32;
const DESCRIPTION = 100;
const OPTIONS = 25;
export const COMMAND_TOTAL = 8_000;
const TEXT_BOUND = 6_000;
const DAILY_CREATES = 200;
const MOST: ReadonlyMap<unknown, number> = new Map([
  [Type.ChatInput, 100],
  [Type.User, 15],
  [Type.Message, 15],
]);
// source: the naming section of interactions/application-commands
const NAME_PATTERN = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]+$/u;
const NUMBERS: readonly unknown[] = [Option.Integer, Option.Number];

/** Why a PUT of this list would be refused; null when it would not. */
export function validateCommands(list: unknown): Refusal | null {
  const form = openForm();
  const commands = listIn(form, [], list, { max: Infinity });
  const counts = new Map<unknown, number>();
  const names = new Set<string>();
  for (const [index, command] of commands.entries()) {
    const type = command["type"] ?? Type.ChatInput;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    const key = `${String(type)} ${String(command["name"])}`;
    if (names.has(key)) {
      form.say(
        [index],
        "APPLICATION_COMMANDS_DUPLICATE_NAME",
        "Application command names must be unique",
      );
    }
    names.add(key);
    checkCommand(form, [index], command);
  }
  const full = [...counts].some(([type, count]) => count > (MOST.get(type) ?? 0));
  return form.refusal() ?? (full ? refusal(Code.MaximumNumberOfApplicationCommandsReached) : null);
}

/** @param today how many of this guild's commands were new in the last 24 hours, with these */
export function tooManyCreates(today: number): Refusal | null {
  return today > DAILY_CREATES ? refusal(Code.MaximumDailyApplicationCommandCreatesReached) : null;
}

function checkCommand(form: Form, at: Path, command: Loose): void {
  const type = command["type"] ?? Type.ChatInput;
  if (!oneOf(form, [...at, "type"], type, [...MOST.keys()] as number[])) return;
  if (type !== Type.ChatInput) {
    textIn(form, [...at, "name"], command["name"], { min: 1, max: NAME, must: true });
    if ((command["description"] ?? "") !== "") {
      form.say(
        at,
        "CONTEXT_MENU_COMMAND_DESCRIPTION_NOT_ALLOWED",
        "Context menu commands cannot have description",
      );
    }
    return;
  }
  checkName(form, at, command);
  checkOptions(form, [...at, "options"], command["options"], 0);
  if (sizeOf(command) > COMMAND_TOTAL && !form.wrong(at)) {
    form.say(
      at,
      "APPLICATION_COMMAND_TOO_LARGE",
      `Command exceeds maximum size (${COMMAND_TOTAL})`,
    );
  }
}

function checkName(form: Form, at: Path, named: Loose): void {
  const path = [...at, "name"];
  const name = textIn(form, path, named["name"], { min: 1, max: NAME, must: true });
  if (name !== null && (name !== name.toLowerCase() || !NAME_PATTERN.test(name))) {
    form.say(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
  }
  textIn(form, [...at, "description"], named["description"], {
    min: 1,
    max: DESCRIPTION,
    must: true,
  });
}

const NESTING: readonly (readonly unknown[])[] = [
  [Option.Subcommand, Option.SubcommandGroup],
  [Option.Subcommand],
  [],
];
const isNest = (type: unknown) => type === Option.Subcommand || type === Option.SubcommandGroup;
const LAST_OPTION_TYPE = Option.Attachment;

/** @param depth 0 in the command, 1 in a group, 2 in a subcommand */
function checkOptions(form: Form, path: Path, value: unknown, depth: 0 | 1 | 2): void {
  const options = listIn(form, path, value, { max: OPTIONS });
  const nests = options.filter(({ type }) => isNest(type)).length;
  if ((nests > 0 && nests < options.length) || (depth === 1 && nests < options.length)) {
    form.say(
      path,
      "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
      "Sub-command and sub-command group option types are mutually exclusive to all other types",
    );
  }
  const names = new Set<unknown>();
  let optional = false;
  for (const [index, option] of options.entries()) {
    const at = [...path, index];
    checkName(form, at, option);
    if (names.has(option["name"])) {
      form.say(at, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique");
    }
    names.add(option["name"]);
    if (option["required"] !== true) optional = true;
    else if (optional) {
      form.say(
        at,
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        "Required options must be placed before non-required options",
      );
    }
    checkOption(form, at, option, depth);
  }
}

function checkOption(form: Form, at: Path, option: Loose, depth: 0 | 1 | 2): void {
  const type = option["type"];
  const known = typeof type === "number" && type >= 1 && type <= LAST_OPTION_TYPE;
  if (!known || (isNest(type) && !NESTING[depth]?.includes(type))) {
    const plain = Array.from({ length: LAST_OPTION_TYPE - 2 }, (_, index) => index + 3);
    oneOf(form, [...at, "type"], known ? -1 : type, plain);
    return;
  }
  if (isNest(type)) {
    checkOptions(form, [...at, "options"], option["options"], type === Option.Subcommand ? 2 : 1);
    return;
  }
  checkChoices(
    form,
    [...at, "choices"],
    option["choices"],
    NUMBERS.includes(type) ? "number" : "string",
  );
  const choices = option["choices"];
  if (option["autocomplete"] === true && Array.isArray(choices) && choices.length > 0) {
    form.say(
      at,
      "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
      "Autocomplete options cannot have choices",
    );
  }
  numberIn(form, [...at, "min_length"], option["min_length"], { min: 0, max: TEXT_BOUND });
  numberIn(form, [...at, "max_length"], option["max_length"], { min: 1, max: TEXT_BOUND });
}

/** Names, descriptions and choices' values of the command and of all that is in it. */
export function sizeOf(command: unknown): number {
  const { name, description, options, choices } = looseOf(command);
  const own = lengthOf(String(name ?? "")) + lengthOf(String(description ?? ""));
  const inside = Array.isArray(options) ? options.map(sizeOf) : [];
  const values = Array.isArray(choices)
    ? choices.map(looseOf).map(({ name: label, value }) => {
        return lengthOf(String(label ?? "")) + lengthOf(String(value ?? ""));
      })
    : [];
  return [...inside, ...values].reduce((sum, size) => sum + size, own);
}
