// What Discord offers while an option is typed: the desk's completions as its choices.
import type { APIApplicationCommandOptionChoice } from "discord.js";
import type { Command } from "../../../core/command.ts";
import { slotsOf } from "../../../core/slots.ts";
import type { Completion } from "../../desk.ts";
import { isNumber } from "./project.ts";
import { calledOf, type Given, quoted } from "./read.ts";
import { shortened } from "./short.ts";

/** Discord's limits: choices, characters of a choice's name and of its value. */
const limits = { choices: 25, name: 100, value: 100 };

/** @param complete the desk's, for this caller */
export async function choicesOf(
  commands: readonly Command[],
  data: readonly Given[],
  complete: (text: string) => Promise<readonly Completion[]>,
): Promise<readonly APIApplicationCommandOptionChoice[]> {
  const { command, options } = calledOf(commands, data);
  const typed = options.find((o) => o.focused === true);
  const slot = command === null ? undefined : slotsOf(command).find((s) => s.word === typed?.name);
  if (command === null || typed === undefined || slot === undefined) return [];
  const asNumber = isNumber(slot);
  const part = String(typed.value ?? "").replace(asNumber ? /^\s*#/ : /^$/, "");
  const found = await complete(`${before(command, slot.name, options)} ${part && quoted(part)}`);
  return found
    .filter(({ word }) => (asNumber ? /^\d+$/.test(word) : word.length <= limits.value))
    .slice(0, limits.choices)
    .map((completion) => ({
      name: shortened(nameOf(completion, slot.of === "task" || asNumber), limits.name),
      value: asNumber ? Number(completion.word) : completion.word,
    }));
}

const nameOf = ({ word, about }: Completion, isNumbered: boolean): string =>
  `${isNumbered ? "#" : ""}${word}${about === "" ? "" : ` ${about}`}`;

/** What would stand before it in a text: Discord lets people fill in options in any order. */
function before(command: Command, name: string, options: readonly Given[]): string {
  const slots = slotsOf(command);
  const slot = slots.find((s) => s.name === name);
  if (slot?.flag === true) return `/batty ${command.name} --${slot.word}`;
  const positions = slots.filter((s) => !s.flag);
  const words = positions
    .slice(
      0,
      positions.findIndex((s) => s.name === name),
    )
    .map((s) => quoted(String(options.find((o) => o.name === s.word)?.value ?? "")));
  return ["/batty", command.name, "--", ...words].join(" ");
}
