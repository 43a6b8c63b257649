// One more red of a task: its lines go back to the author, or, when it was the last, people are asked.
import type { Event, EventOf } from "../event.ts";
import type { Seen } from "../rule.ts";
import type { State, Work } from "../state.ts";
import { inOrder, notice } from "./letters.ts";
import { escalate } from "./outcomes.ts";

/** One more red: the lines go back, or, when it was the last, people are asked. */
export function redAgain(
  state: State,
  work: Work,
  lines: readonly string[],
  seen: Seen,
  evidence?: EventOf<"verification_evidence_collected">,
): Event[] {
  const attempts = seen.policy.maxRetries + 1;
  const attempt = work.reds + 1;
  const last = attempt >= attempts;
  const took =
    evidence?.result === "timeout"
      ? ` It did not end in time: ${evidence.why ?? ""}`.trimEnd()
      : "";
  const word = last
    ? "\nThis was the last attempt: a person has been asked. Wait for an answer."
    : "";
  const phase = {
    event: "verification_phase_changed",
    task: work.task,
    phase: "red",
    attempt,
  } as const;
  const repeat: Event[] =
    evidence === undefined && work.gated !== null && work.done !== null
      ? [repeated(work, seen)]
      : [];
  return inOrder(
    () => repeat,
    (n) => [
      notice(
        state,
        seen,
        n + (evidence === undefined ? 0 : 1),
        work.member,
        "gate",
        `Gate red for #${work.task} ${work.title} (attempt ${attempt} of ${attempts})${took}${word}\nThe last lines of \`${seen.policy.testCommand ?? ""}\`:\n\n${lines.join("\n")}`,
        work.task,
      ),
    ],
    (n) =>
      last
        ? escalate(
            state,
            work,
            seen,
            n + 1,
            "gate-red",
            `#${work.task} ${work.title} stayed red after ${attempts} attempts. What now?`,
            `red after ${attempts} attempts`,
          )
        : [],
    () => [phase],
  );
}

/** The same evidence counted once more. */
export function repeated(work: Work, seen: Seen): Event {
  const gated = work.gated as NonNullable<Work["gated"]>;
  return {
    event: "verification_evidence_collected",
    task: work.task,
    purpose: "done",
    commit: gated.commit,
    tree: gated.tree,
    result: gated.result,
    command: seen.policy.testCommand ?? "",
    counts: gated.counts,
    lines: [...gated.lines],
    reused: true,
    rerun: false,
    why: "the same head was declared done again",
    log: "",
    duration_ms: 0,
  };
}
