// The composer is looked at while the journal goes to the disk, and typed into only on a fresh look.
import { expect, it } from "vitest";
import type { Screen } from "../../../src/core/agent.ts";
import type { PaneIdentity } from "../../../src/core/ports.ts";
import { Failure, known } from "../../../src/core/words.ts";
import type { ActContext } from "../../../src/daemon/acts/context.ts";
import { clear, enter, type_ } from "../../../src/daemon/acts/typing.ts";
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
    screen: () => note("look").then(() => ({ rows: [it.draft], title: "" })),
    paste: () => note("paste"),
    keys: () => note("enter"),
    settled: () => note("settled"),
  };
  const composer = ({ rows: [draft = ""] }: Screen) => known(draft);
  const driver = { composer, clear: ["C-u"] };
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

const written = Promise.resolve();
const lost = (code: "tmux.gone" | "tmux.timeout") => Promise.reject(new Failure(code, "no answer"));

it("tmux that does not show the composer before the paste holds the message: nothing was typed", async () => {
  const { context, done } = desk();
  context.terminal.screen = () => lost("tmux.timeout");
  const came = await type_(context, effect, signal, written);
  expect(came).toEqual({ of: "once.type", typed: false, why: "no answer" });
  expect(done).toEqual([]);
});

it("a paste whose answer was lost is sent off where it stands, and held where it never came to stand", async () => {
  for (const [late, typed] of [
    [`[batty ${mail.id} from ada]\nhi`, true],
    ["", false],
  ] as const) {
    const { context, state, done } = desk();
    context.terminal.paste = async () => {
      done.push("paste");
      state.draft = "";
      return lost("tmux.gone");
    };
    // It may come to stand there until tmux has to leave it.
    context.terminal.settled = async () => {
      done.push("settled");
      state.draft = late;
    };
    expect(await type_(context, effect, signal, written)).toMatchObject({ typed });
    const looks = ["look", "paste", "look", "settled", "look"];
    expect(done).toEqual(typed ? [...looks, "settled", "enter"] : looks);
  }
});

it("after a lost answer over a person's words, or where nothing can be seen, nothing is said to be held", async () => {
  for (const after of ["a person writes", null]) {
    const { context, state, done } = desk();
    const { screen } = context.terminal;
    context.terminal.paste = async () => {
      state.draft = after ?? "";
      if (after === null) context.terminal.screen = () => lost("tmux.timeout");
      else context.terminal.screen = screen;
      return lost("tmux.gone");
    };
    const typing = type_(context, effect, signal, written);
    await expect(typing).rejects.toMatchObject({ name: "Failure" });
    expect(done).not.toContain("enter");
  }
});

const enterEffect = { type: "once.enter" as const, lane: effect.lane, id: mail.id, pane };
const clearEffect = { type: "ensure.clear" as const, lane: effect.lane, id: mail.id, pane };

it("the second Enter is pressed over the message's own id and over nothing else", async () => {
  for (const draft of ["", "a person writes", "[batty 9.9.9 from ada]\nother"]) {
    const { context, state, done } = desk();
    state.draft = draft;
    await enter(context, enterEffect, signal, written);
    expect(done, draft).toEqual(["look"]);
  }
  const { context, state, done } = desk();
  state.draft = `[batty ${mail.id} from ada]\nhi`;
  await enter(context, enterEffect, signal, written);
  expect(done).toEqual(["look", "enter"]);
});

it("only a composer that begins with the message's id is emptied, never a person's words", async () => {
  const header = `[batty ${mail.id} from ada]`;
  for (const draft of ["", "a person writes", `I got ${header} twice`]) {
    const { context, state, done } = desk();
    state.draft = draft;
    await clear(context, clearEffect, signal);
    expect(done, draft).toEqual(["look"]);
  }
  const { context, state, done } = desk();
  state.draft = `${header}\nhi`;
  await clear(context, clearEffect, signal);
  expect(done).toEqual(["look", "enter"]);
});
