// A line of audit.jsonl from a line of the journal: the file can be deleted and made again.
import { rfc3339 } from "../lib/time.ts";
import type { Recorded } from "./event.ts";

/** Shape: interface §1, with the account, the refusal's code and the journal's `seq`. */
export interface AuditLine {
  readonly seq: number;
  readonly ts: string;
  readonly person: string;
  readonly via: string;
  readonly id: string | null;
  readonly verb: string;
  readonly args: string;
  readonly effect: "done" | "refused" | "held";
  readonly code: string | null;
  readonly message: string | null;
}

/** Null: nothing that somebody decided. */
export function auditLine({ seq, at, event }: Recorded): AuditLine | null {
  if (event.event !== "command_recorded") return null;
  const { person, via, id = null, verb, args, effect, code, message } = event;
  return { seq, ts: rfc3339(at), person, via, id, verb, args, effect, code, message };
}
