import { describe, expect, it } from "vitest";
import {
  findScript,
  parseDuration,
  parseStep,
  splitWords,
  withJson,
} from "../../../../../src/world/agents/script/steps.ts";

const fenced = (text: string, fence = "```") => `${fence}batty-script\n${text}\n${fence}`;

describe("finding the script in a body", () => {
  it.each([
    ["a fenced block alone", fenced("say hi\nhang"), ["say hi", "hang"]],
    ["a block after prose", `Please do it:\n\n${fenced("say hi")}\nThanks`, ["say hi"]],
    ["a block that opens in the middle of a line", `do ${fenced("say hi")}`, ["say hi"]],
    ["tildes, indented", `  ~~~ batty-script\n  say hi\n  ~~~`, ["say hi"]],
    ["longer fences around shorter ones", fenced("say ```\nsay b", "````"), ["say ```", "say b"]],
    ["an unclosed block runs to the end", "```batty-script\nsay hi", ["say hi"]],
    [
      "two blocks are one script",
      `${fenced("say a")}\nand\n${fenced("say b")}`,
      ["say a", "say b"],
    ],
    ["blank lines and comments are no steps", fenced("say a\n\n# why\nsay b"), ["say a", "say b"]],
    ["CRLF line ends", "```batty-script\r\nsay hi\r\n```\r\n", ["say hi"]],
    [
      "the one-line form",
      "batty-script: say a ;; write x.txt b ;; hang",
      ["say a", "write x.txt b", "hang"],
    ],
    ["the one-line form behind words", "Scope: x batty-script: say a ;;say b", ["say a", "say b"]],
    [
      ";; inside a block belongs to its step",
      fenced("run case a in a) true;; esac"),
      ["run case a in a) true;; esac"],
    ],
    ["an empty block is a script without steps", fenced(""), []],
  ])("%s", (_, body, steps) => expect(findScript(body)).toEqual(steps));

  it.each([
    ["plain words", "say hi"],
    ["another language's block", "```sh\nsay hi\n```"],
    ["a word that only ends like it", "my-batty-script: say hi"],
  ])("%s hold no script", (_, body) => expect(findScript(body)).toBeNull());
});

describe("reading a step", () => {
  it.each([
    ["say  two  blanks", { verb: "say", text: "two  blanks" }],
    ["say", { verb: "say", text: "" }],
    [
      "write a/b.js x = 1;\\ny = 2;\\n",
      { verb: "write", path: "a/b.js", text: "x = 1;\ny = 2;\n" },
    ],
    ["write empty.txt", { verb: "write", path: "empty.txt", text: "" }],
    ["append log.txt more\\n", { verb: "append", path: "log.txt", text: "more\n" }],
    ["run echo 'a b' | wc", { verb: "run", command: "echo 'a b' | wc", must: false }],
    ["run! npm test", { verb: "run", command: "npm test", must: true }],
    ["commit Add a thing", { verb: "commit", message: "Add a thing" }],
    ["batty send eng-1 'a  b' c", { verb: "batty", words: ["send", "eng-1", "a  b", "c"] }],
    [
      "ask Which? | The red one | Blue",
      { verb: "ask", question: "Which?", options: ["The red one", "Blue"] },
    ],
    ["ask Free?", { verb: "ask", question: "Free?", options: [] }],
    ["sleep 2s", { verb: "sleep", ms: 2000 }],
    ["hang", { verb: "hang" }],
    ["crash", { verb: "crash" }],
    ["exit 3", { verb: "exit", code: 3 }],
    ["flood 20kB/s 5s", { verb: "flood", bytesPerSecond: 20_000, ms: 5000 }],
    ["ignore-enter 2", { verb: "ignore-enter", count: 2 }],
    ["draft half a thought", { verb: "draft", text: "half a thought" }],
  ])("%s", (line, step) => expect(parseStep(line)).toEqual(step));

  it.each([
    "fly away",
    "toString",
    "run",
    "write",
    "commit",
    "sleep soon",
    "exit x",
    "exit 256",
    "flood fast",
    'batty send "a',
    "ask",
    "ignore-enter x",
    "",
  ])("%j is an invalid step that says why", (line) =>
    expect(parseStep(line)).toEqual({ verb: "invalid", why: expect.stringMatching(/\S/) }),
  );

  it.each([
    ["250ms", 250],
    ["2", 2000],
    ["1.5s", 1500],
    ["2m", 120_000],
    ["x", null],
  ])("a time of %s", (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe("words as a shell splits them", () => {
  it.each([
    ["a b\tc", ["a", "b", "c"]],
    [`'a "b' "c 'd"`, ['a "b', "c 'd"]],
    [`a\\ b "x\\"y" "p\\q"`, ["a b", 'x"y', "p\\q"]],
    [`--why=''`, ["--why="]],
    [`''`, [""]],
    ["  ", []],
    [`'open`, null],
  ])("%s", (text, words) => expect(splitWords(text)).toEqual(words));
});

describe("--json for batty verbs", () => {
  it.each([
    [["done"], ["done", "--json"]],
    [
      ["done", "--json"],
      ["done", "--json"],
    ],
    [
      ["task", "new", "T"],
      ["task", "new", "T", "--json"],
    ],
    [
      ["task", "new", "--", "-T"],
      ["task", "new", "--json", "--", "-T"],
    ],
    [
      ["send", "ada", "hello", "--json"],
      ["send", "--json", "ada", "hello", "--json"],
    ],
    [
      ["send", "--now", "ada", "hi"],
      ["send", "--json", "--now", "ada", "hi"],
    ],
    [
      ["send", "--json", "ada", "hi"],
      ["send", "--json", "ada", "hi"],
    ],
    [
      ["--project-root", "/p", "send", "ada", "hi"],
      ["--project-root", "/p", "send", "--json", "ada", "hi"],
    ],
  ])("%j becomes %j", (words, full) => expect(withJson(words)).toEqual(full));
});
