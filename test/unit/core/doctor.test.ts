// What `doctor --fix` mended is in the journal.
import { expect, it } from "vitest";
import type { Input } from "../../../src/core/input.ts";
import { doctor } from "../../../src/core/rules/doctor.ts";
import { empty } from "../../../src/core/state.ts";

it("a mend that the shell tells of is a line of the journal, and nothing else is", () => {
  const by = { name: "ana", via: "shell", tier: "admin" } as const;
  const intent = { type: "note-mend", what: "permissions", on: ".batty/inboxes" } as const;
  const told: Input = { type: "intent", at: 1, by, intent };
  expect(doctor(empty, told, {} as never).events).toEqual([
    { event: "auto_doctor_action", what: "permissions", on: ".batty/inboxes" },
  ]);
  expect(doctor(empty, { type: "tick", at: 1 }, {} as never).events).toEqual([]);
});
