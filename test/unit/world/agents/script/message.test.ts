import { describe, expect, it } from "vitest";
import { parseTyped, withBody } from "../../../../../src/world/agents/script/message.ts";

describe("the header of a typed message", () => {
  it.each([
    ["[batty 17.000001.9 from ada]", { id: "17.000001.9", from: "ada", via: null, task: "" }],
    ["[batty m from ada via telegram]", { id: "m", from: "ada", via: "telegram", task: "" }],
    ["[batty m from batty task 12]", { id: "m", from: "batty", via: null, task: "12" }],
    ["[batty m from ada task 12 via local]", { id: "m", from: "ada", via: "local", task: "12" }],
    ["[batty m from ada via local task 12]", { id: "m", from: "ada", via: "local", task: "12" }],
    ["[batty m from Ada Lovelace task 3]", { id: "m", from: "Ada Lovelace", via: null, task: "3" }],
    ["my draft[batty m from ada]", { id: "m", from: "ada", via: null, task: "" }],
  ])("%s", (header, { id, from, via, task }) => {
    const typed = parseTyped(`${header}\nbody\nmore`);
    expect(typed).toMatchObject({ id, from, via, header, body: "body\nmore", bodyFile: null });
    expect(typed.task.id).toBe(task);
  });

  it("is absent from what a person typed, and the whole text is the body then", () => {
    const typed = parseTyped("hello\n[batty m from ada]");
    expect(typed).toMatchObject({ id: null, header: null, body: "hello\n[batty m from ada]" });
  });

  it("is followed by a pointer when the body is in a file", () => {
    const typed = parseTyped("[batty m from ada task 4]\n[body: /a b/m.txt]");
    expect(typed).toMatchObject({ bodyFile: "/a b/m.txt", body: "" });
    const whole = withBody(typed, "#4 The title\n\nlong");
    expect(whole).toMatchObject({
      body: "#4 The title\n\nlong",
      task: { id: "4", title: "The title" },
    });
  });
});

describe("what a message is", () => {
  const of = (body: string) => parseTyped(`[batty m from batty task 12]\n${body}`);
  it.each([
    ["#12 Add a thing: now", "message", "Add a thing: now"],
    ["hello #12", "message", ""],
    ["Gate red for #12 Add (it) (attempt 1 of 3)\nThe last lines", "gate-red", "Add (it)"],
    ["Gate red for #12 Add it (attempt 3 of 3), that was the last", "gate-red", "Add it"],
    ["Gate red for #12 Add it together with main (it was green alone)", "gate-red", "Add it"],
    ["Gate red\n", "gate-red", ""],
    ["Answer to your question\n> Which?\n\nBlue", "answer", ""],
  ])("%j", (body, kind, title) => {
    expect(of(body)).toMatchObject({ kind, task: { id: "12", title } });
  });

  it("finds the task in the first line when the header names none", () => {
    expect(parseTyped("[batty m from ada]\n#7 Title").task).toEqual({ id: "7", title: "Title" });
  });
});
