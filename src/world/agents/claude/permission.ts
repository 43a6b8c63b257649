// What Claude Code asks of a person: permission, a question, a plan's approval; and the answers it understands.
import { isAbsolute, relative } from "node:path";
import type { PermissionRequest } from "../../../core/agent.ts";
import { changeOf } from "../change.ts";
import { type Fields, fieldsOf, textOf } from "../json.ts";

/** These are answered in the pane: an "allow" would answer with nothing. */
const questions: Readonly<Record<string, (input: Fields) => string>> = {
  AskUserQuestion: (input) =>
    (Array.isArray(input["questions"]) ? input["questions"] : [])
      .map((each) => {
        const { question, options } = fieldsOf(each);
        const labels = Array.isArray(options)
          ? options.map((option) => textOf(fieldsOf(option)["label"]))
          : [];
        return [textOf(question), ...labels.map((label, n) => `${n + 1}. ${label}`)].join("\n");
      })
      .join("\n\n"),
  ExitPlanMode: (input) => `Its plan is to be approved:\n${textOf(input["plan"])}`,
};
export const questionTools = Object.keys(questions);

export const asks = (event: unknown): PermissionRequest | null =>
  wished(event, "PermissionRequest");

export const plans = (event: unknown): PermissionRequest | null => wished(event, "PreToolUse");

function wished(event: unknown, name: string): PermissionRequest | null {
  const fields = fieldsOf(event);
  const tool = textOf(fields["tool_name"]);
  if (fields["hook_event_name"] !== name || tool === "") return null;
  if (Object.hasOwn(questions, tool)) return null;
  const cwd = textOf(fields["cwd"]);
  return { tool, ...wish(tool, fieldsOf(fields["tool_input"]), cwd), cwd };
}

/** The dialog's question, for people. */
export function questionOf(fields: Fields): string {
  const tool = textOf(fields["tool_name"]);
  if (Object.hasOwn(questions, tool))
    return questions[tool]?.(fieldsOf(fields["tool_input"])) ?? "";
  return asks(fields)?.subject ?? "";
}

const editors = ["Edit", "Write", "NotebookEdit"];

function wish(
  tool: string,
  input: Fields,
  cwd: string,
): Pick<PermissionRequest, "what" | "subject"> {
  const command = textOf(input["command"]);
  // A tool of some server may call its fields as it likes: only the agent's own ones mean this.
  if (tool === "Bash" && command !== "")
    return {
      what: `${input["dangerouslyDisableSandbox"] === true ? "(outside the sandbox)\n" : ""}${command}`,
      subject: command,
    };
  const path = textOf(input["file_path"]) || textOf(input["notebook_path"]);
  const before = textOf(input["old_string"]);
  const after = input["new_string"] ?? input["content"] ?? input["new_source"];
  if (editors.includes(tool) && path !== "" && typeof after === "string") {
    const shown = within(cwd, path);
    const all = input["replace_all"] === true ? " (each place)" : "";
    return { what: `${shown}${all}\n${changeOf(before, after)}`, subject: `edit ${shown}` };
  }
  const argument = argumentOf(input, cwd);
  return {
    what: `${tool}\n${JSON.stringify(input, null, 2)}`,
    subject: `${tool} ${argument}`.trim(),
  };
}

/** Of the tools without a command or a change, the one field that says on what. */
function argumentOf(input: Fields, cwd: string): string {
  const path = textOf(input["file_path"]) || textOf(input["path"]);
  if (path !== "") return within(cwd, path);
  for (const name of ["url", "query", "pattern", "skill"])
    if (textOf(input[name]) !== "") return textOf(input[name]);
  return "";
}

/** As people write it: from the folder it works in, where it lies in there. */
function within(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return cwd === "" || !isAbsolute(path) || short === "" || short.startsWith("..") ? path : short;
}
