// How the rules write: mails with ids that follow from the journal alone, and wishes to the board.

import type { Event, EventOf } from "../event.ts";
import { memberOf } from "../policy.ts";
import type { Mail, TaskPatch } from "../ports.ts";
import type { Seen } from "../rule.ts";
import type { State } from "../state.ts";
import type { MemberName, MessageId, TaskId } from "../words.ts";

/** Message id number `n` of this decision: unique, since every event moves `seq`. */
export function messageId(state: State, seen: Seen, n: number): MessageId {
  return `${seen.now}.${String((state.seq + n) % 1_000_000).padStart(6, "0")}.0`;
}

/** A mail as an event, its body cleaned; `n` counts the events of this decision so far. */
export function letter(
  state: State,
  seen: Seen,
  n: number,
  mail: Omit<Mail, "id" | "timestamp">,
): EventOf<"message_sent"> {
  const id = messageId(state, seen, n);
  const body = clean(mail.body);
  const whole: Mail = { ...mail, id, body, timestamp: Math.floor(seen.now / 1000) };
  return { event: "message_sent", id, from: mail.from, to: mail.to, mail: whole, filed: false };
}

/** The bot's own mail. */
export function notice(
  state: State,
  seen: Seen,
  n: number,
  to: MemberName,
  kind: string,
  body: string,
  task?: TaskId,
): Event {
  const about = task === undefined ? {} : { task };
  return letter(state, seen, n, { from: "batty", to, body, msg_type: kind, ...about });
}

export function due(task: TaskId, patch: TaskPatch, by: string): Event {
  return { event: "board_due", task, patch: { ...patch }, by };
}

/** The lead who hears of a member's trouble; null: only people. */
export const leadOf = (seen: Seen, member: MemberName): MemberName | null =>
  memberOf(seen.policy, member)?.reportsTo ?? null;

/** Runs writers one after the other, each told how many events came before it. */
export function inOrder(...writers: readonly ((n: number) => readonly Event[])[]): Event[] {
  const list: Event[] = [];
  for (const write of writers) list.push(...write(list.length));
  return list;
}

/** C0 but tab and newline, and DEL, go; nothing else is changed. A bracketed paste can't be left early. */
export function clean(text: string): string {
  let out = "";
  for (const ch of text) {
    const code = ch.codePointAt(0) ?? 0;
    if (code === 9 || code === 10 || (code >= 32 && code !== 127)) out += ch;
  }
  return out;
}
