// What Claude Code is told for one launch alone, in files of the seat's own: nothing of the user's is written.
import type { Seating } from "../../../core/agent.ts";
import { shellWord } from "../../shell-word.ts";
import { questionTools } from "./permission.ts";

type HookList = readonly object[];

/** s that filing or posting may take; both are over in milliseconds. */
const tellWithin = 5;

/** @param tell path of the script that posts */
export function settingsOf(
  { hooks, bodies }: Pick<Seating, "hooks" | "bodies">,
  tell: string,
): string {
  const run = (command: string, timeout: number, matcher?: string): HookList => [
    {
      ...(matcher === undefined ? {} : { matcher }),
      hooks: [{ type: "command", command, timeout }],
    },
  ];
  const file = run(hooks.fileCommand, tellWithin);
  const post = run(`bash ${shellWord(tell)} 2>/dev/null || :`, tellWithin);
  return JSON.stringify(
    {
      // Its full-screen layout leaves no scrollback, and is given up by itself after two crashes.
      tui: "default",
      skipDangerousModePermissionPrompt: true,
      // Two slashes: from the root. What it reads and tells of us is no matter for a person, whether a bot runs or not.
      permissions: { allow: [`Read(/${bodies}/**)`, "Bash(batty *)"] },
      hooks: {
        SessionStart: file,
        UserPromptSubmit: file,
        Stop: file,
        StopFailure: file,
        SessionEnd: file,
        Notification: run(hooks.fileCommand, tellWithin, "elicitation_dialog"),
        PreToolUse: post,
        PostToolUse: post,
        PermissionRequest: [
          ...run(hooks.fileCommand, tellWithin, questionTools.join("|")),
          ...run(hooks.permissionCommand, hooks.permissionSeconds),
        ],
      },
    },
    null,
    2,
  );
}
