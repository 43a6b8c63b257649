// What we want done, each on a lane. `ensure.*` may be repeated; `once.*` never: its intent is an event on disk first.
import type {
  Candidate,
  Change,
  GateOrder,
  GateRun,
  Landing,
  Mail,
  NewTask,
  Pane,
  PaneIdentity,
  Signal,
  TaskPatch,
  Worktree,
} from "./ports.ts";
import type { Epoch, FailureCode, Instant, MemberName, MessageId, Oid, TaskId } from "./words.ts";

/** Same lane: one at a time, in order; the lane is busy until its Settled has been folded. */
export type Lane =
  | `seat:${MemberName}`
  | `type:${MemberName}`
  | `mail:${MemberName}`
  | `task:${TaskId}`
  | "board"
  | "signals"
  | "gate"
  | "merge";

export type Effect =
  /** Worktree, prompt, driver, pane. */
  | {
      readonly type: "ensure.seat";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly epoch: Epoch;
      /** The agent's conversation to go on with. */
      readonly resume: string | null;
    }
  /** What a seat that fell too often leaves for a person: its command, its PATH, its pane's last lines. Only looks. */
  | {
      readonly type: "probe.remains";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly epoch: Epoch;
    }
  /** Rescue what is uncommitted, then end the pane with its process tree. */
  | {
      readonly type: "ensure.gone";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly pane: PaneIdentity;
    }
  /** The task's branch checked out in its member's worktree, set up. */
  | {
      readonly type: "ensure.start";
      readonly lane: Lane;
      readonly task: TaskId;
      readonly member: MemberName;
      readonly branch: string;
      readonly base: Oid;
      /** Work without a task: the branch is made where the member stands. */
      readonly adopt: boolean;
    }
  /** A worktree that is not where it should be; `seen`: by which look. */
  | {
      readonly type: "ensure.mend";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly seen: Instant;
    }
  /** A detached worktree stands on its task's branch again, everything in it reachable. */
  | {
      readonly type: "ensure.attach";
      readonly lane: Lane;
      readonly task: TaskId;
      readonly member: MemberName;
      readonly branch: string;
      readonly base: Oid;
      readonly head: Oid;
    }
  | {
      readonly type: "ensure.follow";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly to: Oid;
    }
  /** What a turn left behind. */
  | {
      readonly type: "ensure.inspect";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly base: Oid;
      readonly turn: Instant;
    }
  | { readonly type: "ensure.put"; readonly lane: Lane; readonly mail: Mail }
  | {
      readonly type: "ensure.take";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly id: MessageId;
    }
  | { readonly type: "ensure.consume"; readonly lane: Lane; readonly signals: readonly Signal[] }
  | {
      readonly type: "ensure.create";
      readonly lane: Lane;
      readonly key: string;
      readonly task: NewTask;
    }
  | {
      readonly type: "ensure.patch";
      readonly lane: Lane;
      readonly task: TaskId;
      readonly patch: TaskPatch;
      readonly due: number;
    }
  /** Is the composer free? Only looks. */
  | {
      readonly type: "probe.composer";
      readonly lane: Lane;
      readonly id: MessageId;
      readonly pane: PaneIdentity;
    }
  | {
      readonly type: "once.type";
      readonly lane: Lane;
      readonly id: MessageId;
      readonly pane: PaneIdentity;
      readonly mail: Mail;
    }
  /** Does the composer still hold a message that was or may have been typed? Only looks. */
  | {
      readonly type: "probe.typed";
      readonly lane: Lane;
      readonly id: MessageId;
      readonly pane: PaneIdentity;
    }
  /** One more Enter, only if the composer holds the id at that moment. */
  | {
      readonly type: "once.enter";
      readonly lane: Lane;
      readonly id: MessageId;
      readonly pane: PaneIdentity;
    }
  /** Empties the composer of a message that a person had sent again; of nothing else. */
  | {
      readonly type: "ensure.clear";
      readonly lane: Lane;
      readonly id: MessageId;
      readonly pane: PaneIdentity;
    }
  | {
      readonly type: "once.interrupt";
      readonly lane: Lane;
      readonly member: MemberName;
      readonly pane: PaneIdentity;
    }
  | {
      readonly type: "ensure.gate";
      readonly lane: Lane;
      readonly purpose: "done" | "candidate" | "trunk";
      readonly task: TaskId | null;
      readonly order: GateOrder;
      /** Run although there is evidence (a retry after a time-out, a suspected flake). */
      readonly anew: boolean;
      readonly rerun: boolean;
    }
  /** On the gate's lane: what it removes is the gate's. */
  | {
      readonly type: "ensure.tidy";
      readonly lane: Lane;
      readonly after: Instant;
      readonly caches: boolean;
    }
  /** The change for the card. */
  | {
      readonly type: "ensure.review";
      readonly lane: Lane;
      readonly task: TaskId;
      readonly head: Oid;
      readonly onto: Oid;
    }
  | {
      readonly type: "ensure.candidate";
      readonly lane: Lane;
      readonly task: TaskId;
      readonly head: Oid;
      readonly base: Oid;
      readonly message: string;
      readonly at: Instant;
      readonly round: number;
      /** The commit that was built before; it may have landed unheard. */
      readonly former: Oid | null;
      /** What a person saw; null: nobody had to, nothing is compared. */
      readonly shown: { readonly onto: Oid; readonly tree: Oid | null } | null;
    }
  | {
      readonly type: "ensure.landing";
      readonly lane: Lane;
      readonly task: TaskId;
      /** The branch's head that lands with it. */
      readonly head: Oid;
      readonly commit: Oid;
      readonly tree: Oid;
      readonly base: Oid;
    };

/** What an effect brought back when the world complied. */
export type Brought =
  | {
      readonly of: "ensure.seat";
      readonly pane: Pane;
      readonly worktree: string;
      readonly resume: boolean;
    }
  /** Null: it could not be found out. */
  | {
      readonly of: "probe.remains";
      readonly command: string | null;
      readonly path: string | null;
      readonly lines: readonly string[] | null;
    }
  | { readonly of: "ensure.gone"; readonly rescued: string | null }
  | { readonly of: "ensure.start"; readonly rescued: string | null }
  /** `moved`: the branch went forward to where it stood. */
  | { readonly of: "ensure.attach"; readonly moved: boolean; readonly rescued: string | null }
  | { readonly of: "ensure.inspect"; readonly worktree: Worktree }
  | { readonly of: "ensure.create"; readonly task: TaskId }
  | {
      readonly of: "probe.composer";
      readonly free: boolean;
      readonly why: string;
      /** The message of ours that stands in it from its first character on. */
      readonly holds: MessageId | null;
    }
  | {
      readonly of: "once.type";
      /** `held`: nothing was pasted. */
      readonly typed: boolean;
      readonly why: string;
    }
  | { readonly of: "probe.typed"; readonly found: "holds" | "gone" | "unknown" }
  | { readonly of: "ensure.tidy"; readonly files: number; readonly bytes: number }
  | { readonly of: "ensure.gate"; readonly run: GateRun; readonly reused: boolean }
  /** `change.diff` is the hash of what would land: the candidate's difference to trunk. */
  | {
      readonly of: "ensure.review";
      readonly change: Change | null;
      /** What would land. */
      readonly tree: Oid | null;
      readonly conflicts: readonly string[];
    }
  /** `already`: trunk contains the head, by our own former commit or by a person's hand; there is nothing to build. */
  | {
      readonly of: "ensure.candidate";
      readonly candidate: Candidate | null;
      /** Null: what was shown, to the byte, or nothing had to be. */
      readonly change: Change | null;
      readonly already: "ours" | "theirs" | null;
    }
  | { readonly of: "ensure.landing"; readonly landing: Landing }
  | { readonly of: "done" };

export type Outcome =
  | { readonly ok: true; readonly brought: Brought }
  | {
      readonly ok: false;
      readonly code: FailureCode | "refused";
      readonly say: string;
      readonly hint?: string;
    };

/** Whether what runs on a lane is ended for what comes: nobody waits for trunk's own gate. */
export const givesWay = (running: Effect, next: Effect): boolean =>
  running.type === "ensure.gate" &&
  running.purpose === "trunk" &&
  next.type === "ensure.gate" &&
  next.purpose !== "trunk";

/** Same identity = the same act: a duplicate in flight is dropped. */
export function identity(effect: Effect): string {
  switch (effect.type) {
    case "ensure.seat":
    case "probe.remains":
      return `${effect.type} ${effect.member} ${effect.epoch}`;
    case "ensure.gone":
      return `${effect.type} ${effect.member} ${effect.pane.epoch}`;
    case "ensure.start":
      return `${effect.type} ${effect.task} ${effect.member}`;
    case "ensure.mend":
      return `${effect.type} ${effect.member} ${effect.seen}`;
    case "ensure.attach":
      return `${effect.type} ${effect.task} ${effect.head}`;
    case "ensure.follow":
      return `${effect.type} ${effect.member} ${effect.to}`;
    case "ensure.inspect":
      return `${effect.type} ${effect.member} ${effect.turn}`;
    case "ensure.put":
      return `${effect.type} ${effect.mail.to} ${effect.mail.id}`;
    case "ensure.take":
      return `${effect.type} ${effect.member} ${effect.id}`;
    case "ensure.consume":
      return `${effect.type} ${effect.signals.map((s) => `${s.member}/${s.id}`).join(" ")}`;
    case "ensure.create":
      return `${effect.type} ${effect.key}`;
    case "ensure.patch":
      return `${effect.type} ${effect.task} ${effect.due}`;
    case "probe.composer":
    case "once.type":
    case "probe.typed":
    case "once.enter":
    case "ensure.clear":
      return `${effect.type} ${effect.id}`;
    case "once.interrupt":
      return `${effect.type} ${effect.member}`;
    case "ensure.gate":
      return `${effect.type} ${effect.purpose} ${effect.task} ${effect.order.commit} ${effect.rerun}`;
    case "ensure.tidy":
      return `${effect.type} ${effect.after}`;
    case "ensure.review":
      return `${effect.type} ${effect.task} ${effect.head}`;
    case "ensure.candidate":
      return `${effect.type} ${effect.task} ${effect.head} ${effect.base}`;
    case "ensure.landing":
      return `${effect.type} ${effect.task} ${effect.commit}`;
  }
}
