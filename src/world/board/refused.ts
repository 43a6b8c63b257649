// What the board says no to. A refusal is an answer to the asker, not a fault of the world: nothing was
// written and trying again gives the same, so it is deliberately no Failure and is never retried.

export const refusalCodes = [
  "board.blank-title",
  "board.claimed",
  "board.cycle",
  "board.self-dependency",
  "board.unknown-dependency",
  "board.unknown-priority",
  "board.unknown-status",
  "board.unknown-task",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** A change the board does not take. `message` says what and why, `hint` what would be taken. */
export class BoardRefused extends Error {
  readonly code: RefusalCode;
  readonly hint: string | undefined;
  constructor(code: RefusalCode, message: string, hint?: string) {
    super(message);
    this.name = "BoardRefused";
    this.code = code;
    this.hint = hint;
  }
}
