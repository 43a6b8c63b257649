// Where an edit that an agent asks for would really be written: a link in its worktree may lead out of it. Must not
// know what may be edited.
import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { PermissionRequest } from "../../core/agent.ts";

/** The request, about the file behind the links where there are any: people and patterns see that one. */
export async function followed(request: PermissionRequest): Promise<PermissionRequest> {
  const path = /^edit (.+)$/s.exec(request.subject)?.[1];
  if (request.tool === "Bash" || path === undefined || request.cwd === "") return request;
  const meant = resolve(await realOf(request.cwd), path);
  const found = await realOf(meant);
  if (found === meant) return request;
  return {
    ...request,
    what: `${path} leads to ${found}\n${request.what}`,
    subject: `edit ${found}`,
  };
}

/** Agents name their folder by its real path: within ours, ours is what the rules know. */
export async function fromOurs(
  request: PermissionRequest,
  worktrees: string,
): Promise<PermissionRequest> {
  const real = await realOf(worktrees);
  return request.cwd.startsWith(`${real}/`)
    ? { ...request, cwd: join(worktrees, request.cwd.slice(real.length)) }
    : request;
}

/** As far as it exists; a link to nothing leads to where the file would be made. */
async function realOf(path: string, links = 20): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path); // not there yet, or shut: its folder tells
    if (above === path) return path;
    const target = links > 0 ? await readlink(path).catch(() => null) : null; // it is no link
    if (target !== null) return realOf(resolve(await realOf(above, links - 1), target), links - 1);
    return join(await realOf(above, links), basename(path));
  }
}
