// Receipts as reactions on a person's own message; docs/discord.md has the same table. None is the ✅ or ❌ of approvals.
import type { Receipt } from "../../../core/words.ts";

export const receiptEmoji: Readonly<Record<Receipt, string>> = {
  queued: "📥",
  typed: "⌨️",
  taken: "👀",
  answered: "💬",
  failed: "⚠️",
  withdrawn: "↩️",
};
