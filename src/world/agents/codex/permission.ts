// What Codex asks permission for, and the answer in the form it reads. Must not know who decides.
import type { PermissionRequest } from "../../../core/agent.ts";
import { type Fields, fieldsOf, textOf } from "../json.ts";

export const asks = (event: unknown): PermissionRequest | null =>
  wished(event, "PermissionRequest");

export const plans = (event: unknown): PermissionRequest | null => wished(event, "PreToolUse");

function wished(event: unknown, name: string): PermissionRequest | null {
  const fields = fieldsOf(event);
  const tool = textOf(fields["tool_name"]);
  if (fields["hook_event_name"] !== name || tool === "") return null;
  return { tool, ...wish(tool, fieldsOf(fields["tool_input"])), cwd: textOf(fields["cwd"]) };
}

function wish(tool: string, input: Fields): Pick<PermissionRequest, "what" | "subject"> {
  const command = textOf(input["command"]);
  if (tool === "apply_patch") return { what: command, subject: patchSubject(command) };
  // A tool of some server may call its fields as it likes.
  if (tool === "Bash" && command !== "") return { what: command, subject: command };
  const argument = Object.values(input).find((value) => typeof value === "string");
  return {
    what: `${tool}\n${JSON.stringify(input, null, 2)}`,
    subject: `${tool} ${textOf(argument)}`.trim(),
  };
}

/** Codex takes a header that is indented, too. */
const patched = /^[^\S\n]*\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/gm;

/** A pattern for one path must not let others pass with it: a patch of several has no path. */
function patchSubject(patch: string): string {
  const paths = [...new Set(Array.from(patch.matchAll(patched), ([, path = ""]) => path.trim()))];
  return paths.length === 1 ? `edit ${paths[0]}` : `apply_patch ${paths.length} files`;
}
