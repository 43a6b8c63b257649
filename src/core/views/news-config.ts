// What chats are told of the team file: what is wrong and how to mend it, that it is mended, what changed.
import type { Event } from "../event.ts";
import { alertCard } from "./cards.ts";
import { post, type Shown, withCard } from "./post.ts";

const mostShown = 10;

export function configNews(event: Event, key: string): readonly Shown[] {
  switch (event.event) {
    case "team_config_rejected": {
      const { problems } = event;
      const more = problems.length - mostShown;
      const lines = [
        ...problems.slice(0, mostShown),
        ...(more > 0 ? [`… and ${more} more: \`batty validate\` shows them all.`] : []),
        "Nothing has changed for the team. The file is read again when it is saved.",
      ];
      const title = "team.yaml is not valid; the last good one stays in force";
      return [withCard(key, "alerts", alertCard(title, lines, "bad"), true)];
    }
    case "team_config_loaded": {
      const text = loadedText(event);
      return [
        post(key, "events", text),
        ...decidersNews(event.now, key),
        ...(event.mended
          ? [post(`${key}:mended`, "alerts", "team.yaml is valid again and in force.")]
          : []),
      ];
    }
    default:
      return [];
  }
}

/** Keys that say who decides, and what needs no decision. */
const deciders =
  /^(access|people|chat|workflow_policy\.(auto_merge|merge|verification|test_command|setup)|roles)\b/;
/** Keys that say what agents run unasked, and with whose secrets. */
const doers = /^(agents|workflow_policy\.(permissions|env_pass))\b/;

/** Whoever can write files here can write this one, an agent too: people must hear of it at once. */
function decidersNews(now: readonly string[], key: string): readonly Shown[] {
  const changed = now.filter((one) => deciders.test(one) || doers.test(one));
  if (changed.length === 0) return [];
  const lines = [
    `In force now: ${changed.join(", ")}.`,
    "If none of you changed that, look at .batty/team_config/team.yaml before you approve anything.",
  ];
  const title = changed.some((one) => deciders.test(one))
    ? "team.yaml changes who decides what lands"
    : "team.yaml changes what agents may do unasked";
  return [withCard(`${key}:deciders`, "alerts", alertCard(title, lines, "warn"), true)];
}

export function loadedText({
  now,
  later,
}: {
  readonly now: readonly string[];
  readonly later: readonly string[];
}): string {
  return [
    now.length + later.length === 0 ? "team.yaml was read; nothing in it is new." : "",
    now.length > 0 ? `team.yaml: in force now: ${now.join(", ")}.` : "",
    ...later.map((one) => `team.yaml: ${one}.`),
  ]
    .filter((line) => line !== "")
    .join("\n");
}
