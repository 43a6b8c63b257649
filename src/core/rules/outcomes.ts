// What several rules conclude alike: evidence as an event, escalation, a landing told, a change sent back.
import { confidenceOf } from "../confidence.ts";
import type { Effect } from "../effect.ts";
import type { Event, EventOf } from "../event.ts";
import type { Input } from "../input.ts";
import type { Change } from "../ports.ts";
import type { Decision, Seen } from "../rule.ts";
import type { State, Work } from "../state.ts";
import { isFormerHead, proposalOf } from "../work.ts";
import { due, inOrder, leadOf, notice } from "./letters.ts";
import { raise } from "./raise.ts";

/** The journal's line for a gate's end; a gate that could not even run is infrastructure too. */
export function evidenceOf(
  effect: Extract<Effect, { type: "ensure.gate" }>,
  outcome: Extract<Input, { type: "settled" }>["outcome"],
): EventOf<"verification_evidence_collected"> | null {
  const { order, purpose, task, rerun } = effect;
  const base = {
    event: "verification_evidence_collected" as const,
    task,
    purpose,
    commit: order.commit,
    tree: order.tree,
    command: order.command,
    rerun,
  };
  if (!outcome.ok)
    return outcome.code === "timeout" || outcome.code === "spawner.gone"
      ? null
      : {
          ...base,
          result: "infra",
          counts: null,
          lines: [],
          reused: false,
          why: outcome.say,
          log: "",
          duration_ms: 0,
        };
  if (outcome.brought.of !== "ensure.gate") return null;
  const { run, reused } = outcome.brought;
  return {
    ...base,
    result: run.result,
    counts: run.counts,
    lines: [...run.lines],
    reused,
    why: run.why,
    log: run.log,
    duration_ms: run.durationMs,
  };
}

/** One escalation for people, one word to the lead; the task keeps owner and branch. */
export function escalate(
  state: State,
  work: Work,
  seen: Seen,
  n: number,
  kind: string,
  say: string,
  reason: string,
): Event[] {
  const lead = leadOf(seen, work.member);
  return inOrder(
    () => [
      raise(state, { task: work.task, member: work.member, kind }, say, ["retry"]),
      due(work.task, { blocked: true, blockReason: reason }, "batty"),
    ],
    (k) =>
      lead === null
        ? []
        : [
            notice(
              state,
              seen,
              n + k,
              lead,
              "escalation",
              `#${work.task} ${work.title}: ${reason}. It stays with ${work.member}; a person has been asked.`,
              work.task,
            ),
          ],
  );
}

export function createEffect(
  event: Extract<Event, { event: "task_requested" }>,
): Decision["effects"][number] {
  return {
    type: "ensure.create",
    lane: "board",
    key: event.key,
    task: {
      key: event.key,
      title: event.title,
      body: event.body,
      status: "todo",
      tags: event.tags,
      dependsOn: event.depends_on,
      ...(event.priority === null ? {} : { priority: event.priority }),
      ...(event.assignee === null ? {} : { assignee: event.assignee }),
    },
  };
}

/** Trouble of the gate is run again; a red goes back to its author with a new count. */
export function retried(state: State, work: Work, by: string, seen: Seen, n = 0): Event[] {
  const unblocked = due(
    work.task,
    { status: "in-progress", blocked: false, blockReason: null },
    by,
  );
  const again = work.done !== null && (work.troubles > 0 || work.gated?.result === "timeout");
  if (again)
    return [
      {
        event: "verification_phase_changed",
        task: work.task,
        phase: "retest",
        attempt: work.reds + 1,
      },
      unblocked,
    ];
  const lines = work.gated?.result === "red" ? work.gated.lines : [];
  const why =
    lines.length === 0
      ? `#${work.task} ${work.title}\n\n${by} lets you try again on ${work.branch}. Run \`batty done\` when it is finished.`
      : `Gate red for #${work.task} ${work.title} (${by} lets you try again)\nThe last lines of \`${seen.policy.testCommand ?? ""}\`:\n\n${lines.join("\n")}`;
  const retry: Event[] = [{ event: "task_retried", task: work.task, by }, unblocked];
  // It was never handed over: the assignment itself follows.
  if (work.done === null && !work.pulled) return retry;
  return [...retry, notice(state, seen, n + 2, work.member, "gate", why, work.task)];
}

export interface Landed {
  readonly commit: string;
  readonly tree: string;
  readonly base: string;
  /** The branch's head that landed [the one declared done last]. */
  readonly head?: string;
}

/** Everyone who waits for it is told: author, creator, and the board. */
export function merged(state: State, work: Work, landing: Landed, seen: Seen): Event[] {
  const { commit, tree, base } = landing;
  const head = landing.head ?? work.done?.commit;
  const goesOn = isFormerHead(work, head);
  const event = work.auto ? ("task_auto_merged" as const) : ("task_manual_merged" as const);
  const creator = seen.policy.members.some((m) => m.name === work.createdBy)
    ? work.createdBy
    : null;
  const readers = [...new Set([work.member, ...(creator === null ? [] : [creator])])];
  return inOrder(
    () => [
      ...(goesOn ? shownBefore(work) : []),
      { event, task: work.task, commit, tree, base, ...broughtBy(work, head) },
      ...(goesOn
        ? []
        : [due(work.task, { status: "done", blocked: false, blockReason: null }, "batty")]),
    ],
    ...readers.map((reader) => (n: number) => [
      notice(
        state,
        seen,
        n,
        reader,
        "landed",
        `#${work.task} ${work.title} landed on ${state.main?.branch ?? "trunk"} as ${commit.slice(0, 8)}.${goesOn ? ` That was ${head?.slice(0, 8)}; what came after it goes its own way.` : ""}`,
        work.task,
      ),
    ]),
  );
}

/** The head that landed and its commits, where they are known. */
function broughtBy(work: Work, head: string | undefined): { head?: string; commits?: number } {
  if (head === undefined) return {};
  const shown = work.proposals.findLast((card) => card.head === head);
  const commits = shown?.commits ?? (isFormerHead(work, head) ? undefined : work.commits);
  return { head, ...(commits === undefined ? {} : { commits }) };
}

/** A card of newer work shows what its older head has landed meanwhile: people are shown the rest. */
function shownBefore(work: Work): Event[] {
  const card = proposalOf(work);
  if (card === undefined || (card.state !== "open" && card.state !== "approved")) return [];
  const { task } = work;
  return [{ event: "approval_closed", task, head: card.head, why: "superseded", by: "batty" }];
}

export const backToAuthor = (work: Work): Event =>
  due(work.task, { status: "in-progress", claimedBy: work.member }, "batty");

/** A conflict is normal: back to the author with the files. */
export function conflicted(
  state: State,
  work: Work,
  paths: readonly string[],
  seen: Seen,
): Event[] {
  const trunk = state.main?.branch ?? "main";
  return inOrder(
    () => [
      { event: "merge_rejected", task: work.task, reason: "conflict", paths: [...paths] },
      backToAuthor(work),
    ],
    (n) => [
      notice(
        state,
        seen,
        n,
        work.member,
        "conflict",
        `#${work.task} ${work.title} conflicts with ${trunk} in:\n${paths.map((p) => `- ${p}`).join("\n")}\nOn your branch ${work.branch}, run \`git merge ${trunk}\`, resolve, commit, and run \`batty done\`.`,
        work.task,
      ),
    ],
  );
}

/** Whether what would land (null: the very tree that was shown) is what was shown: difference, files and risk flags. */
export function isAsShown(work: Work, change: Change | null, seen: Seen): boolean {
  const card = proposalOf(work);
  if (card === undefined || card.state !== "approved") return true;
  const { files, diff } = change ?? card;
  const counts = work.gated?.counts ?? null;
  const { risks } = confidenceOf(
    files,
    seen.policy.autoMerge.sensitivePaths,
    counts !== null && counts.passed > 0,
  );
  return diff === card.diff && risks.join() === card.risks.join();
}
