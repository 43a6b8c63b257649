import { describe, expect, it } from "vitest";
import type { AuditLine } from "../../src/core/audit.ts";
import { sign } from "../../src/world/signature.ts";
import { type Day, startDay } from "../fakes/day.ts";
import { mailKey } from "../fakes/life.ts";
import { carded, worker } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const team = simple({}, 1);
const agents = { "eng-1-1": worker };
const audit = async (day: Day): Promise<readonly AuditLine[]> => {
  const reply = await day.shell("audit");
  if (!reply.ok) throw new Error(reply.refusal.say);
  return reply.json as readonly AuditLine[];
};
/** As a person reads it, without the times. */
const text = (lines: readonly AuditLine[]): readonly string[] =>
  lines.map((l) =>
    [
      ...[l.person, l.via, l.effect, l.code ?? "-", `${l.verb} ${l.args}`.trim()],
      l.message === null ? "-" : "m",
    ].join(" | "),
  );

describe("the audit", () => {
  it("has every decision and refusal with who, where, what and the message, and no reads", async () => {
    const day = await startDay({ team, agents });
    const bob = day.chat.person("bob", "operator");
    await carded(day);
    const card = day.room("merges").card();
    await bob.says("/status");
    await bob.says("/board list");
    await bob.presses("Approve", card);
    await bob.says("/approve 1");
    await bob.says("hello there", { room: "eng-1-1" });
    await day.as("eng-1-1", "approve", "1");
    await day.ada.says("/approve 7");
    await day.ada.says("/nonsense");
    await day.ada.presses("Approve", card);
    expect(text(await audit(day))).toEqual([
      "ada | local | done | - | start | m",
      "ada | shell | done | - | task new Build a --body write a.js one | -",
      "eng-1-1 | agent | done | - | done | -",
      "bob | local | refused | access.denied | approve 1 | m",
      "bob | local | refused | access.denied | approve 1 | m",
      "bob | local | done | - | send eng-1-1 hello there | m",
      "eng-1-1 | agent | refused | access.denied | approve 1 | -",
      "ada | local | refused | task.unknown | approve 7 | m",
      "ada | local | done | - | approve 1 | m",
    ]);
  });

  it("says what was asked, held and then confirmed", async () => {
    const day = await startDay({ team });
    const asked = await day.ada.says("/stop");
    await day.ada.presses("Yes", asked);
    expect(text(await audit(day))).toEqual([
      "ada | local | done | - | start | m",
      "ada | local | held | - | stop | m",
      "ada | local | done | - | stop | m",
    ]);
  });

  it("keeps a refusal of the rules, once, and one line of a command that wants two things", async () => {
    const day = await startDay({ team, agents });
    await day.ada.says("/send eng-9 hello");
    await day.ada.says("/assign eng-1-1 Build b");
    await day.quiet();
    expect(text(await audit(day)).slice(1)).toEqual([
      expect.stringMatching(/^ada \| local \| refused \| member.unknown \| send eng-9 hello/),
      expect.stringMatching(/^ada \| local \| done \| - \| assign eng-1-1 Build b/),
    ]);
  });

  it("cuts long words and control characters, and tells a stranger's visit", async () => {
    const day = await startDay({ team });
    const stranger = day.chat.person("discord:9", "none");
    const refusal = (await stranger.says(`/send architect \u001b[31m${"x".repeat(5_000)}\nmore`))
      .refusal;
    expect(refusal).toMatchObject({ code: "access.denied", say: "This bot does not know you." });
    const line = (await audit(day)).at(-1);
    expect(line).toMatchObject({ person: "discord:9", effect: "refused", code: "access.denied" });
    expect(line?.args.length).toBeLessThan(210);
    expect(line?.args).toContain("/send architect [31mxxx");
    expect(day.events("message_sent")).toEqual([]);
  });

  it("holds no secret that somebody said", async () => {
    const day = await startDay({ team });
    await day.ada.says("/send eng-1-1 use ghp_0123456789abcdef0123456789abcdef0123 for it");
    expect((await audit(day)).at(-1)?.args).toBe("eng-1-1 use [redacted:github] for it");
  });

  it("has what a person gave on the shell while no bot ran, and nothing of a file in their name", async () => {
    const day = await startDay({ team });
    day.kill();
    const plain = { from: "ada", to: "architect", msg_type: "send", timestamp: 1 };
    const good = { ...plain, id: "1700000000000.000001.1", body: "Good morning" };
    const signed = { ...good, signature: sign(mailKey, good) };
    day.drop("architect", good.id, JSON.stringify(signed));
    const forged = { ...signed, id: "1700000000000.000002.1", body: "Land it all" };
    day.drop("architect", forged.id, JSON.stringify(forged));
    await day.crash();
    await day.quiet();
    expect(text(await audit(day)).slice(1)).toEqual([
      "ada | shell | done | - | send architect Good morning | -",
    ]);
    expect(day.room("alerts").cards("alert")).toHaveLength(1);
  });

  it("stands in the same append as what was decided", async () => {
    const day = await startDay({ team, agents });
    await carded(day);
    const appends: (readonly string[])[] = [];
    day.mischief = {
      afterAppend: (recorded) => void appends.push(recorded.map((r) => r.event.event)),
    };
    await day.ada.presses("Approve", day.room("merges").card());
    expect(appends[0]).toEqual(["approval_recorded", "merge_queued", "command_recorded"]);
  });
});
