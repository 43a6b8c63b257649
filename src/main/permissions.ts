// Between the door of the agents' hooks and the loop: a request goes in, its decision comes back.
import type { PermissionRequest, Verdict } from "../core/agent.ts";
import type { Epoch, MemberName } from "../core/words.ts";
import type { Loop } from "../daemon/loop.ts";
import { createNamer } from "../lib/file-order.ts";

export type AskPeople = (
  member: MemberName,
  epoch: Epoch,
  request: PermissionRequest,
  gone: AbortSignal,
) => Promise<Verdict>;

const bot = { name: "batty", via: "bot", tier: "admin" } as const;

export function createAskPeople(loop: Pick<Loop, "intend" | "onRecorded">): AskPeople {
  const waiting = new Map<string, (verdict: Verdict) => void>();
  const nextId = createNamer(process.pid);
  loop.onRecorded((recorded) => {
    for (const { event } of recorded) {
      if (event.event !== "permission_decided") continue;
      const { verdict: effect, why } = event;
      waiting.get(event.id)?.(effect === "deny" ? { effect, reason: why } : { effect });
      waiting.delete(event.id);
    }
  });
  return (member, epoch, request, gone) =>
    new Promise((resolve) => {
      const id = nextId(Date.now());
      const leave = (): void => {
        if (!waiting.delete(id)) return;
        resolve({ effect: "pane" });
        void loop.intend(bot, { type: "permission-gone", id });
      };
      if (gone.aborted) return resolve({ effect: "pane" });
      waiting.set(id, resolve);
      gone.addEventListener("abort", leave, { once: true });
      void loop
        .intend(bot, { type: "ask-permission", id, member, epoch, request })
        .then((verdict) => {
          if (!verdict.ok) leave();
        });
    });
}
