// The standup, computed from the journal's state: per role what landed, what is in hand, what blocks, and the buttons
// that unblock it. No tokens spent.
import type { Action, Card } from "../card.ts";
import type { Counter } from "../command.ts";
import { filled } from "../context.ts";
import type { EventOf } from "../event.ts";
import { rolesOf, standupSpan } from "../rules/standup.ts";
import type { Phase, State, Work } from "../state.ts";
import type { Instant, MemberName, SeatState } from "../words.ts";
import { currentWork } from "../work.ts";
import { type Block, blocksOf, commonBlocks, decisionsOn } from "./blocks.ts";
import { blank } from "./cards.ts";
import { seatState } from "./status.ts";
import { said } from "./task-card.ts";

export interface StandupOf {
  readonly state: State;
  readonly now: Instant;
  readonly title: string;
  readonly roles: EventOf<"standup_posted">["roles"];
  readonly seatOf: (member: MemberName) => SeatState;
  readonly note: string;
}

/** More of them no thumb sorts out, and some chats don't take; what is left out is on its own card. */
const actionsAtMost = 20;

/** On demand. */
export const standupNow = (c: Counter): Card =>
  standupCard({
    ...{ state: c.state(), now: c.now(), roles: rolesOf(c.policy), note: "" },
    title: `Standup of ${c.policy.team}`,
    seatOf: (member) => seatState(c, member),
  });

export function standupCard(of: StandupOf): Card {
  const { state, roles, note } = of;
  const parts = roles.flatMap((role) => role.members.map((name) => partOf(of, name)));
  const common = commonBlocks(state);
  const blocks = [...common, ...parts.flatMap((part) => part.blocks)];
  const actions: Action[] = [
    ...blocks.flatMap((block) => block.actions),
    ...[...state.work.values()].flatMap(decisionsOn),
  ];
  const isCut = actions.length > actionsAtMost;
  return {
    ...blank,
    kind: "standup",
    title: of.title,
    tone: blocks.length > 0 ? "warn" : "calm",
    lines: [
      ...roles.flatMap(({ name, members }) =>
        linesOf(
          name,
          parts.filter((part) => members.includes(part.name)),
        ),
      ),
      ...(common.length === 0 ? [] : ["everybody", ...common.flatMap(blockLines)]),
    ],
    fields: numbers(of, parts, blocks.length),
    actions: actions.slice(0, actionsAtMost),
    state: "done",
    footer: `${note}The last 24 hours, from the journal.${isCut ? " More waits than there are buttons here: see `escalations`." : ""}`,
  };
}

// ---------------------------------------------------------------- a member

interface Part {
  readonly name: MemberName;
  readonly seat: SeatState;
  /** Empty: nothing. */
  readonly yesterday: string;
  readonly today: string;
  readonly blocks: readonly Block[];
}

function partOf({ state, now, seatOf }: StandupOf, name: MemberName): Part {
  const since = now - standupSpan;
  const mine = [...state.work.values()].filter((w) => w.member === name);
  const landed = mine.filter((w) => w.phase === "landed" && w.since >= since);
  const made = [...state.requests.values()].filter(
    (r) => r.event.by === name && r.task !== null && r.at >= since,
  );
  const current = currentWork(state, name);
  return {
    ...{ name, seat: seatOf(name), blocks: blocksOf(state, name) },
    yesterday: [
      ...listed("landed", landed.map(titled)),
      ...listed(
        "made",
        made.map((r) => `#${r.task}`),
      ),
    ].join("; "),
    today: [
      ...(current === undefined ? [] : [`${titled(current)}: ${said(current)}`]),
      ...listed("waits for approval:", inPhase(mine, "asking")),
      ...listed("lands:", inPhase(mine, "queued")),
    ].join("; "),
  };
}

const titled = (work: Work): string => `#${work.task} ${work.title}`;

const inPhase = (works: readonly Work[], phase: Phase): string[] =>
  works.filter((w) => w.phase === phase && w.held === null).map((w) => `#${w.task}`);

const listed = (what: string, list: readonly string[]): string[] =>
  list.length === 0 ? [] : [`${what} ${list.join(", ")}`];

// ---------------------------------------------------------------- lines

/** A role of several has a head, and one line for those that have nothing to tell. */
function linesOf(role: string, parts: readonly Part[]): string[] {
  if (parts.length < 2) return parts.flatMap(memberLines);
  const isStill = (part: Part): boolean =>
    part.yesterday === "" && part.today === "" && part.blocks.length === 0;
  const still = parts.filter(isStill).map(({ name, seat }) => `${name} (${seat})`);
  return [
    `${role}:`,
    ...parts.filter((part) => !isStill(part)).flatMap(memberLines),
    ...listed("nothing to tell:", still),
  ];
}

const memberLines = ({ name, seat, yesterday, today, blocks }: Part): string[] => [
  `${name} (${seat})`,
  `  yesterday: ${yesterday || "nothing"}`,
  `  today: ${today || "free"}`,
  ...blocks.flatMap(blockLines),
];

const blockLines = ({ say, tail }: Block): string[] => [
  `  ⛔ blocked: ${say}`,
  ...tail.map((line) => `    │ ${line}`),
];

// ---------------------------------------------------------------- numbers

function numbers({ state, now }: StandupOf, parts: readonly Part[], blocked: number) {
  const works = [...state.work.values()];
  const landed = works.filter((w) => w.phase === "landed" && w.since >= now - standupSpan);
  const inWork = works.filter((w) => ["starting", "working", "verifying"].includes(w.phase));
  const asking = works.filter((w) => w.phase === "asking");
  return [
    { name: "landed", value: String(landed.length) },
    { name: "to approve", value: String(asking.length) },
    { name: "in work", value: String(inWork.length) },
    ...(blocked === 0 ? [] : [{ name: "blocked", value: String(blocked) }]),
    ...contexts(state, parts),
  ];
}

/** How full conversations are, where that is known. */
function contexts(state: State, parts: readonly Part[]): Card["fields"] {
  const known = parts.flatMap(({ name }) => {
    const usage = state.seats.get(name)?.usage ?? null;
    const percent = usage === null ? null : filled(usage);
    return percent === null ? [] : [`${name} ${percent} %`];
  });
  return known.length === 0 ? [] : [{ name: "context", value: known.join(", ") }];
}
