// What agents wait to be allowed, and what was allowed for a task.
import type { EventOf, Recorded } from "../event.ts";
import type { State } from "../state.ts";
import { change, drop, put } from "./put.ts";

export function evolvePermissions(state: State, { event, at }: Recorded): State {
  switch (event.event) {
    case "permission_asked": {
      const { id, member, epoch, task, escalation, tool, subject, cwd, deadline } = event;
      const request = { id, member, epoch, task, escalation, tool, subject, cwd, deadline };
      return { ...state, permissions: put(state.permissions, id, { ...request, askedAt: at }) };
    }
    case "permission_decided":
      return granted({ ...state, permissions: drop(state.permissions, event.id) }, event);
    default:
      return state;
  }
}

function granted(state: State, { task, grant = [] }: EventOf<"permission_decided">): State {
  if (task === null || grant.length === 0) return state;
  const work = change(state.work, task, (w) => ({
    ...w,
    granted: [...new Set([...(w.granted ?? []), ...grant])],
  }));
  return { ...state, work };
}
