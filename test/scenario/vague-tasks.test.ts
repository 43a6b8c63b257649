import { describe, expect, it } from "vitest";
import { startDay } from "../fakes/day.ts";
import { newTask } from "../fakes/scripts.ts";
import { simple } from "../fakes/team.ts";

const whole = "Scope: src/a.js\nAcceptance: a() is 1\nTest: test/a.test.js";
const day = () => startDay({ team: simple({ autoDispatch: false }, 1) });

describe("a task that does not say when it is done", () => {
  it("is refused to a member, with what to write and an example", async () => {
    const d = await day();
    const vague = await d.as(
      "architect",
      "task",
      "new",
      "Implement the backend",
      "--body",
      "All of it.",
    );
    expect(vague).toMatchObject({ ok: false, exit: 1, refusal: { code: "task.no-scope" } });
    const hint = vague.ok ? "" : (vague.refusal.hint ?? "");
    for (const part of ["Scope: ", "Acceptance: ", "Test: "]) expect(hint).toContain(`\n${part}`);
    // What the example says is what is taken.
    expect(
      await d.as(
        "architect",
        "task",
        "new",
        "Reject",
        "--body",
        hint.split("\n").slice(1).join("\n"),
      ),
    ).toMatchObject({ ok: true, text: "#1 Reject is on the board." });
  });

  it.each(["assign eng-1-1 Implement the backend", "task set 1 --body whatever"])(
    "is refused by `%s` too",
    async (line) => {
      const d = await day();
      await newTask(d, "Build a", whole);
      const [verb = "", ...argv] = line.split(" ");
      expect(await d.as("manager", verb, ...argv)).toMatchObject({
        refusal: { code: "task.no-scope" },
      });
      expect((await d.task(1)).body.trim()).toBe(whole);
    },
  );

  it("is taken from a person, who is told what it lacks", async () => {
    const d = await day();
    expect(await d.shell("task", "new", "Build a", "--body", "Quickly, please")).toMatchObject({
      ok: true,
      text: "#1 Build a is on the board. It does not say Scope (what may change and what must stay), Acceptance (what can be observed when it is done) and Test (which test shows it). Agents do better with it; add it with `batty task set`.",
    });
    expect(await d.shell("task", "new", "Build b", "--body", "Test: npm test")).toMatchObject({
      text: "#2 Build b is on the board.",
    });
  });

  it("in part only is taken from a member, who is told the rest", async () => {
    const d = await day();
    expect(
      await d.as(
        "architect",
        "task",
        "new",
        "Build a",
        "--body",
        "## Scope\nsrc\n\n- **Tests**: a",
      ),
    ).toMatchObject({
      text: "#1 Build a is on the board. It does not say Acceptance (what can be observed when it is done). Agents do better with it; add it with `batty task set`.",
    });
    expect(await d.as("architect", "task", "new", "Build b", "--body", whole)).toMatchObject({
      text: "#2 Build b is on the board.",
    });
  });
});
