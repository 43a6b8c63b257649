// Whether a command's answer is for the one who asked, or for the room.
import { type Command, Refused } from "../../../core/command.ts";
import { lookUp } from "../../lookup.ts";

/** A look of one person's. What changes something is for everybody to see, and so is a standup. */
const isLook = ({ name, tier }: Command): boolean =>
  name === "inbox" || (tier === "viewer" && name !== "standup");

/** @param text `/batty …` */
export function isPrivate(commands: readonly Command[], text: string): boolean {
  try {
    return isLook(lookUp(commands, text.replace(/^\/batty\b/, "")).found);
  } catch (error) {
    if (error instanceof Refused) return true;
    throw error;
  }
}
