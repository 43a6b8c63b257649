// What a day's people and world do so that a line of the printed table comes about: days are steered to what has not
// come often enough. Only likelier, never sure: what came is counted in journals.
import { type Act, acts } from "./random-acts.ts";

/** Acts after which this line is likelier; none known: chance alone. */
export function actsTowards(what: string): readonly Act[] {
  const act = acts.find((each) => what === `act: ${each}`);
  if (act !== undefined) return [act];
  return towards.flatMap(([pattern, list]) => (pattern.test(what) ? list : []));
}

const towards: readonly (readonly [RegExp, readonly Act[]])[] = [
  [/escalation: |event: question_asked/, ["rest a question"]],
  [/escalation: open → resolved/, ["close a question"]],
  [/escalation_repeated|board_file_broken/, ["trouble of one file again"]],
  [/task: queued → |card: approved → (open|superseded)/, ["change of mind in a pause"]],
  [
    /card: approved → landed|task_manual_merged/,
    ["approve", "approve", "new task", "bob approves"],
  ],
  [/card: open → (back|superseded)|task: asking → /, ["decide twice"]],
  [/card: open → rejected|task_retried/, ["decide twice"]],
  [/task: (returned → cancelled|blocked → cancelled)/, ["decide twice"]],
  [/task: returned → verifying/, ["decide twice"]],
  [/task: verifying → cancelled/, ["something at the gate"]],
  [/task: reviewing → /, ["something in review"]],
  [/task: (asking|queued) → verifying/, ["more while it waits"]],
  [/task: starting → (verifying|cancelled)/, ["something at the start"]],
  [/task: cancelled → starting/, ["cancelled and wanted again"]],
  [/task: returned → blocked/, ["last red after trouble"]],
  [/member_seen/, ["word of an end is lost"]],
  [/seat: waiting → (absent|working)/, ["dialog in the pane"]],
  [/task: asking → reviewing|→ expired/, ["expired card", "expired card", "new task"]],
  [/task: (verifying → returned|blocked → verifying)/, ["red after trouble"]],
  [/task: blocked → returned/, ["decide twice"]],
  [/task: working → cancelled/, ["cancel what goes on", "new task"]],
  [/task: starting → blocked|task_start_failed/, ["start that fails"]],
  [/message: taken → failed/, ["late word"]],
  [/message: (failed → taken|typed → failed)/, ["receipt after the end"]],
  [/message: queued → withdrawn/, ["take back a message"]],
  [/message: typed → failed|ensure\.clear/, ["swallow an Enter"]],
  [/event: message_held|message: typing → queued/, ["leave a draft", "send", "scroll"]],
  [/event: message_refused|forgery/, ["forged mail", "forged signal"]],
  [/mail_file_broken/, ["broken mail file"]],
  [/main_broken|task: queued → reviewing/, ["main breaks before a landing"]],
  [/merge_held/, ["open edits", "approve", "begin a merge", "new task"]],
  [/merge_rejected/, ["main conflicts with a card", "change of mind in a pause"]],
  [/ensure\.(mend|attach)/, ["worktree is deleted", "HEAD on no branch", "new task"]],
  [/ensure\.gone/, ["stop team", "start team"]],
  [/parked|seat: absent → /, ["cannot start", "end at the start"]],
  [/seat: new → absent|spawn_failed/, ["launches fail", "agent dies", "cannot start"]],
  [/seat: starting → absent/, ["end at the start"]],
  [/team_stopped/, ["stop team", "start team"]],
  [/team_config_rejected/, ["team file breaks", "team file is mended"]],
  [/loop_stalled/, ["loop stalls"]],
  [/disk_/, ["disk is low", "disk has space", "disk is full", "disk has space"]],
  [/member_interrupted/, ["send", "interrupt", "interrupt"]],
  [/member_stalled|member_recovered/, ["member stands still"]],
  [/probe\.remains|state_reconciliation/, ["edit done by hand", "kill"]],
  [/post_given_up|post_sent_again/, ["chat refuses a post", "send again"]],
  [/quiet_/, ["quiet by hand", "quiet is over"]],
  [/agent_usage|context_pressure/, ["conversation grows"]],
  [/member_(rested|roused)/, ["plan is used up", "provider fails", "agent logs out"]],
  [/permission|seat: .*waiting/, ["agent asks for permission", "permission is answered", "send"]],
  [/task_request_refused/, ["task the board refuses"]],
];
