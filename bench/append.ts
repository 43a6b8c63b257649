// p14: a line goes into the journal. The floor is writeSync of the same bytes on a descriptor.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Recorded } from "../src/core/event.ts";
import { lineOf, openJournal } from "../src/daemon/journal.ts";
import { compare, now, type Round, type Row } from "./measure.ts";
import type { Place } from "./place.ts";

const rounds = 5;
const perRound = 20_000;

const recorded = (seq: number): Recorded => ({
  seq,
  at: 1_780_000_000_000 + seq,
  event: {
    event: "message_typing",
    id: `${seq}.000001.1`,
    member: "eng-1-1",
    pane: "%3",
    epoch: 1,
  },
});

/** µs a line. */
function timed(act: (line: Recorded) => void): number {
  const at = now();
  for (let n = 1; n <= perRound; n += 1) act(recorded(n));
  return ((now() - at) / perRound) * 1_000;
}

export async function measureAppend(place: Place): Promise<Row[]> {
  const journal = openJournal(join(place.folder, "append.jsonl"));
  const fd = openSync(join(place.folder, "append-floor.jsonl"), "a");
  const all: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const product = timed((line) => journal.append([line]));
    // The floor has its bytes ready: turning an event into text is the product's part.
    const bytes = Buffer.from(lineOf(recorded(1)));
    all.push({ product: [product], floor: [timed(() => void writeSync(fd, bytes))] });
  }
  closeSync(fd);
  await journal.close();
  const row = compare("p14", "an event into the journal", all, { ratio: [5, 2] });
  return [{ ...row, unit: "µs", runs: rounds * perRound }];
}
