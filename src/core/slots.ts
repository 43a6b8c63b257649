// What a command's arguments look like to a surface: read from the zod schema, once for the shell, chats and platforms.
import * as z from "zod";
import type { Command } from "./command.ts";

/** What an argument names, so that it can be completed: declared as `.meta({ of: … })`. */
export type Named =
  | "task"
  /** Numbers, comma separated. */
  | "tasks"
  | "member"
  | "engineer"
  | "escalation"
  /** One of the caller's that was not typed yet. */
  | "message"
  /** A message or a post that did not arrive. */
  | "undelivered"
  | "status"
  | "priority"
  | "verb";

export interface Slot {
  readonly name: string;
  /** As it is typed: `depends-on`. */
  readonly word: string;
  readonly flag: boolean;
  readonly rest: boolean;
  readonly bool: boolean;
  readonly many: boolean;
  readonly optional: boolean;
  /** Null: it is no number. */
  readonly integer: { readonly least: number; readonly most: number } | null;
  /** All it may be; empty: anything. */
  readonly choices: readonly string[];
  readonly of: Named | null;
  /** "": nothing is said of it. */
  readonly help: string;
  /** It has no use in chats. */
  readonly shellOnly: boolean;
}

interface Meta {
  readonly flag?: boolean;
  readonly rest?: boolean;
  readonly of?: Named;
  readonly shellOnly?: boolean;
  readonly description?: string;
}

export function slotsOf(command: Command): readonly Slot[] {
  return Object.entries(command.args.shape).map(([name, schema]) => {
    const type = schema as z.ZodType;
    const meta = (z.globalRegistry.get(type) ?? {}) as Meta;
    const inner = unwrap(type);
    return {
      name,
      word: kebab(name),
      flag: meta.flag === true,
      rest: meta.rest === true,
      bool: inner instanceof z.ZodBoolean,
      many: inner instanceof z.ZodArray,
      optional: type.safeParse(undefined).success,
      integer: inner instanceof z.ZodNumber ? bounds(inner) : null,
      choices: inner instanceof z.ZodEnum ? inner.options.map(String) : [],
      of: meta.of ?? null,
      help: meta.description ?? "",
      shellOnly: meta.shellOnly === true,
    };
  });
}

const bounds = ({ minValue, maxValue }: z.ZodNumber): Slot["integer"] => ({
  least: minValue ?? Number.MIN_SAFE_INTEGER,
  most: maxValue ?? Number.MAX_SAFE_INTEGER,
});

function unwrap(type: z.ZodType): z.ZodType {
  if (
    type instanceof z.ZodDefault ||
    type instanceof z.ZodOptional ||
    type instanceof z.ZodNullable
  )
    return unwrap(type.def.innerType as z.ZodType);
  return type;
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
