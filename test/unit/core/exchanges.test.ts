import { expect, it } from "vitest";
import type { Event } from "../../../src/core/event.ts";
import { assigned, completed, running, sent, told } from "./told.ts";

let ids = 0;
const letter = (from: string, to: string, via?: string): Event =>
  sent(`${++ids}.1.1`, to, { from, via });
const created: Event = {
  ...{ event: "task_created", key: "k", task: 2, title: "Two", by: "manager" },
};
const talk = [letter("eng-1-1", "manager"), letter("manager", "eng-1-1")];
const other = letter("architect", "manager");

it("counts what two members wrote each other, in either direction, and nobody else's", () => {
  const state = told(...talk, other, letter("batty", "eng-1-1"), letter("ada", "manager", "local"));
  expect([...told(...talk, other).exchanges]).toEqual([
    ["eng-1-1 manager", 2],
    ["architect manager", 1],
  ]);
  expect(state.exchanges.size).toBe(0);
});

it.each<[string, readonly Event[], readonly [string, number][]]>([
  ["a person writes to one", [letter("ada", "eng-1-1", "local")], [["architect manager", 1]]],
  ["one makes a task", [created], []],
  ["one gets a task", [assigned(1)], []],
  ["one declares a task done", [completed(1)], [["architect manager", 1]]],
  ["the team is started", [running], []],
  [
    "one wrote to somebody else",
    [letter("manager", "architect")],
    [
      ["eng-1-1 manager", 2],
      ["architect manager", 2],
    ],
  ],
])("what came of it when %s", (_, then, left) => {
  expect([...told(...talk, other, ...then).exchanges]).toEqual(left);
});
