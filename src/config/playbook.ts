// The form of a script agent's playbook: which keys it has and what they take. What its steps do is the agent's matter.
import * as z from "zod";
import { explain, type Objection } from "./explain.ts";
import { readYaml } from "./source.ts";
import { keys, list, oneOf, pattern, whole } from "./words.ts";

/** YAML reads `- say done: now` as a mapping; the agent takes it as the step it looks like. */
const step = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: "must be a step, such as say TEXT",
});

const schema = list(
  keys({
    on: oneOf("start", "message", "gate-red", "answer"),
    match: z
      .union([z.number(), pattern], { error: "must be a valid regular expression" })
      .optional(),
    do: z.union([z.string(), list(step)], { error: "must be a list of steps" }),
    times: whole().optional(),
  }),
);

/** What is wrong with a playbook, each with its line; empty when it is fine. */
export function playbookObjections(text: string): readonly Objection[] {
  const source = readYaml(text);
  if (source.broken.length > 0)
    return source.broken.map(({ line, say }) => ({
      line,
      key: "",
      say,
      hint: "Mend the YAML here.",
    }));
  const read = schema.safeParse(source.value ?? []);
  return read.success ? [] : explain(read.error.issues, schema, source);
}
