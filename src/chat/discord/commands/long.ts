// The one argument of a command that may be long: Discord's options are one line, so without it a form asks for it.
import type { Command } from "../../../core/command.ts";
import { type Slot, slotsOf } from "../../../core/slots.ts";

/** Verb → its long argument and what the form calls it. */
const longOnes: Readonly<Record<string, { readonly slot: string; readonly label: string }>> = {
  send: { slot: "text", label: "Message" },
  back: { slot: "why", label: "What shall be different" },
  "escalations answer": { slot: "text", label: "Answer" },
  "task block": { slot: "why", label: "Reason" },
};

export interface Long {
  readonly slot: Slot;
  readonly label: string;
}

/** Null: the command takes none that it can't do without. */
export function longOf(command: Command): Long | null {
  const found = longOnes[command.name];
  const slot = slotsOf(command).find((s) => s.name === found?.slot);
  return found === undefined || slot === undefined ? null : { slot, label: found.label };
}
