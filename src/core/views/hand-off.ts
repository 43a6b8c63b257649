// What an agent is told when its context is nearly full: to leave notes for the session after it, and in that session where
// to go on. Words only; when and how often is decided elsewhere.
import { isOpen, type State, type Work } from "../state.ts";
import type { MemberName } from "../words.ts";
import { currentWork } from "../work.ts";

/** The order to leave the notes: as words, since writing a file may need a person's permission. */
export function leaveNotes(state: State, member: MemberName): string {
  return `${about(currentWork(state, member))}Your context is nearly full. A new session of you goes on from here, and it knows nothing of this one but what you
answer now. Answer with your notes, at most 80 lines, under these headings:

## Done
What works now, by commit or file. Which tests you ran last, and how they ended.

## Decisions
What was decided, by whom and why. What you tried that did not work, so that it is not tried again.

## Next step
The very next thing to do, exact enough to begin with it.

## Open questions
What you do not know. What you asked, whom, and whether the answer is there.

## Files
The paths that matter and the commands that you need, a few words each.

Write what you know from this session, no guesses, no keys or passwords. Leave your changes as they are, committed or not. Write
no file, do not run \`batty done\`, and end your turn with these notes: the new session begins then.`;
}

/** The first message of the new session after a full one. @param left its notes; null: none were left */
export function goOn(state: State, member: MemberName, left: string | null): string {
  const notes =
    left === null
      ? "It left no notes: what you find is all there is."
      : "Its notes stand at the end. They are your own; where they and what you find differ, what you find is right.";
  const why = `since the context of your last session was nearly full. ${notes}`;
  return [
    whereItStands(state, member, why),
    ...(left === null ? [] : [`Your notes:\n\n${left}`]),
  ].join("\n\n");
}

/** The same where the last session can't be gone on with. */
export const beginAgain = (state: State, member: MemberName): string =>
  whereItStands(
    state,
    member,
    "and your last session is gone: you know nothing of it. What you find is all there is.",
  );

function whereItStands(state: State, member: MemberName, why: string): string {
  const work = currentWork(state, member);
  return [
    `${about(work)}You were started anew, ${why}`,
    work === undefined
      ? "You hold no task. See `batty board` and `batty inbox`, then go on with the next step."
      : `Then \`batty task show ${work.task}\`, \`git status\` and \`git log --oneline ${work.base.slice(0, 12)}..\`: all work is as you left it on ${work.branch}, uncommitted changes too. Go on with the next step; do not begin anew. Run \`batty done\` when it is finished.`,
    ...asked(state, member),
    ...lastRed(work),
  ].join("\n\n");
}

const about = (work: Work | undefined): string =>
  work === undefined ? "" : `#${work.task} ${work.title}\n\n`;

/** Asked twice, a question rings at a person twice. */
function asked(state: State, member: MemberName): string[] {
  const open = [...state.escalations.values()].filter(
    (e) => e.kind === "question" && e.member === member && isOpen(e),
  );
  if (open.length === 0) return [];
  const lines = open.map((e) => `- ${e.question.split("\n").join("\n  ")}`);
  return [
    `You have asked people this; the answer comes as a message, do not ask again:\n${lines.join("\n")}`,
  ];
}

function lastRed(work: Work | undefined): string[] {
  const gated = work?.gated ?? null;
  if (gated === null || gated.result === "green") return [];
  return [
    `The tests were red at ${gated.commit.slice(0, 12)}. The last lines:\n\n${gated.lines.join("\n")}`,
  ];
}
