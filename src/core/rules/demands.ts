// What the team file's merge rules ask of a change: how many people, the number typed, or nobody. Where several rules
// meet a change, the one that asks more counts. Knows files and the policy, nothing of tasks.

import { matchesPath } from "../../lib/glob.ts";
import type { MergeRule, Policy } from "../policy.ts";
import type { ChangedFile } from "../ports.ts";

export interface Demands {
  readonly approvals: number;
  /** The approver types the task's number. */
  readonly confirm: boolean;
  /** The rules that ask for more than the rest of the policy, as people read them. */
  readonly rules: readonly string[];
  /** Whether rules let it land without a person, forbid that, or have no word on it. */
  readonly alone: "let" | "forbidden" | "unsaid";
}

export function demandsOf(files: readonly ChangedFile[], policy: Policy): Demands {
  const paths = files.flatMap((f) => (f.from === undefined ? [f.path] : [f.path, f.from]));
  const met = policy.mergeRules.filter((rule) => paths.some((path) => isAbout(rule, path)));
  const asking = met.filter((r) => r.approvals !== undefined || r.confirm !== undefined);
  const letting = met.filter((rule) => rule.auto === true);
  const forbidden = asking.length > 0 || met.some((rule) => rule.auto === false);
  const covered =
    paths.length > 0 && paths.every((path) => letting.some((rule) => isAbout(rule, path)));
  return {
    approvals: Math.max(policy.approvals, ...met.map((rule) => rule.approvals ?? 1)),
    confirm: met.some((rule) => rule.confirm !== undefined),
    rules: asking.map(say),
    alone: forbidden ? "forbidden" : covered ? "let" : "unsaid",
  };
}

const isAbout = (rule: MergeRule, path: string): boolean =>
  rule.paths.some((pattern) => matchesPath(pattern, path));

function say({ paths, approvals, confirm }: MergeRule): string {
  const asks = [
    ...(approvals === undefined ? [] : [approvals === 1 ? "1 approval" : `${approvals} approvals`]),
    ...(confirm === undefined ? [] : ["the task's number typed"]),
  ];
  return `${paths.join(", ")}: ${asks.join(" and ")}`;
}
