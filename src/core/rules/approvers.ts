// Who counts as whom among a card's approvers. Rules count people, not accounts.

import type { Policy } from "../policy.ts";
import type { Approval, Proposal } from "../state.ts";

type Who = Pick<Approval, "person" | "via">;

/** `chat --as` is the OS user by another name, unless the team file lets it count. */
const counted = ({ person, via }: Who, policy: Policy): string =>
  via === "local-as" && !policy.localAs ? policy.owner : person;

/** The approval this person has given already. */
export function givenBefore(card: Proposal, by: Who, policy: Policy): Approval | undefined {
  return card.approvals.find((a) => counted(a, policy) === counted(by, policy));
}
