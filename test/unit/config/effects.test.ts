// No key is silent: it has an effect, or it says that it has none.
import { expect, it } from "vitest";
import { warningsOf } from "../../../src/config/ignored.ts";
import { teamJsonSchema } from "../../../src/config/json-schema.ts";
import { readYaml } from "../../../src/config/source.ts";

interface Form {
  readonly properties?: Readonly<Record<string, Form>>;
  readonly items?: Form;
  readonly additionalProperties?: Form | boolean;
  readonly anyOf?: readonly Form[];
}

/** Those that something acts on, or that are refused where they cannot be kept. */
const inForce = [
  /^(name|trunk_branch|agent|people|access|escalation)\b/,
  /^roles\.(name|role_type|agent|prompt|instances|instance_overrides|talks_to|channel|barrier_group|use_worktrees|model)\b/,
  /^roles\.channel_config\.(target|allowed_user_ids|(events|commands|board)_channel_id)$/,
  /^board\.(auto_dispatch|dispatch_excluded_tags)$/,
  /^workflow_policy\.(setup|env_pass|test_command|clean_room_mode|barrier_groups|permissions)\b/,
  /^workflow_policy\.verification\.(test_command|max_retries|max_iterations|timeout_secs)$/,
  /^(quiet_hours|standup\.daily|chat\.discord)\b/,
  /^workflow_policy\.merge\.(approvals|approval_expires_hours|rules)\b/,
  /^workflow_policy\.auto_merge\.(enabled|max_diff_lines|max_files_changed|sensitive_paths|confidence_threshold)$/,
  /^workflow_policy\.(stall_threshold_secs|context_pressure_threshold|context_handoff_enabled)$/,
  /^automation\.(clean_room_mode|disk_hygiene\.min_free_gb)$/,
];

function leaves(form: Form, at: string): string[] {
  const inner = [form, ...(form.anyOf ?? [])];
  const named = inner.flatMap((one) =>
    Object.entries(one.properties ?? {}).flatMap(([key, below]) =>
      leaves(below, at === "" ? key : `${at}.${key}`),
    ),
  );
  const deeper = inner.flatMap((one) => (one.items === undefined ? [] : leaves(one.items, at)));
  const found = [...named, ...deeper.filter((path) => path !== at)];
  return found.length === 0 ? [at] : [...new Set(found)];
}

/** Whether a file that has this key is warned of it. */
function warned(path: string): boolean {
  const [first = "", ...rest] = path.split(".");
  const inner = (steps: readonly string[]): object =>
    steps.reduceRight<unknown>((below, step) => ({ [step]: below }), 1) as object;
  const file =
    first === "roles" ? { roles: [inner(rest)] } : { roles: [], ...inner([first, ...rest]) };
  return warningsOf(file as never, readYaml(JSON.stringify(file))).length > 0;
}

it("every key of the schema has an effect or a warning that it has none", () => {
  const all = leaves(JSON.parse(JSON.stringify(teamJsonSchema())) as Form, "");
  expect(all.length).toBeGreaterThan(150);
  const silent = all
    .filter((path) => !inForce.some((known) => known.test(path)))
    .filter((path) => !warned(path));
  expect(silent).toEqual([]);
});
