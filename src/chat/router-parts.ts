// What the way from words to commands is made of.
import type { Command, Counter } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Asked, Intent } from "../core/input.ts";
import type { Policy } from "../core/policy.ts";
import type { State } from "../core/state.ts";
import type { Caller, Refusal } from "../core/words.ts";

/** Everything a command may ask for but who calls and where from. */
export type CounterParts = Omit<Counter, "by" | "surface" | "echo" | "signal" | "intend">;

export interface RouterParts {
  readonly commands: readonly Command[];
  readonly policy: () => Policy;
  readonly state: () => State;
  readonly counter: () => CounterParts;
  /** Takes secrets out of what stands in the audit [as it is]. */
  readonly redact?: (text: string) => string;
  /** The key of the post that a chat shows under this id. */
  readonly keyOf?: (message: string) => string | null;
  intend(
    by: Caller,
    intent: Intent,
    asked?: Asked,
  ): Promise<{ ok: true; recorded: readonly Recorded[] } | { ok: false; refusal: Refusal }>;
}
