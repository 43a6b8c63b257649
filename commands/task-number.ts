// A TASK argument: the board's number, `#12`, or a card's id.
import * as z from "zod";
import { Refused } from "../src/core/command.ts";

export const taskArgument = z
  .string()
  .describe("Task number, as on the board")
  .meta({ of: "task" });

/** `m12.2`, `m12.2.approve` (its buttons) and `merge:12:2` (its post). */
const cardId = (text: string): RegExpExecArray | null =>
  /^m(\d+)\.(\d+)(?:\..*)?$/.exec(text) ?? /^merge:(\d+):(\d+)$/.exec(text);

/** Which card of its task; null: a number was given. */
export function cardRound(text: string): number | null {
  const round = cardId(text)?.[2];
  return round === undefined ? null : Number(round);
}

/** @throws Refused `task.unknown` */
export function taskNumber(text: string): number {
  const digits = cardId(text)?.[1] ?? text.replace(/^#/, "");
  const id = /^\d+$/.test(digits) ? Number(digits) : 0;
  if (id < 1 || !Number.isSafeInteger(id))
    throw new Refused("task.unknown", `"${text}" is no task number.`, "See `batty board`.");
  return id;
}
