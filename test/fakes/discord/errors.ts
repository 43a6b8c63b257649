// What Discord answers when it refuses: status, code and words as documented ("Opcodes and Status
// Codes", JSON error codes). Knows nothing of who asks.

export interface RefusalBody {
  readonly code: number;
  readonly message: string;
  readonly errors?: unknown;
  readonly retry_after?: number;
  readonly global?: boolean;
}

/** Thrown by a route, answered by the server. */
export interface Refused extends Error {
  readonly refused: { readonly status: number; readonly body: RefusalBody };
}

export const isRefused = (thrown: unknown): thrown is Refused =>
  thrown instanceof Error && "refused" in thrown;

export function refusal(status: number, body: RefusalBody): Refused {
  return Object.assign(new Error(`${body.code} ${body.message}`), { refused: { status, body } });
}

const known = {
  unauthorized: [401, 0, "401: Unauthorized"],
  notFound: [404, 0, "404: Not Found"],
  unknownApplication: [404, 10002, "Unknown Application"],
  unknownChannel: [404, 10003, "Unknown Channel"],
  unknownGuild: [404, 10004, "Unknown Guild"],
  unknownMember: [404, 10007, "Unknown Member"],
  unknownMessage: [404, 10008, "Unknown Message"],
  unknownRole: [404, 10011, "Unknown Role"],
  unknownUser: [404, 10013, "Unknown User"],
  unknownEmoji: [400, 10014, "Unknown Emoji"],
  unknownWebhook: [404, 10015, "Unknown Webhook"],
  unknownInteraction: [404, 10062, "Unknown interaction"],
  unknownCommand: [404, 10063, "Unknown application command"],
  pinsFull: [400, 30003, "Maximum number of pins reached for the channel (250)"],
  reactionsFull: [400, 30010, "Maximum number of reactions reached (20)"],
  alreadyAnswered: [400, 40060, "Interaction has already been acknowledged."],
  threadExists: [400, 160004, "A thread has already been created for this message"],
  missingAccess: [403, 50001, "Missing Access"],
  notOurs: [403, 50005, "Cannot edit a message authored by another user"],
  empty: [400, 50006, "Cannot send an empty message"],
  cannotDm: [403, 50007, "Cannot send messages to this user"],
  wrongChannelType: [400, 50024, "Cannot execute action on this channel type"],
  missingPermissions: [403, 50013, "Missing Permissions"],
  badWebhookToken: [401, 50027, "Invalid Webhook Token"],
  archived: [400, 50083, "Thread is archived"],
} as const satisfies Record<string, readonly [number, number, string]>;

export type Known = keyof typeof known;

export function refuse(which: Known): never {
  const [status, code, message] = known[which];
  throw refusal(status, { code, message });
}

/** 50035 for one field: the nested shape that Discord answers. */
export function invalid(path: readonly string[], code: string, message: string): never {
  let errors: unknown = { _errors: [{ code, message }] };
  for (const name of [...path].reverse()) errors = { [name]: errors };
  throw refusal(400, { code: 50035, message: "Invalid Form Body", errors });
}
