// Who may do what: the one place where tiers are judged, for commands, buttons, reactions and plain text alike.
import type { Command } from "../core/command.ts";
import { type Caller, type Refusal, type Tier, tiers } from "../core/words.ts";

const atLeast = (has: Tier, needs: Tier): boolean => tiers.indexOf(has) >= tiers.indexOf(needs);

/** Null: allowed. */
export function authorize(
  by: Caller,
  needs: Pick<Command, "name" | "tier" | "team">,
): Refusal | null {
  if (by.tier === "team") {
    // Members see what viewers see, and have their own verbs.
    if (needs.team !== undefined || needs.tier === "viewer") return null;
    return {
      code: "access.denied",
      say: `\`${needs.name}\` is for people; ${by.name} is a member of the team.`,
    };
  }
  if (needs.team === "only")
    return {
      code: "access.denied",
      say: `\`${needs.name}\` is a member's own word, you are a person.`,
    };
  if (atLeast(by.tier, needs.tier)) return null;
  return {
    code: "access.denied",
    say: `\`${needs.name}\` needs a ${needs.tier}; ${by.name} is ${by.tier === "admin" || by.tier === "operator" || by.tier === "approver" ? "an" : "a"} ${by.tier}.`,
    hint: "An admin can change `access` in team.yaml.",
  };
}
