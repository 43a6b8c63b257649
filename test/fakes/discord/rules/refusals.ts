// What the loopback Discord says no with: Discord's codes, each with the status and the sentence that
// public reports show. Nobody may match on the sentences. No network, no product.
import type { RESTError } from "discord-api-types/v10";
import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";

export interface Refusal {
  readonly status: number;
  readonly body: RESTError;
}

const SAID = {
  [Code.UnknownApplication]: [404, "Unknown Application"],
  [Code.UnknownChannel]: [404, "Unknown Channel"],
  [Code.UnknownGuild]: [404, "Unknown Guild"],
  [Code.UnknownMember]: [404, "Unknown Member"],
  [Code.UnknownMessage]: [404, "Unknown Message"],
  [Code.UnknownUser]: [404, "Unknown User"],
  [Code.UnknownEmoji]: [400, "Unknown Emoji"],
  [Code.UnknownWebhook]: [404, "Unknown Webhook"],
  [Code.UnknownInteraction]: [404, "Unknown interaction"],
  [Code.UnknownApplicationCommand]: [404, "Unknown application command"],
  // 50 until the summer of 2025.
  [Code.MaximumNumberOfPinsReachedForTheChannel]: [400, "Maximum number of pins reached (250)"],
  [Code.MaximumNumberOfReactionsReached]: [400, "Maximum number of reactions reached (20)"],
  [Code.MaximumNumberOfAttachmentsInAMessageReached]: [
    400,
    "Maximum number of attachments in a message reached (10)",
  ],
  [Code.MaximumNumberOfApplicationCommandsReached]: [
    400,
    "Maximum number of application commands reached (100)",
  ],
  [Code.MaximumThreadParticipantsReached]: [
    400,
    "Maximum number of thread participants reached (1000)",
  ],
  [Code.MaximumDailyApplicationCommandCreatesReached]: [
    400,
    "Max number of daily application command creates has been reached (200)",
  ],
  [Code.RequestEntityTooLarge]: [413, "Request entity too large"],
  [Code.InteractionHasAlreadyBeenAcknowledged]: [400, "Interaction has already been acknowledged."],
  [Code.MissingAccess]: [403, "Missing Access"],
  [Code.CannotEditMessageAuthoredByAnotherUser]: [
    403,
    "Cannot edit a message authored by another user",
  ],
  [Code.CannotSendAnEmptyMessage]: [400, "Cannot send an empty message"],
  [Code.CannotSendMessagesToThisUser]: [403, "Cannot send messages to this user"],
  [Code.MissingPermissions]: [403, "Missing Permissions"],
  [Code.CannotExecuteActionOnThisChannelType]: [400, "Cannot execute action on this channel type"],
  [Code.CannotExecuteActionOnSystemMessage]: [403, "Cannot execute action on a system message"],
  [Code.InvalidWebhookToken]: [401, "Invalid Webhook Token"],
  [Code.InvalidActionOnArchivedThread]: [400, "Thread is archived"],
  [Code.CannotReplyWithoutPermissionToReadMessageHistory]: [
    400,
    "Cannot reply without permission to read message history",
  ],
  [Code.ThreadAlreadyCreatedForMessage]: [
    400,
    "A thread has already been created for this message",
  ],
  [Code.ThreadLocked]: [400, "Thread is locked"],
  [Code.MaximumActiveThreads]: [400, "Maximum number of active threads reached"],
} as const;

export type KnownCode = keyof typeof SAID;

export function refusal(code: KnownCode): Refusal {
  const [status, message] = SAID[code];
  return { status, body: { message, code } };
}
