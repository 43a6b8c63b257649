import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import { tell, told } from "./told.ts";

const escalated: Event = {
  ...{ event: "task_escalated", task: null, member: "eng-1-1", escalation: 1, kind: "agent" },
  ...{ say: "It can't start", options: [] },
};
const changed = (state: "answered" | "open" | "snoozed"): Event => ({
  ...{ event: "escalation_changed", escalation: 1, state, by: "ada", answer: null, until: null },
});

describe("an escalation", () => {
  it("that has ended is changed by no event any more", () => {
    const ended = told(escalated, changed("answered"));
    const after = tell(
      ended,
      changed("open"),
      { event: "escalation_repeated", escalation: 1, say: "Again" },
      { event: "escalation_raised", escalation: 1, step: "push", people: ["ada"] },
    );
    expect(after.escalations.get(1)).toEqual(ended.escalations.get(1));
  });

  it("of an old journal, without what newer ones say, is read as open and undisturbed", () => {
    expect(told(escalated).escalations.get(1)).toMatchObject({
      ...{ state: "open", detail: "", times: 1, raised: [], until: null, why: "" },
    });
  });
});
