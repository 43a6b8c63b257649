// How a route refuses: by a name, or with what the rules found wrong. What Discord answers to each is in
// rules/refusals.ts. Knows nothing of who asks.
import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import { type KnownCode, type Refusal, refusal } from "./rules/refusals.ts";

/** Thrown by a route, answered by the server. */
export interface Refused extends Error {
  readonly refused: Refusal;
}

export const isRefused = (thrown: unknown): thrown is Refused =>
  thrown instanceof Error && "refused" in thrown;

const CODES = {
  unknownApplication: Code.UnknownApplication,
  unknownChannel: Code.UnknownChannel,
  unknownGuild: Code.UnknownGuild,
  unknownMember: Code.UnknownMember,
  unknownMessage: Code.UnknownMessage,
  unknownUser: Code.UnknownUser,
  unknownEmoji: Code.UnknownEmoji,
  unknownWebhook: Code.UnknownWebhook,
  unknownInteraction: Code.UnknownInteraction,
  unknownCommand: Code.UnknownApplicationCommand,
  threadExists: Code.ThreadAlreadyCreatedForMessage,
  missingAccess: Code.MissingAccess,
  notOurs: Code.CannotEditMessageAuthoredByAnotherUser,
  cannotDm: Code.CannotSendMessagesToThisUser,
  wrongChannelType: Code.CannotExecuteActionOnThisChannelType,
  badWebhookToken: Code.InvalidWebhookToken,
  systemMessage: Code.CannotExecuteActionOnSystemMessage,
} as const satisfies Record<string, KnownCode>;

/** The two without a code of their own, by their status. */
const PLAIN = {
  unauthorized: { status: 401, body: { message: "401: Unauthorized", code: Code.GeneralError } },
  notFound: { status: 404, body: { message: "404: Not Found", code: Code.GeneralError } },
} as const satisfies Record<string, Refusal>;

export function refuse(which: keyof typeof CODES | keyof typeof PLAIN): never {
  throw refused(which in PLAIN ? PLAIN[which as keyof typeof PLAIN] : known(which));
}

const known = (which: string): Refusal => refusal(CODES[which as keyof typeof CODES]);

const refused = (why: Refusal): Refused =>
  Object.assign(new Error(`${why.body.code} ${why.body.message}`), { refused: why });

/** Refuses if a rule found something; goes on if it found nothing. */
export function hold(found: Refusal | null): void {
  if (found !== null) throw refused(found);
}
