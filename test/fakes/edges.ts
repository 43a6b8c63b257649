// Changes of state that the random days must have seen: often, or once at least where a moment must be hit that is over
// in a breath; and those that must never be.

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

const list = (all: Readonly<Record<string, Moves>>): readonly string[] =>
  Object.entries(all).flatMap(([what, moves]) => named(what, moves));

export const edges = list(often);
export const seldom = list(rarely);
/** What is over stays so. A cancelled task may be given out anew, a failed message may turn out to have arrived. */
export const reopened = (what: string): boolean =>
  /^(task: landed|card: landed|message: (answered|withdrawn)|escalation: (answered|resolved|withdrawn)) → /.test(
    what,
  );
