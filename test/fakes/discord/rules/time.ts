// What Discord's clock decides: ids that carry their time, and until when an interaction can be answered.
import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import type { Refusal } from "./refusals.ts";
import { refusal } from "./refusals.ts";

export const DISCORD_EPOCH_MS = 1_420_070_400_000;
export const FIRST_ANSWER_MS = 3_000;
export const TOKEN_MS = 15 * 60_000;
/** "The past few minutes" in which a repeated nonce gives the first message again; nobody says how many. */
export const NONCE_MS = 5 * 60_000;

const TIME_BITS = 22n;
const SEQUENCE_MASK = (1n << TIME_BITS) - 1n;

/** Ids of the given clock: ordered and unique, also within one millisecond and when the clock goes back. */
export function snowflakes(now: () => number): () => string {
  let last = -1n;
  return () => {
    const at = BigInt(Math.max(0, Math.floor(now()) - DISCORD_EPOCH_MS)) << TIME_BITS;
    last = at > last ? at : last + 1n;
    return String(last);
  };
}

/** When an id was made, ms since the Unix epoch. */
export const timeOf = (id: string): number =>
  Number((BigInt(id) & ~SEQUENCE_MASK) >> TIME_BITS) + DISCORD_EPOCH_MS;

export interface InteractionClock {
  readonly createdAt: number;
  /** Whether it was answered, in time or at all. */
  readonly answered: boolean;
}

/** Why a first answer (the callback) comes too late or twice; null when it is in time. */
export function callbackRefused(interaction: InteractionClock, now: number): Refusal | null {
  if (interaction.answered) return refusal(Code.InteractionHasAlreadyBeenAcknowledged);
  return now - interaction.createdAt > FIRST_ANSWER_MS ? refusal(Code.UnknownInteraction) : null;
}

/** Why a follow-up or an edit through the token fails: unanswered so far, or over after 15 minutes. */
export function tokenRefused(interaction: InteractionClock, now: number): Refusal | null {
  if (now - interaction.createdAt > TOKEN_MS) return refusal(Code.InvalidWebhookToken);
  return interaction.answered ? null : refusal(Code.UnknownWebhook);
}
