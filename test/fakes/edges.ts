// Changes of state that the random days must have seen often, and those that must never be.

type Moves = Readonly<Record<string, readonly string[]>>;

const named = (what: string, moves: Moves): readonly string[] =>
  Object.entries(moves).flatMap(([from, list]) => list.map((to) => `${what}: ${from} → ${to}`));

const seen: Readonly<Record<string, Moves>> = {
  task: {
    new: ["starting"],
    starting: ["working", "blocked", "verifying", "cancelled"],
    working: ["verifying", "blocked", "cancelled"],
    verifying: ["working", "reviewing", "blocked", "returned", "cancelled"],
    reviewing: ["asking", "queued", "returned", "verifying", "cancelled"],
    asking: ["queued", "returned", "blocked", "cancelled", "reviewing", "verifying"],
    queued: ["landed", "asking", "returned", "cancelled", "reviewing", "verifying"],
    blocked: ["returned", "verifying", "cancelled"],
    returned: ["starting", "verifying", "cancelled", "blocked"],
    cancelled: ["starting"],
  },
  card: {
    new: ["open"],
    open: ["approved", "rejected", "back", "expired", "superseded"],
    approved: ["landed", "open", "superseded"],
  },
  message: {
    new: ["queued"],
    queued: ["typing", "withdrawn"],
    typing: ["typed", "queued", "failed"],
    typed: ["taken", "failed"],
    taken: ["answered", "failed"],
    failed: ["withdrawn", "taken"],
  },
  seat: {
    new: ["starting", "absent"],
    starting: ["idle", "absent"],
    idle: ["working", "absent"],
    working: ["idle", "absent", "waiting"],
    waiting: ["idle", "working", "absent"],
    absent: ["starting", "parked"],
    parked: ["absent"],
  },
  escalation: {
    new: ["open"],
    open: ["answered", "withdrawn", "resolved", "acknowledged", "snoozed"],
    acknowledged: ["answered", "withdrawn", "resolved", "snoozed"],
    snoozed: ["open", "answered", "withdrawn", "resolved", "acknowledged"],
  },
};

const list = (all: Readonly<Record<string, Moves>>): readonly string[] =>
  Object.entries(all).flatMap(([what, moves]) => named(what, moves));

export const edges = list(seen);

/**
 * Seen on few days, and no count asks for them: what is on trunk has landed, whatever had become of its card by then;
 * whose worktree has to be put right too often is parked while its agent runs, whatever that does just then.
 */
const rare = [
  "card: expired → landed",
  ...["starting", "idle", "working", "waiting"].flatMap((activity) => [
    `seat: ${activity} → parked`,
    `seat: parked → ${activity}`,
  ]),
];

/** A change of state that stands in no list. */
export const isNews = (what: string): boolean =>
  /^(task|card|message|seat|escalation): /.test(what) &&
  !edges.includes(what) &&
  !rare.includes(what);

/** What is over stays so. A cancelled task may be given out anew, a failed message may turn out to have arrived. */
export const reopened = (what: string): boolean =>
  /^(task: landed|card: landed|message: (answered|withdrawn)|escalation: (answered|resolved|withdrawn)) → /.test(
    what,
  );
