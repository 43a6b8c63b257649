// The demo's person: the local chat over `batty chat --json`, like any other program would use it.
import { type Line, type Talk, talkTo } from "./json-lines.ts";

export const openChat = (
  batty: string,
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  onLine: (line: Line) => void,
): Talk => talkTo([batty, "chat", "--json", "--project-root", root], env, onLine);
