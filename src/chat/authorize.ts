// Who may do what: the one place where tiers are judged, for commands, buttons, reactions, plain text and completion alike.
import type { Command } from "../core/command.ts";
import { type Caller, type Refusal, type Tier, tiers } from "../core/words.ts";

/** What anybody must be let in for at all. */
export const entering = { name: "batty", tier: "viewer" } as const;

const atLeast = (has: Tier, needs: Tier): boolean => tiers.indexOf(has) >= tiers.indexOf(needs);
const a = (tier: Tier): string => `${tier === "viewer" ? "a" : "an"} ${tier}`;

/** Null: allowed. */
export function authorize(
  by: Caller,
  needs: Pick<Command, "name" | "tier" | "team">,
): Refusal | null {
  const denied = (say: string, hint?: string): Refusal => ({
    code: "access.denied",
    say,
    ...(hint === undefined ? {} : { hint }),
  });
  const change = "An admin can change `access` in team.yaml.";
  if (by.tier === "none") return denied("This bot does not know you.", change);
  if (by.tier === "team") {
    // Members see what viewers see, and have their own verbs.
    if (needs.team !== undefined || needs.tier === "viewer") return null;
    return denied(`\`${needs.name}\` is for people; ${by.name} is a member of the team.`);
  }
  if (needs.team === "only")
    return denied(`\`${needs.name}\` is a member's own word, you are a person.`);
  if (atLeast(by.tier, needs.tier)) return null;
  return denied(`\`${needs.name}\` needs ${a(needs.tier)}; ${by.name} is ${a(by.tier)}.`, change);
}
