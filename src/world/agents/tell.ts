// The small program that posts an agent's tool events to the bot. A shell's own: it runs twice at each tool.
import type { Hooks } from "../../core/agent.ts";

/**
 * An agent's own HTTP hooks print an error at each tool while no bot listens. The address is in a file and in no
 * argument, where others of this machine could read it. A tool's output may be long: then only that it ran is told.
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
%s' "\${#event}" "$event" >&3; } 2>/dev/null
exit 0
`;
}
