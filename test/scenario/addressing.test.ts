import { describe, expect, it } from "vitest";
import { startDay } from "../fakes/day.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);

describe("who may write to whom", () => {
  it("a member outside talks_to is refused with the names it may address", async () => {
    const day = await startDay({ team });
    const reply = await day.as("eng-1-1", "send", "architect", "psst");
    expect(reply).toMatchObject({ ok: false, exit: 1, refusal: { code: "member.not-reachable" } });
    expect(!reply.ok && reply.refusal.hint).toContain("manager");
    await day.quiet();
    expect(day.turns).toEqual([]);
  });

  it("an unknown member is refused with the nearest name, a role of several with its members", async () => {
    const day = await startDay();
    const unknown = await day.ada.says("/send mangaer hello");
    expect(unknown.refusal?.code).toBe("member.unknown");
    expect(unknown.text).toContain("Did you mean manager?");
    const several = await day.ada.says("/send engineer hello");
    expect(several.refusal).toMatchObject({ code: "member.several" });
    expect(several.refusal?.hint).toContain("eng-1-1, eng-1-2, eng-1-3");
    expect((await day.ada.says("hello there")).refusal?.code).toBe("chat.no-recipient");
  });

  it("plain text in a member's room is a directive, and its answer comes there", async () => {
    const day = await startDay({ team, agents: { manager: () => "On it." } });
    const { own } = await day.ada.says("please plan", { room: "manager" });
    await day.quiet();
    expect(day.room("manager").text()).toBe("ada: please plan (answered)\nmanager: On it.");
    expect(day.room("manager").messages()[1]?.replyTo).toBe(own);
  });

  it("an engineer writes to people only when they wrote first, and then instead of the turn's text", async () => {
    const day = await startDay({
      team,
      agents: {
        "eng-1-1": async (me) => {
          await me.batty("send", "human", "Hello ada");
          return "not posted";
        },
      },
    });
    expect(await day.as("eng-1-1", "send", "human", "hi")).toMatchObject({
      refusal: { code: "member.not-reachable" },
    });
    const { own } = await day.ada.says("hi", { room: "eng-1-1" });
    await day.quiet();
    expect(day.room("eng-1-1").text()).toBe("ada: hi (answered)\neng-1-1: Hello ada");
    expect(day.chat.receipts(own ?? "").at(-1)).toBe("answered");
    expect((await day.as("architect", "send", "human", "news")).ok).toBe(true);
    await day.quiet();
    expect(day.room("architect").text()).toBe("architect: news");
  });
});
