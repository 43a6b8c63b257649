// What is over is forgotten beyond a bound, so that the state does not grow with the bot's age. Follows from events alone.
// The journal, the board and git keep all of it; numbers are never given twice.
import { isOpen, type State } from "../state.ts";
import { isOver } from "../work.ts";
import { without } from "./put.ts";

/** Kept of each kind; twice as many are let come before the oldest go, so that few events pay for it. */
export const kept = { work: 500, escalations: 500, requests: 1_000, written: 1_000, told: 5_000 };

/** Of what may be forgotten; numbers, because the maps themselves may be edited in place. */
export const sizes = (state: State): readonly number[] => parts.map(([of]) => state[of].size);

/** Only what has just grown is looked through. */
export function forget(before: readonly number[], state: State): State {
  return parts.reduce((s, [of, part], i) => (s[of].size > (before[i] ?? 0) ? part(s) : s), state);
}

/** The oldest of those that may go; none while fewer than twice the bound are there. */
function oldest<K, V>(map: ReadonlyMap<K, V>, keep: number, over: (v: V, k: K) => boolean): K[] {
  if (map.size <= keep * 2) return [];
  const ended = [...map].filter(([key, value]) => over(value, key)).map(([key]) => key);
  return ended.length <= keep * 2 ? [] : ended.slice(0, ended.length - keep);
}

function works(state: State): State {
  const old = oldest(state.work, kept.work, (w) => isOver(w) && !state.boardDue.has(w.task));
  if (old.length === 0) return state;
  return {
    ...state,
    work: without(state.work, old),
    forgotten: Math.max(state.forgotten, ...old),
  };
}

/** The newest stays, ended or not: the next one's number follows from it. */
function escalations(state: State): State {
  const old = oldest(state.escalations, kept.escalations, (e) => !isOpen(e));
  return old.length === 0 ? state : { ...state, escalations: without(state.escalations, old) };
}

/** Who asked for a task is needed until it is over. */
function requests(state: State): State {
  const old = oldest(state.requests, kept.requests, (r) => {
    if (r.refused !== null) return true;
    const work = r.task === null ? undefined : state.work.get(r.task);
    return r.task !== null && (work === undefined ? r.task <= state.forgotten : isOver(work));
  });
  return old.length === 0 ? state : { ...state, requests: without(state.requests, old) };
}

function written(state: State): State {
  const over = (_: unknown, task: number): boolean => {
    const work = state.work.get(task);
    return work === undefined || isOver(work);
  };
  const old = oldest(state.boardWritten, kept.written, over);
  return old.length === 0 ? state : { ...state, boardWritten: without(state.boardWritten, old) };
}

function told(state: State): State {
  if (state.told.size <= kept.told * 2) return state;
  return { ...state, told: without(state.told, [...state.told].slice(0, -kept.told)) };
}

const parts = [
  ["work", works],
  ["escalations", escalations],
  ["requests", requests],
  ["boardWritten", written],
  ["told", told],
] as const;
