// The messages of ours in a text that an agent was given. Must not know which agent.
import type { MessageId } from "../../core/words.ts";

/**
 * Anywhere in the text: an agent wraps what was pasted, and a prompt put back into the composer stands before the next
 * message without a line's end.
 */
const header = /\[batty ([A-Za-z0-9][^\s/[\]]*) from [^\]\n]*\]/g;

/** In their order, each once. */
export const messagesIn = (prompt: string): readonly MessageId[] => [
  ...new Set([...prompt.matchAll(header)].map(([, id = ""]) => id as MessageId)),
];
