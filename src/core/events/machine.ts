// The bot, its team and the machine they run on; what people ordered, and who only pretended to.
import * as z from "zod";
import { lines, member, on } from "./parts.ts";

export const machineEvents = [
  // the bot and its team
  on("daemon_started", { pid: z.number(), version: z.string() }),
  on("daemon_stopped", { reason: z.string() }),
  on("daemon_heartbeat", { uptime_ms: z.number() }),
  on("team_started", { by: z.string(), resume: z.boolean() }),
  on("team_stopped", { by: z.string() }),
  on("team_paused", { by: z.string(), member: member.nullable() }),
  on("team_resumed", { by: z.string(), member: member.nullable() }),
  /** Each problem as it is printed, with file, line and mend. */
  on("team_config_rejected", { problems: lines }),
  /** `now`: keys that are in force; `later`: what waits, and for what. */
  on("team_config_loaded", { mended: z.boolean(), now: lines, later: lines }),

  // the counter
  on("command_recorded", {
    person: z.string(),
    via: z.string(),
    /** The account, as its platform knows it. */
    id: z.string().optional(),
    verb: z.string(),
    args: z.string(),
    effect: z.enum(["done", "refused", "held"]),
    code: z.string().nullable(),
    /** The chat message it was said in or pressed on. */
    message: z.string().nullable(),
  }),
  on("forgery_detected", {
    /** Null: nobody knows who. */
    member: member.nullable(),
    kind: z.string(),
    subject: z.string(),
    detail: z.string(),
  }),
  // the machine
  on("loop_stalled", { ms: z.number(), what: z.string(), times: z.number() }),
  on("disk_level_changed", {
    level: z.enum(["ok", "low", "critical"]),
    path: z.string(),
    free: z.number(),
  }),
  /** A mend of `doctor --fix` while the bot ran. */
  on("auto_doctor_action", { what: z.string(), on: z.string() }),
  on("disk_hygiene_cleanup", { files: z.number(), bytes: z.number() }),
] as const;
