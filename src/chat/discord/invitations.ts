// ✅ and ❌ on open merge cards when somebody took ours off with the others: they are put there again, in measure. Knows no
// reaction of a person.
import type { Instant, Millis } from "../../core/words.ts";
import { keepLast } from "../../lib/kept.ts";
import type { Home } from "./home.ts";
import { pause } from "./session.ts";

export interface Invitations {
  /** On the card of this key, if it is still open when it is its turn. */
  again(key: string): Promise<void>;
}

export interface InvitationParts {
  readonly home: Pick<Home, "settled">;
  readonly ending: AbortSignal;
  /** Keys of open merge cards. */
  openApprovals(): readonly string[];
  idOf(key: string): string | null;
  now(): Instant;
}

/** Of one card: whoever takes them off again and again, a bot among them, is not raced. */
const every: Millis = 3_000;
/** Cards whose last time is remembered. */
const most = 500;

export function createInvitations(parts: InvitationParts): Invitations {
  const { home, ending, now } = parts;
  const last = keepLast<string, Instant>(most);
  const waiting = new Set<string>();

  return {
    async again(key) {
      if (waiting.has(key)) return;
      waiting.add(key);
      const since = now() - (last.get(key) ?? -every);
      await pause(Math.min(every, Math.max(0, every - since)), ending);
      waiting.delete(key);
      const id = parts.idOf(key);
      if (ending.aborted || id === null) return;
      last.keep(key, now());
      home.settled()?.port.invite(id, () => parts.openApprovals().includes(key));
    },
  };
}
