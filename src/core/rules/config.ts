// What was found in the team file is told once: what is wrong with it, that it is mended, what a change is about.
import { type Decision, events, nothing, type Rule, refuse } from "../rule.ts";
import type { State } from "../state.ts";

export const config: Rule = (state, input) => {
  if (input.type !== "intent") return nothing;
  const { by, intent } = input;
  if (intent.type === "start-team") return mayStart(state);
  if (intent.type !== "tell-config" || by.via !== "bot") return nothing;
  const { rejected, now, later } = intent.reading;
  const before = state.rejectedConfig;
  if (rejected !== null)
    return rejected.join("\n") === before.join("\n")
      ? nothing
      : events({ event: "team_config_rejected", problems: [...rejected] });
  const mended = before.length > 0;
  return mended || now.length + later.length > 0
    ? events({ event: "team_config_loaded", mended, now: [...now], later: [...later] })
    : nothing;
};

/** Agents that run go on under the last good file; a team that stands still waits until its file is mended. */
function mayStart({ team, rejectedConfig }: State): Decision {
  if (team === "running" || rejectedConfig.length === 0) return nothing;
  return refuse(
    "config.invalid",
    `The team file is not valid. ${rejectedConfig.join("\n")}`,
    "Mend it; it is read again by itself.",
  );
}
