// What a person chose in Discord's form of a command, back to the text that every chat's router reads.
import type { ApplicationCommandOptionType } from "discord.js";
import type { Command } from "../../../core/command.ts";
import { type Slot, slotsOf } from "../../../core/slots.ts";
import { placesOf } from "./places.ts";

/** An interaction's `options.data`, as far as it matters. */
export interface Given {
  readonly name: string;
  readonly type: ApplicationCommandOptionType;
  readonly value?: string | number | boolean | undefined;
  /** The one that is being typed. */
  readonly focused?: boolean | undefined;
  readonly options?: readonly Given[] | undefined;
}

export interface Called {
  /** Null: a command of another version, that Discord still lists. */
  readonly command: Command | null;
  /** As Discord has it: group and name. */
  readonly path: readonly string[];
  readonly options: readonly Given[];
}

export function calledOf(commands: readonly Command[], data: readonly Given[]): Called {
  const path: string[] = [];
  let options = data;
  for (let inner = options[0]; inner?.options !== undefined; inner = options[0]) {
    path.push(inner.name);
    options = inner.options;
  }
  const wanted = path.join(" ");
  const place = placesOf(commands).find(
    ({ group, name }) => (group === null ? name : `${group} ${name}`) === wanted,
  );
  return { command: place?.command ?? null, path, options };
}

/** What was called, as `/batty …`; a command that is gone is left to the router's refusal. */
export function textOf(commands: readonly Command[], data: readonly Given[]): string {
  const { command, path, options } = calledOf(commands, data);
  return `/batty ${command === null ? path.join(" ") : lineOf(command, options)}`;
}

/** Verb, flags, positions, and the text to the end as it is. */
export function lineOf(command: Command, options: readonly Given[]): string {
  const slots = slotsOf(command);
  const flags = slots.filter((s) => s.flag).map((s) => flagOf(s, given(s, options)));
  const positions = slots
    .filter((s) => !s.flag)
    .map((slot) => ({ slot, text: given(slot, options) }))
    .filter((p) => p.text !== null);
  const words = positions.map(({ slot, text }) =>
    slot.rest ? String(text) : quoted(String(text)),
  );
  const fence = positions.some(
    ({ slot, text }, i) => (!slot.rest || i === 0) && String(text).startsWith("--"),
  );
  return [command.name, ...flags, ...(fence ? ["--"] : []), ...words]
    .filter((word) => word !== "")
    .join(" ");
}

function given(slot: Slot, options: readonly Given[]): Given["value"] | null {
  return options.find((o) => o.name === slot.word)?.value ?? null;
}

function flagOf(slot: Slot, value: Given["value"] | null): string {
  if (value === null || value === undefined || value === false) return "";
  return slot.bool ? `--${slot.word}` : `--${slot.word}=${quoted(String(value))}`;
}

/** One word for the router, whatever is in it. */
export const quoted = (text: string): string =>
  /^[\p{L}\p{N}#.,:/@+_-]+$/u.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
