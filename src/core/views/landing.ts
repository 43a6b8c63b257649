// The message of a commit that lands: one first-parent commit a landing, with trailers that tools can read.
import type { Proposal, Work } from "../state.ts";

/** Stands for the candidate's tree, which is known only when it is built. */
export const treeHole = "{tree}";

export function landingMessage(work: Work, card: Proposal | undefined): string {
  const trailers = [
    `Batty-Task: ${work.task}`,
    `Batty-Branch-Head: ${work.done?.commit ?? ""}`,
    `Batty-Gate-Tree: ${treeHole}`,
  ];
  // A card that was sent back or rejected before is no approval of this.
  const approvals = card?.state === "approved" ? card.approvals : [];
  for (const { person, via } of approvals) trailers.push(`Approved-by: ${person} (${via})`);
  return `Merge #${work.task}: ${work.title}\n\n${trailers.join("\n")}\n`;
}
