// The small program that posts an agent's tool events to the bot, and says no where the bot does. A shell's own: it runs
// twice at each tool.
import type { Hooks } from "../../core/agent.ts";
import { refusalOf } from "./answer.ts";

const refusal = refusalOf("%s");

/**
 * An agent's own HTTP hooks print an error at each tool while no bot listens. The address is in a file and in no
 * argument, where others of this machine could read it. A tool's output may be long: then only that it ran is told.
 * Whoever has the bot's port can make it say no, and nothing else: the words of its answer are its own, but for the reason,
 * of which letters are left.
 */
export function tellScript({ eventUrl }: Pick<Hooks, "eventUrl">): string {
  const { hostname, port, pathname } = new URL(eventUrl);
  return `# Posts the event on standard input to the bot; does without where none listens.
LC_ALL=C
event=$(cat)
[ \${#event} -le 65536 ] || event='{"hook_event_name":"PostToolUse"}'
{ exec 3<>/dev/tcp/${hostname}/${port} && printf 'POST ${pathname} HTTP/1.1\\r
Host: ${hostname}\\r
Content-Type: application/json\\r
Content-Length: %s\\r
Connection: close\\r
\\r
%s' "\${#event}" "$event" >&3 && IFS= read -r -t 2 status <&3; } 2>/dev/null
case $status in 'HTTP/1.1 403 '*) ;; *) exit 0 ;; esac
while IFS= read -r -t 2 line <&3 && [ "$line" != $'\\r' ]; do :; done
IFS= read -r -t 2 why <&3
printf '${refusal}' "\${why//[!A-Za-z0-9 .,:;_~*@=\\/-]/}"
exit 0
`;
}
