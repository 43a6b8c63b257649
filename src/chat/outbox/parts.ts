// What an outbox is made of: the chat, its disk, and whom to tell.
import type { Post } from "../../core/card.ts";
import type { ChatPort, Letter } from "../../core/chat-port.ts";
import type { Instant } from "../../core/words.ts";
import type { Ledger } from "./ledger.ts";
import type { Spool } from "./spool.ts";

export interface OutboxParts {
  readonly port: ChatPort;
  readonly spool: Spool;
  readonly ledger: Ledger;
  /** Takes secrets and mentions out, and what is too long to a file. */
  readonly prepare: (post: Post) => Promise<Post>;
  /** What follows from lines up to here was shown or filed by former lives. */
  readonly cursor: number;
  /** Journal lines up to here are of former lives: what follows from them may be there already. */
  readonly replayed: number;
  readonly save: (seq: number) => Promise<void>;
  readonly onLetter: (letter: Letter) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly now: () => Instant;
}
