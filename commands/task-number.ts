// A TASK argument: the board's number, `#12`, or a card's id.
import * as z from "zod";
import { Refused } from "../src/core/command.ts";

export const taskArgument = z.string().describe("Task number, as on the board");

/** @throws Refused `task.unknown` */
export function taskNumber(text: string): number {
  const card = /^m(\d+)\.\d+(\..*)?$/.exec(text) ?? /^merge:(\d+):\d+$/.exec(text);
  const digits = card?.[1] ?? text.replace(/^#/, "");
  const id = /^\d+$/.test(digits) ? Number(digits) : 0;
  if (id < 1 || !Number.isSafeInteger(id))
    throw new Refused("task.unknown", `"${text}" is no task number.`, "See `batty board`.");
  return id;
}
