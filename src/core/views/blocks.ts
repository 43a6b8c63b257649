// What stands in a member's way: in a line, with what it last put out where that tells something, and the buttons that
// end it. Their ids are those of the cards that say the same at length.
import type { Action } from "../card.ts";
import { type Escalation, isOpen, nobody, type State, type Work } from "../state.ts";
import type { MemberName } from "../words.ts";
import { currentWork, isHeld, proposalOf } from "../work.ts";
import { action } from "./cards.ts";
import { unwell } from "./machine.ts";
import { answersOf } from "./question-card.ts";

export interface Block {
  readonly say: string;
  readonly tail: readonly string[];
  readonly actions: readonly Action[];
}

/** Lines of output, and characters of a line: a phone shows about so much at a look. */
const tailShown = 3;
const lineShown = 160;

export function blocksOf(state: State, member: MemberName): Block[] {
  const asked = [...state.escalations.values()].filter((e) => isOpen(e) && e.member === member);
  const works = [...state.work.values()].filter((w) => w.member === member);
  const isAsked = (work: Work): boolean => asked.some((e) => e.task === work.task);
  return [
    ...asked.map((e) => ofQuestion(state, e)),
    ...works.filter((w) => w.phase === "blocked" && !isAsked(w)).map(ofWork),
    ...works.flatMap((w) => (w.held === null ? [] : [held(w, w.held.detail)])),
    ...ofSeat(state, member, asked),
  ];
}

/** Trouble that is no member's own. */
export const commonBlocks = (state: State): Block[] => blocksOf(state, nobody);

/** What waits for a person's decision is not in its author's way, but may be sent back from here. */
export function decisionsOn(work: Work): readonly Action[] {
  const card = proposalOf(work);
  if (work.phase !== "asking" || card?.state !== "open") return [];
  const id = `m${work.task}.${card.round}`;
  return [
    action(`${id}.diff`, "diff", `Diff of #${work.task}`, "plain"),
    action(`${id}.back`, "back", `Send #${work.task} back…`, "plain", "text"),
  ];
}

function ofQuestion(state: State, e: Escalation): Block {
  const about = e.task === null ? "" : `#${e.task} `;
  const who = e.state === "open" || e.by === null ? "" : ` (${e.state} by ${e.by})`;
  const of = e.task === null ? e.member : `#${e.task}`;
  const work = e.task === null ? undefined : state.work.get(e.task);
  return {
    say: `${about}${cut(e.question.split("\n")[0] ?? "")}${who}`,
    tail: work?.phase === "blocked" ? endOf(work.gated?.lines ?? []) : [],
    actions: answersOf(e).map((one) => ({
      ...one,
      style: "plain",
      label: of === nobody ? one.label : `${one.label} · ${of}`,
    })),
  };
}

const ofWork = (work: Work): Block => ({
  say: `#${work.task} ${cut(work.title)}: waits for your word`,
  tail: endOf(work.gated?.result === "green" ? [] : (work.gated?.lines ?? [])),
  actions: [action(`t${work.task}.cancel`, "cancel", `Cancel #${work.task}`, "plain")],
});

const held = (work: Work, detail: string): Block => ({
  say: `#${work.task} can't land: ${cut(detail)}`,
  tail: [],
  actions: [],
});

/** A seat that rests or gave up has often asked already. */
function ofSeat(state: State, member: MemberName, asked: readonly Escalation[]): Block[] {
  const seat = state.seats.get(member);
  const why = unwell(state, member);
  const isSaid = seat?.stalled == null && asked.some((e) => e.task === null);
  if (seat === undefined || why === null || isSaid) return [];
  const work = currentWork(state, member);
  const stop = work !== undefined && isHeld(work) && seat.stalled !== null;
  return [
    {
      say: cut(why),
      tail: endOf(seat.stalled?.seen.split("\n").slice(1) ?? []),
      actions: stop
        ? [action(`t${work.task}.interrupt`, "interrupt", `Interrupt ${member}`, "plain")]
        : [],
    },
  ];
}

const endOf = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => line.trim() !== "")
    .slice(-tailShown)
    .map((line) => cut(line.trimEnd()));

const cut = (text: string): string =>
  text.length > lineShown ? `${text.slice(0, lineShown)}…` : text;
