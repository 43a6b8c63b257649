import { expect, it } from "vitest";
import { seatOf } from "../../../../src/core/evolve/seats.ts";
import type { Pane } from "../../../../src/core/ports.ts";
import { expected } from "../../../../src/core/rules/panes.ts";
import { type Delivery, empty, type Seat, type State } from "../../../../src/core/state.ts";
import { known } from "../../../../src/core/words.ts";

const pane = { pane: "%1", member: "eng", epoch: 3, pid: 7, startTime: "1" };
const live: Pane = { ...pane, agentPid: 8, dead: false, exit: null, inMode: false, stopped: false };
const looked = (seat: Partial<Seat>, more: Partial<State> = {}): boolean => {
  const full = { ...seatOf(empty, "eng"), epoch: 3, live: { pane: "%1", pid: 7, start: "1" } };
  const state: State = {
    ...{ ...empty, team: "running", ...more },
    seats: new Map([["eng", { ...full, ...seat }]]),
  };
  const panes = { at: 1, probe: known([live]) };
  const world = { panes, mail: null, signals: null, board: null, trunk: null };
  return expected(state, world).length === 1;
};
const waiting = { mail: { id: "m", to: "eng" }, state: "queued" } as unknown as Delivery;

it.each<[string, Partial<Seat>, Partial<State>, boolean]>([
  ["works", { activity: "working", keyed: 3 }, {}, true],
  ["starts", { activity: "starting" }, {}, true],
  ["is idle and said so itself", { activity: "idle", keyed: 3 }, {}, false],
  ["looks idle and said nothing since its launch", { activity: "idle", keyed: 2 }, {}, true],
  [
    "is idle and does not take what waits for it",
    { activity: "idle", keyed: 3 },
    { messages: new Map([["m", waiting]]) },
    true,
  ],
])("the screen of one that %s is looked at: %#", (_, seat, more, is) => {
  expect(looked(seat, more)).toBe(is);
});
