import { describe, expect, it } from "vitest";
import type { ShellReply } from "../../../src/chat/desk.ts";
import { sayAndWait, waitsOn } from "../../../src/cli/wait-on.ts";
import { Failure } from "../../../src/core/words.ts";

const ok = (json: object, text = ""): ShellReply => ({ ok: true, json, text });
const gone = new Failure("bot.gone", "gone");
const down = new Failure("bot.down", "down");

type Parts = Parameters<typeof sayAndWait>[1];
const ask = (argv: readonly string[], parts: Parts) => sayAndWait({ verb: "ask", argv }, parts);

/** A bot that answers calls of `escalations wait` and `done wait` one after the other; the last for ever. */
function bot(...waits: readonly (ShellReply | Error)[]) {
  const calls: string[] = [];
  let at = 0;
  const run = async (verb: string, argv: readonly string[]): Promise<ShellReply> => {
    calls.push([verb, ...argv].join(" "));
    if (verb === "ask") return ok({ ok: true, id: "1.1.1", escalation: 7 });
    if (verb === "done") return ok({ ok: true, id: 3 });
    const next = waits[Math.min(calls.length - 2, waits.length - 1)] as ShellReply | Error;
    if (next instanceof Error) throw next;
    return next;
  };
  const sleep = async (ms: number): Promise<void> => {
    at += ms;
  };
  return { calls, time: () => at, parts: { run, sleep, now: () => at } };
}

describe("ask --wait and done --wait on the shell", () => {
  it("asks once and waits through a restart of the bot", async () => {
    const b = bot(gone, down, down, ok({ ok: true, answer: "yes" }, "yes"));
    expect(await ask(["Go?", "--wait", "--option", "yes"], b.parts)).toEqual(
      ok({ ok: true, id: "1.1.1", escalation: 7, answer: "yes" }, "yes"),
    );
    expect(b.calls).toEqual(["ask Go? --option yes", ...Array(4).fill("escalations wait 7")]);
  });

  it("says done once and ends as the gate of the next bot says", async () => {
    const red: ShellReply = { ...ok({ ok: false, id: 3, result: "red" }, "red"), exit: 1 };
    const b = bot(gone, down, red);
    const call = { verb: "done", argv: ["--summary", "one", "--wait"] };
    expect(waitsOn(call)).toBe(true);
    expect(await sayAndWait(call, b.parts)).toEqual(red);
    expect(b.calls).toEqual(["done --summary one", ...Array(3).fill("done wait 3")]);
  });

  it("ends with 69 when the bot stays away for a minute", async () => {
    const b = bot(gone, down);
    await expect(ask(["Go?", "--wait"], b.parts)).rejects.toMatchObject({
      code: "bot.gone",
    });
    expect(b.time()).toBe(60_000);
  });

  it("hands on that the question was withdrawn, and any trouble but the bot's absence", async () => {
    const withdrawn: ShellReply = {
      ...{ ok: false, exit: 1, refusal: { code: "question.withdrawn", say: "It was withdrawn." } },
    };
    expect(await ask(["Go?"], bot(withdrawn).parts)).toEqual(withdrawn);
    const broken = new Failure("io.failed", "no");
    await expect(ask(["Go?"], bot(broken).parts)).rejects.toBe(broken);
  });
});
