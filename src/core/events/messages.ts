// Messages: from their writing to their receipt.
import * as z from "zod";
import { id, member, on, task } from "./parts.ts";

/** A mail as the journal keeps it until it is taken: the Maildir file mirrors it. */
const mail = z.object({
  id,
  from: z.string(),
  to: member,
  body: z.string(),
  msg_type: z.string(),
  timestamp: z.number(),
  via: z.string().optional(),
  task: task.optional(),
  echo: z.string().optional(),
  now: z.boolean().optional(),
  unverified: z.boolean().optional(),
  file: id.optional(),
  anew: id.optional(),
});

export const messageEvents = [
  on("message_sent", { id, from: z.string(), to: member, mail, filed: z.boolean() }),
  on("message_to_human", {
    id,
    from: z.string(),
    to: z.string(),
    body: z.string(),
    reply_to: id.nullable(),
  }),
  on("message_refused", {
    ...{ id, from: z.string(), to: z.string(), code: z.string(), say: z.string() },
  }),
  on("message_typing", { id, member, pane: z.string(), epoch: z.number() }),
  on("message_typed", { id }),
  on("message_held", { id, why: z.string() }),
  on("message_entered", { id }),
  on("message_taken", { id, member }),
  on("message_answered", { id, member, text: z.string() }),
  on("message_withdrawn", { id, by: z.string() }),
  on("delivery_failed", { id, member, code: z.string(), say: z.string() }),
  on("mail_file_broken", { member, file: z.string(), why: z.string() }),
] as const;
