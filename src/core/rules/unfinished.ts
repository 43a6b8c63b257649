// A member that declares its task done and is refused again and again for the same reason: people are told, once.
import type { Event } from "../event.ts";
import { refusedOnceMore } from "../evolve/tasks.ts";
import type { Input } from "../input.ts";
import { limits } from "../policy.ts";
import type { State } from "../state.ts";
import type { Refusal } from "../words.ts";
import { currentWork } from "../work.ts";
import { raise } from "./raise.ts";

/** @param state before the refusal */
export function unfinished(
  state: State,
  { by, intent }: Extract<Input, { type: "intent" }>,
  { code, say }: Refusal,
): Event[] {
  if (intent.type !== "done") return [];
  const work = currentWork(state, by.name);
  if (work === undefined) return [];
  const { times } = refusedOnceMore(work, code);
  if (times !== limits.refusedAtMost) return [];
  const { name } = by;
  const text = [
    `#${work.task} ${work.title} is not finished, though ${name} says so: \`done\` was refused ${times} times for the same reason.`,
    say,
    `Nothing of it was tested or shown. Send it a word (\`batty send ${name} …\`), look with \`batty attach ${name}\`, or cancel the task.`,
  ];
  const cause = { member: name, task: null, kind: "unfinished", detail: `${work.task}` };
  return [raise(state, cause, text.join("\n"), [])];
}
