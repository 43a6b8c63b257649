// Messages and cards as the bot sends them, for tests of what people see of them.

import type { Incoming } from "../../../../src/chat/local/terminal/view.ts";
import type { Card } from "../../../../src/core/card.ts";

export const mergeCard: Card = {
  kind: "merge",
  subject: { task: 12, head: "3f2a9c1e".repeat(5), member: "eng-1-1" },
  title: "#12 Add JWT auth",
  tone: "warn",
  lines: ["by eng-1-1: tokens are signed and checked on every route but /health"],
  fields: [
    { name: "branch", value: "eng-1-1/12" },
    { name: "commits", value: "2 (3f2a9c1e)" },
    { name: "files", value: "4 (+120 −7)" },
    { name: "gate", value: "green, 31 passed" },
    { name: "confidence", value: "0.74 · touches auth · no test deleted · small change" },
    { name: "risk", value: "auth" },
  ],
  actions: [
    { id: "m12.1.approve", verb: "approve", label: "✅ Approve", style: "primary", asks: null },
    { id: "m12.1.reject", verb: "reject", label: "Reject", style: "danger", asks: null },
    { id: "m12.1.back", verb: "back", label: "Send back", style: "plain", asks: "text" },
    { id: "m12.1.diff", verb: "diff", label: "Diff", style: "plain", asks: null },
  ],
  image: null,
  state: "open",
  footer: "✅ approves",
};

export const landed: Card = {
  ...mergeCard,
  tone: "good",
  actions: mergeCard.actions.slice(3),
  state: "done",
  footer: "Landed as 77aa01bc, approved by ada (local)",
};

export const question: Card = {
  ...mergeCard,
  kind: "question",
  subject: { member: "eng-1-1", task: 12 },
  title: "eng-1-1 asks (#12)",
  lines: ["Which algorithm?"],
  fields: [],
  actions: [
    { id: "q3.answer.0", verb: "answer", label: "HS256", style: "primary", asks: null },
    { id: "q3.answer.1", verb: "answer", label: "RS256", style: "plain", asks: null },
    { id: "q3.answer", verb: "answer", label: "Answer…", style: "plain", asks: "text" },
  ],
  footer: "#3 · reply or press. Without an answer: HS256",
};

/** Ten past nine where the test runs. */
export const at = new Date(2026, 10, 28, 9, 10).toISOString();

export const message = (more: Incoming = {}): Incoming => ({
  event: "message",
  id: "m1",
  room: "commands",
  thread: null,
  from: "batty",
  text: "hello",
  card: null,
  loud: false,
  mentions: [],
  files: [],
  ts: at,
  ...more,
});
