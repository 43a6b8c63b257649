// What somebody reads who sees it for the first time: no word twice, none of the shell's in a chat, no empty answer.
import { describe, expect, it } from "vitest";
import type { Script } from "../fakes/agents.ts";
import { startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";

const patient: Script = async (me) => {
  await me.sleep(20_000);
};
const text = (reply: { ok: boolean; text?: string }): string => reply.text ?? "";

describe("the first words", () => {
  it("status says once that somebody works, and what else there is to say of the task", async () => {
    const day = await startDay({ agents: { "eng-1-1": patient } });
    await newTask(day, "Build a", "", "--assignee", "eng-1-1");
    await day.pass(8_000);
    const lines = text(await day.shell("status")).split("\n");
    expect(lines).toContain("● eng-1-1 working #1 Build a");
  });

  it("a diff without a commit says so", async () => {
    const day = await startDay({ agents: { "eng-1-1": patient } });
    await newTask(day, "Build a", "", "--assignee", "eng-1-1");
    await day.pass(8_000);
    expect(text(await day.shell("diff", "1"))).toBe("#1 Build a: nothing is committed yet.");
  });

  it("a refusal in a chat names commands as they are typed there", async () => {
    const day = await startDay({});
    const said = async (words: string) => (await day.ada.says(words)) as unknown;
    const hint = (words: string) => ({ refusal: { hint: words } });
    expect(await said("/hepl")).toMatchObject(hint("`/batty help` lists them."));
    expect(await said("/approve 77")).toMatchObject(hint("See `/batty board`."));
    expect(await said("/approve")).toMatchObject(
      hint("Usage: /batty approve TASK [--head …] [--confirm …]"),
    );
  });

  it("help of one command says what its arguments are, and nothing of those that say nothing", async () => {
    const day = await startDay({});
    expect(text(await day.shell("help", "approve"))).toContain(
      "--head  The head that you looked at",
    );
  });
});
