// Who decided on a card, where and when: the same words on cards and in refusals.
import { rfc3339 } from "../../lib/time.ts";
import type { Approval, Proposal } from "../state.ts";
import type { Instant } from "../words.ts";

/** `09:41 UTC` */
export const clock = (at: Instant): string => `${rfc3339(at).slice(11, 16)} UTC`;

const named = ({ person, via }: Pick<Approval, "person" | "via">): string => `${person} (${via})`;

/** ` by ada (local) at 09:41 UTC`, all approvers of an approved one; empty: nobody has. */
export function decidedBy(card: Proposal): string {
  if (card.decidedBy === null) return "";
  const last = { person: card.decidedBy, via: card.decidedVia ?? "local" };
  const stands = card.state === "approved" || card.state === "landed";
  const people = stands && card.approvals.length > 0 ? card.approvals : [last];
  const when = card.decidedAt === null ? "" : ` at ${clock(card.decidedAt)}`;
  return ` by ${people.map(named).join(" and ")}${when}`;
}

/** `1 of 2: ada` */
export function countOf({ approvals, asks }: Proposal): string {
  const names = approvals.map((a) => a.person).join(", ");
  return `${approvals.length} of ${asks.approvals}${names === "" ? "" : `: ${names}`}`;
}
