// The command table as Discord's application commands: `/batty …` and two entries in a message's menu. Asks nobody.
import {
  ApplicationCommandType,
  ContextMenuCommandBuilder,
  type RESTPostAPIApplicationCommandsJSONBody,
  SlashCommandBuilder,
  SlashCommandSubcommandBuilder,
  SlashCommandSubcommandGroupBuilder,
} from "discord.js";
import type { Command } from "../../../core/command.ts";
import { type Slot, slotsOf } from "../../../core/slots.ts";
import { longOf } from "./long.ts";
import { groups, placesOf } from "./places.ts";

/** What Discord takes as a command's choices, all of them. */
const choicesAtMost = 25;

/** Entries in a message's menu. */
export const menus = { sendTo: "Send to…", makeTask: "Make a task" } as const;

export function project(
  commands: readonly Command[],
): readonly RESTPostAPIApplicationCommandsJSONBody[] {
  return [slash(commands), ...Object.values(menus).map(menu)];
}

function slash(commands: readonly Command[]): RESTPostAPIApplicationCommandsJSONBody {
  const places = placesOf(commands);
  const batty = new SlashCommandBuilder()
    .setName("batty")
    .setDescription("Talk to the team and its bot");
  for (const { command, name } of places.filter((p) => p.group === null))
    batty.addSubcommand(subcommand(command, name));
  for (const [group, what] of Object.entries(groups)) {
    const inside = places.filter((p) => p.group === group);
    if (inside.length === 0) continue;
    const made = new SlashCommandSubcommandGroupBuilder().setName(group).setDescription(what);
    for (const { command, name } of inside) made.addSubcommand(subcommand(command, name));
    batty.addSubcommandGroup(made);
  }
  return batty.toJSON();
}

const menu = (name: string): RESTPostAPIApplicationCommandsJSONBody =>
  new ContextMenuCommandBuilder().setName(name).setType(ApplicationCommandType.Message).toJSON();

function subcommand(command: Command, name: string): SlashCommandSubcommandBuilder {
  const made = new SlashCommandSubcommandBuilder().setName(name).setDescription(command.summary);
  for (const slot of optionsOf(command)) addOption(made, slot);
  return made;
}

/** An argument as an option; what a form can ask for may be left out. */
export interface Option extends Slot {
  readonly required: boolean;
}

/** In the arguments' order, required ones first. */
export function optionsOf(command: Command): readonly Option[] {
  const long = longOf(command)?.slot.name;
  const all = slotsOf(command)
    .filter((slot) => !slot.shellOnly)
    .map((slot) => ({ ...slot, required: !slot.optional && slot.name !== long }));
  return [...all.filter((o) => o.required), ...all.filter((o) => !o.required)];
}

/** Numbers that name something are typed as numbers, and may also be given as text to the end. */
export const isNumber = (slot: Slot): boolean =>
  slot.integer !== null || ((slot.of === "task" || slot.of === "escalation") && !slot.rest);

function addOption(to: SlashCommandSubcommandBuilder, option: Option): void {
  const described = <O extends { setName(n: string): O; setDescription(d: string): O }>(o: O): O =>
    o.setName(option.word).setDescription(option.help === "" ? option.word : option.help);
  const completes = option.of !== null || option.choices.length > choicesAtMost;
  if (option.bool) to.addBooleanOption((o) => described(o).setRequired(option.required));
  else if (isNumber(option))
    to.addIntegerOption((o) => {
      const { least, most } = option.integer ?? { least: 1, most: Number.MAX_SAFE_INTEGER };
      described(o).setRequired(option.required).setAutocomplete(completes).setMinValue(least);
      return most === Number.MAX_SAFE_INTEGER ? o : o.setMaxValue(most);
    });
  else
    to.addStringOption((o) => {
      described(o).setRequired(option.required).setAutocomplete(completes);
      const choices = completes ? [] : option.choices.map((value) => ({ name: value, value }));
      return choices.length === 0 ? o : o.setChoices(...choices);
    });
}
