// From the shell's words and from a chat's text to the same arguments.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { commands } from "../../../commands/index.ts";
import { fromText, fromWords, split, usageOf } from "../../../src/core/arguments.ts";
import type { Command, Refused } from "../../../src/core/command.ts";

const named = (name: string): Command => {
  const found = commands.find((c) => c.name === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
};
const words = (name: string, ...given: readonly string[]) => fromWords(named(name), given);
const text = (name: string, given: string) => fromText(named(name), given);
const refusalOf = (run: () => unknown): { code: string; say: string; exit: number } => {
  try {
    run();
  } catch (error) {
    const { refusal, exit } = error as Refused;
    return { code: refusal.code, say: refusal.say, exit };
  }
  throw new Error("it was accepted");
};

describe("words of the shell", () => {
  it.each<[string, readonly string[], Record<string, unknown>]>([
    ["positions in key order", ["12", "src/a.ts"], { task: "12", file: "src/a.ts" }],
    ["a position left out takes its default", ["12"], { task: "12", file: null }],
    ["after -- a leading dash is a position", ["--", "12", "--odd"], { task: "12", file: "--odd" }],
    ["a single dash is a position", ["12", "-x"], { task: "12", file: "-x" }],
  ])("%s", (_, given, args) => expect(words("diff", ...given)).toMatchObject({ page: 0, ...args }));

  it.each<[string, readonly string[], Record<string, unknown>]>([
    ["a value of its own", ["--summary", "Fixed"], { summary: "Fixed" }],
    ["a value behind =", ["--summary=a=b"], { summary: "a=b" }],
    ["a value that looks like a flag", ["--summary", "--wait"], { summary: "--wait", wait: false }],
    ["a value with newlines", ["--summary", "a\n b"], { summary: "a\n b" }],
    ["no value when it is a switch", ["--wait", "--task", "3"], { wait: true, task: "3" }],
  ])("a flag takes %s", (_, given, args) => expect(words("done", ...given)).toMatchObject(args));

  it("a flag given several times is a list where lists are wanted", () => {
    const { option } = words("ask", "Which?", "--option", "A, or B", "--option=C");
    expect(option).toEqual(["A, or B", "C"]);
  });

  it("flags are written with dashes, whatever their keys", () => {
    expect(words("task new", "T", "--depends-on", "1,2")).toMatchObject({ dependsOn: "1,2" });
  });

  it.each<[string, readonly string[], string]>([
    ["dashes", ["--json", "--now", "-x"], "--json --now -x"],
    ["newlines, tabs and blanks inside a word", ["a\n\tb  c "], "a\n\tb  c "],
    ["several words, joined by single blanks", ["say", '"it\'s"', "so"], 'say "it\'s" so'],
    ["a double dash too", ["--", "x"], "-- x"],
    ["nothing but an empty word", [""], ""],
  ])("after NAME everything is text: %s", (_, given, body) => {
    expect(words("send", "architect", ...given)).toEqual({
      ...{ name: "architect", text: body, now: false },
    });
  });

  it("a flag of send stands before NAME", () => {
    expect(words("send", "--now", "architect", "--now")).toMatchObject({
      ...{ now: true, text: "--now" },
    });
  });

  it.each<[string, string, readonly string[]]>([
    ["a missing argument", "diff", []],
    ["a missing text", "send", ["architect"]],
    ["a word too many", "diff", ["1", "a", "b"]],
    ["an unknown flag", "diff", ["1", "--colour"]],
    ["a flag without its value", "done", ["--summary"]],
    ["a switch with a value", "done", ["--wait=false"]],
    ["a number that is none", "logs", ["eng-1-1", "--lines", "many"]],
    ["a number outside its bounds", "logs", ["eng-1-1", "--lines", "0"]],
  ])("%s is wrong usage and says how to use it", (_, name, given) => {
    expect(refusalOf(() => words(name, ...given))).toMatchObject({ code: "usage", exit: 2 });
  });

  it("usage names arguments as they are typed", () => {
    expect(usageOf(named("send"))).toBe("batty send NAME TEXT… [--now]");
    expect(usageOf(named("task new"))).toContain("[--depends-on …]");
    expect(refusalOf(() => words("send", "architect")).say).toContain("TEXT");
  });
});

describe("a chat's text", () => {
  it.each<[string, string]>([
    ["newlines", "architect line one\nline two\n\n  line four"],
    ["quotes", `architect don't say "never" or 'ever'`],
    ["dashes and backslashes", "architect --json C:\\temp -- --now"],
    ["an open quote", 'architect a "b'],
    ["a name on a line of its own", "architect\nhello"],
  ])("what follows NAME is text to the end, with its %s", (_, given) => {
    const { text: body } = text("send", given);
    expect(body).toBe(given.slice("architect".length + 1));
  });

  it("a flag may stand before NAME, and a name in quotes", () => {
    expect(text("send", `--now "architect" "hi"`)).toEqual({
      ...{ name: "architect", text: '"hi"', now: true },
    });
  });

  it.each<[string, string, Record<string, unknown>]>([
    ["a name with dashes", "-- --odd hello", { name: "--odd", text: "hello" }],
    ["a flag before it", "--now -- --now --now", { name: "--now", text: "--now", now: true }],
    ["a double dash after NAME is text", "architect -- x", { name: "architect", text: "-- x" }],
  ])("-- ends the flags before NAME too: %s", (_, given, args) =>
    expect(text("send", given)).toMatchObject(args),
  );

  it("-- ends the flags before a text that nothing precedes", () => {
    expect(text("help", "-- --odd  one")).toEqual({ verb: "--odd  one" });
  });

  it("a quote before dashes is a part of a text that nothing precedes", () => {
    expect(text("help", '"--')).toEqual({ verb: '"--' });
    expect(text("help", '"--" one')).toEqual({ verb: '"--" one' });
  });

  it.each<[string, string, readonly string[]]>([
    ["blanks separate", " a  b\tc\nd ", ["a", "b", "c", "d"]],
    ["double quotes group", '"a b" c', ["a b", "c"]],
    ["single quotes group", "'a \"b\"' c", ['a "b"', "c"]],
    ["quotes in the middle of a word", '--why="a b"', ["--why=a b"]],
    ["an empty word", '"" a', ["", "a"]],
    ["a backslash takes the next character", "a\\ b", ["a b"]],
    ["a backslash in double quotes takes a quote", '"say \\"hi\\" now"', ['say "hi" now']],
    ["and leaves everything else", '"C:\\temp \\\\ x"', ["C:\\temp \\ x"]],
    ["in single quotes it is a character", "'a\\b'", ["a\\b"]],
    ["an open quote ends with the text", '"a b', ["a b"]],
  ])("%s", (_, given, parts) => expect(split(given).map((w) => w.text)).toEqual(parts));

  it("commands without a text are split as a shell would", () => {
    const given = `"Reject a wrong password" --body "Scope: src/auth\nTest: login" --priority high`;
    expect(text("task new", given)).toMatchObject({
      ...{ title: "Reject a wrong password", body: "Scope: src/auth\nTest: login" },
      priority: "high",
    });
  });

  it("a text behind a flag with a value begins after that value", () => {
    const args = z.object({
      name: z.string(),
      when: z.string().meta({ flag: true }),
      text: z.string().meta({ rest: true }),
    });
    const command = { ...named("help"), args } as unknown as Command;
    expect(fromText(command, "--when noon bob  stay as you are")).toEqual({
      ...{ name: "bob", when: "noon", text: "stay as you are" },
    });
    expect(fromText(command, '--when="at noon" bob "so"')).toEqual({
      ...{ name: "bob", when: "at noon", text: '"so"' },
    });
  });

  it("an empty text is a missing one", () => {
    expect(refusalOf(() => text("send", "architect   "))).toMatchObject({ code: "usage" });
  });
});
