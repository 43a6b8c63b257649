// What a half-typed command may go on with, as every chat offers it.
import { describe, expect, it } from "vitest";
import { commands } from "../../../commands/index.ts";
import { completions } from "../../../src/chat/complete.ts";
import type { Policy } from "../../../src/core/policy.ts";
import type { World } from "../../../src/core/ports.ts";
import { empty, nobody, type State } from "../../../src/core/state.ts";
import type { Caller, Tier } from "../../../src/core/words.ts";

const member = (name: string, roleType: string) => ({ name, roleType });
const task = (id: number, title: string, status = "todo") => [id, { id, title, status }] as const;
const message = (id: string, from: string, state: string, body: string) =>
  [id, { state, mail: { id, from, to: "eng-1", body } }] as const;
const known = {
  policy: {
    members: [member("architect", "architect"), member("eng-1", "engineer")],
  } as unknown as Policy,
  world: {
    board: {
      probe: {
        known: true,
        value: {
          config: { statuses: ["todo", "review"], priorities: ["low", "high"] },
          tasks: new Map([
            task(1, "Log in"),
            task(2, "Log out"),
            task(12, "Parse dates"),
            task(3, "Old", "done"),
          ]),
        },
      },
    },
  } as unknown as World,
  state: {
    ...empty,
    work: new Map([
      [12, { task: 12, title: "Parse dates", phase: "working" }],
      [9, { task: 9, title: "Long over", phase: "landed" }],
    ]),
    escalations: new Map([
      [4, { id: 4, state: "open", member: "eng-1", question: "Which port?\nIt matters." }],
      [5, { id: 5, state: "answered", member: "eng-1", question: "Which host?" }],
      [6, { id: 6, state: "snoozed", member: nobody, question: "Main is red" }],
    ]),
    messages: new Map([
      message("1.000001.1", "ada", "queued", "first"),
      message("1.000002.1", "bob", "queued", "bob's"),
      message("1.000003.1", "ada", "queued", "second\nline"),
      message("1.000004.1", "ada", "failed", "never came"),
    ]),
    letters: new Map([["17.discord", { letter: "17.discord", say: "No such channel" }]]),
  } as unknown as State,
};
const shown = (text: string, tier: Tier = "admin"): readonly string[] => {
  const by: Caller = { name: "ada", via: "discord", tier, id: "5" };
  return completions(commands, by, known, text).map((c) =>
    c.about === "" ? c.word : `${c.word} ${c.about}`,
  );
};

describe("completions", () => {
  it.each<[string, string, readonly string[]]>([
    [
      "open tasks with their titles, those under way first",
      "/approve ",
      ["12 Parse dates", "1 Log in", "2 Log out"],
    ],
    ["by the beginning of a number", "/approve 1", ["12 Parse dates", "1 Log in"]],
    ["by a word of the title", "/approve LOG", ["1 Log in", "2 Log out"]],
    ["by several, in quotes", '/approve "log o"', ["2 Log out"]],
    ["a second argument", "/assign eng-1 ", ["12 Parse dates", "1 Log in", "2 Log out"]],
    ["engineers where only they will do", "/batty assign ", ["eng-1"]],
    ["members everywhere else", "/batty peek ", ["architect", "eng-1"]],
    ["the board's columns", "/batty task move 1 ", ["todo", "review"]],
    ["the value of a flag", "/task new T --priority ", ["low", "high"]],
    ["its beginning too", "/task set 1 --priority h", ["high"]],
    ["a position behind a flag and its value", "/back --why no ", shownTasks()],
    ["and behind the flags' end", "/back -- ", shownTasks()],
    ["one more of a list", "/task depend 1 2,", ["2,12 Parse dates", "2,1 Log in"]],
    ["open questions", "/escalations ack ", ["4 eng-1: Which port?", "6 Main is red"]],
    ["a question by its words", "/escalations answer port", ["4 eng-1: Which port?"]],
    [
      "one's own waiting messages, the newest first",
      "/cancel message ",
      ["1.000003.1 to eng-1: second", "1.000001.1 to eng-1: first"],
    ],
    [
      "what did not arrive",
      "/send-again ",
      ["1.000004.1 to eng-1: never came", "17.discord No such channel"],
    ],
    ["verbs for help, in one word", "/help 'task m'", ["task move Move a task to another status"]],
    ["nothing where anything may stand", "/send eng-1 ", []],
    ["a name behind a switch", "/send --now a", ["architect"]],
  ])("offer %s", (_, text, expected) => expect(shown(text)).toEqual(expected));

  it("offer a viewer no verb that is not for viewers", () => {
    expect(shown("/batty a", "viewer")).toEqual(["audit"]);
    expect(shown("/batty approve ", "viewer")).toEqual([]);
  });
});

function shownTasks(): readonly string[] {
  return ["12 Parse dates", "1 Log in", "2 Log out"];
}
