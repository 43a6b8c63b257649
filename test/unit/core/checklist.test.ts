import { describe, expect, it } from "vitest";
import { tasksOfChecklist } from "../../../src/core/checklist.ts";

describe("a checklist", () => {
  it("becomes one task for each open item under its TODO heading", () => {
    const text = `# Plan
- [ ] not here
## TODO
- [ ] Write the parser
- [x] Ship it
* [ ] Draw the board
### Later
- [ ] Fix: "login" #2
## Done
- [ ] not here either
`;
    expect(tasksOfChecklist(text)).toEqual([
      { title: "Write the parser", body: "" },
      { title: "Draw the board", body: "" },
      { title: 'Fix: "login" #2', body: "" },
    ]);
  });

  it("is read whole when no heading says TODO", () => {
    expect(tasksOfChecklist("- [ ] a\r\n- [ ] b\r\n").map(({ title }) => title)).toEqual([
      "a",
      "b",
    ]);
  });

  it("gives an item what is indented below it as its body, and drops that of a ticked one", () => {
    const text = `- [ ] Parent
    Some words.

    - [ ] step
- [x] Old
    - [ ] its step
- [ ] Next
Text at the margin.
    - [ ] indented
`;
    expect(tasksOfChecklist(text)).toEqual([
      { title: "Parent", body: "Some words.\n\n- [ ] step\n" },
      { title: "Next", body: "" },
      { title: "indented", body: "" },
    ]);
  });

  it("of nothing is nothing", () => {
    expect(tasksOfChecklist("")).toEqual([]);
    expect(tasksOfChecklist("## TODO\n- plain\n- []\n- [ ]\n")).toEqual([]);
  });
});
