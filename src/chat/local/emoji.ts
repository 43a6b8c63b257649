// Receipts as emoji on a person's own message. None of them is the ✅ or ❌ of approvals.
import type { Receipt } from "../../core/words.ts";

export const receiptEmoji: Readonly<Record<Receipt, string>> = {
  queued: "📥",
  typed: "⌨️",
  taken: "👀",
  answered: "💬",
  failed: "⚠️",
  withdrawn: "↩️",
};
