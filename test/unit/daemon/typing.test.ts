// The composer is looked at while the journal goes to the disk, and typed into only on a fresh look.
import { expect, it } from "vitest";
import type { PaneIdentity } from "../../../src/core/ports.ts";
import { known } from "../../../src/core/words.ts";
import type { ActContext } from "../../../src/daemon/acts/context.ts";
import { type_ } from "../../../src/daemon/acts/typing.ts";
import { deferred } from "../../../src/lib/deferred.ts";

const pane: PaneIdentity = { pane: "%1", member: "eng", epoch: 1, pid: 1, startTime: "1" };
const mail = { id: "1.1.1", from: "ada", to: "eng", body: "hi", msg_type: "send", timestamp: 1 };
const effect = { type: "once.type" as const, lane: "type:eng" as const, id: mail.id, pane, mail };
const signal = AbortSignal.timeout(10_000);

/** What was done, in order; `draft` stands in the composer. */
function desk() {
  const done: string[] = [];
  const it = { now: 0, draft: "", done };
  const note = async (what: string): Promise<void> => void done.push(what);
  const terminal = {
    capture: () => note("look").then(() => [it.draft]),
    paste: () => note("paste"),
    keys: () => note("enter"),
    settled: () => note("settled"),
  };
  const driver = { composer: ([draft = ""]: readonly string[]) => known(draft) };
  const context = { terminal, now: () => it.now, seats: { driverOf: () => driver } };
  return { ...it, state: it, context: context as unknown as ActContext };
}

it("the look is made meanwhile, nothing is pasted before the journal is on the disk", async () => {
  const { context, done } = desk();
  const onDisk = deferred<void>();
  const typing = type_(context, effect, signal, onDisk.promise);
  await new Promise(setImmediate);
  expect(done).toEqual(["look"]);
  onDisk.resolve();
  expect(await typing).toMatchObject({ typed: true });
  expect(done).toEqual(["look", "paste", "settled", "enter"]);
});

it("a slow disk makes the look old: a draft begun meanwhile is seen, and nothing is pasted", async () => {
  const { context, state, done } = desk();
  const onDisk = deferred<void>();
  const typing = type_(context, effect, signal, onDisk.promise);
  await new Promise(setImmediate);
  state.now = 1_000;
  state.draft = "a person writes";
  onDisk.resolve();
  expect(await typing).toMatchObject({ typed: false });
  expect(done).toEqual(["look", "look"]);
});

it("a journal that cannot be written lets nothing be pasted", async () => {
  const { context, done } = desk();
  const full = Promise.reject(new Error("the disk is full"));
  await expect(type_(context, effect, signal, full)).rejects.toThrow("the disk is full");
  expect(done).toEqual(["look"]);
});
