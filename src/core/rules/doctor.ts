// What `doctor --fix` mended while the bot ran, for the report.
import { events, nothing, type Rule } from "../rule.ts";

export const doctor: Rule = (_state, input) =>
  input.type === "intent" && input.intent.type === "note-mend"
    ? events({ event: "auto_doctor_action", what: input.intent.what, on: input.intent.on })
    : nothing;
