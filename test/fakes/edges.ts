// Every change of state there may be, and how often the random days must have seen it: `often`, or once at least where a
// moment must be hit that is over in a breath. A journal that shows another one is wrong, or this table is.

type Moves = Readonly<Record<string, readonly string[]>>;

const named = (what: string, moves: Moves): readonly string[] =>
  Object.entries(moves).flatMap(([from, list]) => list.map((to) => `${what}: ${from} → ${to}`));

const often: Readonly<Record<string, Moves>> = {
  task: {
    new: ["starting"],
    starting: ["working"],
    working: ["verifying", "blocked", "cancelled"],
    verifying: ["working", "reviewing", "blocked"],
    reviewing: ["asking", "queued"],
    asking: ["queued", "returned", "blocked", "cancelled"],
    queued: ["landed"],
    blocked: ["returned", "verifying", "cancelled"],
    returned: ["starting"],
  },
  card: {
    new: ["open"],
    open: ["approved", "rejected", "back", "expired", "superseded"],
    approved: ["landed"],
  },
  message: {
    new: ["queued"],
    queued: ["typing", "withdrawn"],
    typing: ["typed", "queued", "failed"],
    typed: ["taken", "failed"],
    taken: ["answered"],
    failed: ["withdrawn"],
  },
  seat: {
    new: ["starting"],
    starting: ["idle"],
    idle: ["working", "absent"],
    working: ["idle", "absent"],
    absent: ["starting", "parked"],
    parked: ["absent"],
  },
  escalation: {
    new: ["open"],
    open: ["answered", "withdrawn"],
  },
};

const rarely: Readonly<Record<string, Moves>> = {
  task: {
    starting: ["blocked"],
    verifying: ["cancelled", "returned"],
    reviewing: ["returned", "verifying"],
    asking: ["reviewing"],
    queued: ["asking", "returned", "cancelled"],
  },
  card: { approved: ["open", "superseded"] },
  message: { taken: ["failed"], failed: ["taken"] },
  escalation: { open: ["acknowledged", "snoozed", "resolved"] },
};

/** Known, and not asked for: they need two strokes of chance at once. */
const chances: Readonly<Record<string, Moves>> = {
  task: {
    starting: ["cancelled", "landed"],
    working: ["landed"],
    returned: ["verifying", "cancelled", "landed"],
    verifying: ["landed"],
    reviewing: ["cancelled", "landed"],
    asking: ["verifying", "landed"],
    queued: ["reviewing", "verifying", "blocked"],
    blocked: ["landed"],
    cancelled: ["starting"],
  },
  card: { superseded: ["landed"], expired: ["landed", "superseded"], back: ["superseded"] },
  message: { typing: ["taken"], queued: ["taken"], failed: ["answered"], typed: ["queued"] },
  seat: {
    starting: ["absent", "working", "parked"],
    idle: ["parked", "starting"],
    working: ["parked"],
    waiting: ["idle", "working", "absent", "parked"],
  },
  escalation: {
    acknowledged: ["answered", "withdrawn", "resolved", "snoozed"],
    snoozed: ["answered", "withdrawn", "acknowledged", "resolved"],
  },
};

const list = (all: Readonly<Record<string, Moves>>): readonly string[] =>
  Object.entries(all).flatMap(([what, moves]) => named(what, moves));

export const edges = list(often);
export const seldom = list(rarely);
export const known: ReadonlySet<string> = new Set([...edges, ...seldom, ...list(chances)]);
