// Who comes in on the socket: people by their OS user, members by descent, everybody else refused and told.
import { userInfo } from "node:os";
import type { Forgery } from "../core/input.ts";
import { personOf } from "../core/people.ts";
import { paneOf } from "../core/rules/panes.ts";
import type { Caller, Oid, Refusal } from "../core/words.ts";
import type { Loop } from "../daemon/loop.ts";
import { type Claim, identify, type TurnedAway } from "../world/identify.ts";
import { holdsOrphans } from "../world/tmux/launch.ts";
import type { Place } from "./place.ts";

export interface Door {
  identify(claim: Claim): Promise<Caller | Refusal>;
  onUnproven(claim: Claim): void;
}

/** The bot's own word: it is told of, not judged. */
const bot: Caller = { name: "batty", via: "bot", tier: "admin" };

/** Whoever wrote it, it would have counted for the tasks with this tree. */
export function reportEvidence(loop: Loop, tree: Oid): void {
  const tasks = [...loop.state().work.values()]
    .filter((w) => w.done?.tree === tree || w.candidate?.tree === tree)
    .map((w) => `#${w.task} of ${w.member}`);
  const whose = tasks.length === 0 ? "" : `, the tree of ${tasks.join(", ")}`;
  const detail = `.batty/gate/${tree}.json has runs that this bot did not make${whose}. They count for nothing: the tests run again.`;
  void loop.intend(bot, {
    ...{ type: "report-forgery", member: null, kind: "evidence", subject: tree, detail },
  });
}

export function createDoor({ team, paths }: Pick<Place, "team" | "paths">, loop: Loop): Door {
  const login = userInfo().username;
  const report = (forgery: Forgery): void =>
    void loop.intend(bot, { type: "report-forgery", ...forgery });
  const parts = {
    ...{ root: paths.root, holdsOrphans: holdsOrphans(process.env["PATH"]) },
    panes: () => team.members.flatMap((m) => paneOf(loop.state(), m.name) ?? []),
    agents: (member: string) => {
      const seen = loop.world().panes?.probe;
      const panes = seen?.known === true ? seen.value : [];
      return panes.flatMap((p) => (p.member === member ? (p.agentPid ?? []) : []));
    },
    person: (as: string | null, client: Claim["client"]) =>
      as === null
        ? personOf(team, { via: client === "chat" ? "local" : "shell", id: login })
        : personOf(team, { via: "local-as", id: as }),
  };

  const turnedAway = async ({ by, refusal }: TurnedAway, { as }: Claim): Promise<void> => {
    if (by === null)
      return report({ member: null, kind: "socket", subject: "unknown", detail: refusal.say });
    const asked = { verb: "chat", args: as === null ? "" : `--as ${as}`, message: null };
    const note = {
      type: "note-visit",
      effect: "refused",
      code: refusal.code,
      needs: null,
    } as const;
    await loop.intend(by, note, asked);
    if (by.tier !== "team") return;
    const detail =
      as === null
        ? "It opened the people's chat. It was refused."
        : `It opened the people's chat in the name of ${as}. It was refused.`;
    report({ member: by.name, kind: as === null ? "chat" : "as", subject: as ?? "", detail });
  };

  return {
    async identify(claim) {
      const found = identify(claim, parts);
      if ("tier" in found) return found;
      await turnedAway(found, claim);
      return found.refusal;
    },
    onUnproven: ({ pid }) =>
      report({
        member: null,
        kind: "socket",
        subject: "claimed a process",
        detail: `Somebody on chat.sock said to be process ${pid} and is not. It was refused.`,
      }),
  };
}
