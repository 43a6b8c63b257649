// Forms, what is offered while typing, and when the commands are put into a guild.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModalBuilder } from "discord.js";
import { afterEach, describe, expect, it } from "vitest";
import { commands } from "../../../../commands/index.ts";
import { choicesOf } from "../../../../src/chat/discord/commands/complete.ts";
import {
  longModal,
  messageModal,
  readModal,
  sendToModal,
  taskModal,
  textModal,
} from "../../../../src/chat/discord/commands/modals.ts";
import { project } from "../../../../src/chat/discord/commands/project.ts";
import type { Given } from "../../../../src/chat/discord/commands/read.ts";
import { registerCommands } from "../../../../src/chat/discord/commands/register.ts";
import { lookUp } from "../../../../src/chat/lookup.ts";
import { fromText } from "../../../../src/core/arguments.ts";

type Values = Readonly<Record<string, string | number | boolean>>;
/** `task set`, its options, and the one that is being typed. */
const call = (path: string, values: Values, focused?: string): readonly Given[] => {
  const options = Object.entries(values).map(
    ([name, value]): Given => ({ name, type: 3, value, focused: name === focused }),
  );
  const [first = "", second] = path.split(" ");
  return second === undefined
    ? [{ name: first, type: 1, options }]
    : [{ name: first, type: 2, options: [{ name: second, type: 1, options }] }];
};

/** A person fills a form in: what is given, and what stands there already. */
function submit(form: ModalBuilder, given: Readonly<Record<string, string>>) {
  const { custom_id: id, components, title } = form.toJSON();
  expect([id.length <= 100, title.length <= 45, title.length > 0]).toEqual([true, true, true]);
  const inside = components.flatMap((c) => ("component" in c ? [c.component] : []));
  const standing = new Map(
    inside.map((c) => ["custom_id" in c ? c.custom_id : "", "value" in c ? c.value : undefined]),
  );
  const value = (name: string): string => given[name] ?? String(standing.get(name) ?? "");
  const options = inside.flatMap((c) => ("options" in c ? c.options : []));
  const chosen = options.filter((o) => Object.values(given).includes(o.value)).map((o) => o.value);
  return readModal(id, { getTextInputValue: value, getStringSelectValues: () => chosen });
}

const heard = (said: ReturnType<typeof submit>) => {
  if (said?.kind !== "say") throw new Error("nothing was said");
  const { found, rest } = lookUp(commands, said.text.slice("/batty ".length));
  return { verb: found.name, ...fromText(found, rest) };
};

describe("a form", () => {
  it("brings the text that a button asks for", () => {
    const form = textModal("m3.1.back", "Send back");
    expect(submit(form, { text: "tests\nare missing" })).toEqual({
      ...{ kind: "press", action: "m3.1.back", text: "tests\nare missing" },
    });
  });

  it("opens for a button that shows an emoji alone", () => {
    expect(submit(textModal("m3.1.back", ""), { text: "why" })).toMatchObject({ text: "why" });
  });

  it("brings plain text into a room where the bot can't read", () => {
    expect(submit(messageModal("eng-1-1"), { text: "go on\n" })).toEqual({
      ...{ kind: "say", room: "eng-1-1", text: "go on\n" },
    });
  });

  it("asks for the long text that a command was called without, and keeps its lines", () => {
    const text = 'First "this"\n\n  then --that\\';
    const ask = (path: string, values: Values) => longModal(commands, call(path, values));
    expect(ask("send", { name: "architect", text: "hi" })).toBeNull();
    expect(ask("merge", { task: 3 })).toBeNull();
    const send = ask("send", { name: "architect", now: true });
    expect(send && heard(submit(send, { text }))).toEqual({
      ...{ verb: "send", name: "architect", now: true, text },
    });
    const back = ask("back", { task: 3, head: "0123456789012345678901234567890123456789" });
    expect(back && heard(submit(back, { text }))).toMatchObject({
      ...{ verb: "back", task: "3", head: "0123456789012345678901234567890123456789", why: text },
    });
    const answer = ask("team escalations-answer", { id: 7 });
    expect(answer && heard(submit(answer, { text }))).toEqual({
      ...{ verb: "escalations answer", id: "7", text },
    });
  });

  it("is not asked for where its id can't remember the call: the command is refused instead", () => {
    expect(longModal(commands, call("send", { name: "x".repeat(100) }))).toBeNull();
  });

  const message = { content: "Log in fails\nsince noon", author: "ada", url: "https://d/1/2/3" };

  it("sends a message on to a member of a list, as it is or changed", () => {
    const members = ["architect", "eng-1-1"];
    expect(heard(submit(sendToModal(message, members), { to: "eng-1-1" }))).toEqual({
      ...{ verb: "send", name: "eng-1-1", text: message.content, now: false },
    });
    expect(
      heard(submit(sendToModal(message, members), { to: "architect", text: "look" })),
    ).toMatchObject({ name: "architect", text: "look" });
  });

  it("asks for the name where there are more members than Discord lists, or none", () => {
    for (const members of [Array.from({ length: 26 }, (_, i) => `eng-${i}`), []])
      expect(heard(submit(sendToModal(message, members), { to: "eng-7" }))).toMatchObject({
        ...{ name: "eng-7", text: message.content },
      });
  });

  it("makes a task of a message: its first line, and where it came from", () => {
    expect(heard(submit(taskModal(message), {}))).toMatchObject({
      ...{ verb: "task new", title: "Log in fails", assignee: null },
      body: "Log in fails\nsince noon\n\nFrom ada: https://d/1/2/3",
    });
    expect(heard(submit(taskModal(message), { title: "--odd", body: '"b"' }))).toMatchObject({
      ...{ title: "--odd", body: '"b"' },
    });
  });

  it("takes any message, however long or empty", () => {
    for (const content of ["", "👩‍👩‍👧".repeat(500), "x".repeat(4_000)])
      for (const form of [
        sendToModal({ ...message, content }, ["a"]),
        taskModal({ ...message, content }),
      ])
        for (const c of form.toJSON().components)
          if ("component" in c && "value" in c.component)
            expect(c.component.value?.length ?? 0).toBeLessThanOrEqual(4_000);
  });

  it("that is none of ours says nothing", () => {
    expect(submit(textModal("m3.1.back", "x").setCustomId("x:y"), {})).toBeNull();
  });
});

describe("while an option is typed", () => {
  const offer = async (
    data: readonly Given[],
    ...words: readonly (readonly [string, string])[]
  ) => {
    const asked: string[] = [];
    const choices = await choicesOf(commands, data, async (text) => {
      asked.push(text);
      return words.map(([word, about]) => ({ word, about }));
    });
    return { asked, choices };
  };

  it("tasks are offered with their titles, as numbers where numbers are wanted", async () => {
    const approve = await offer(call("approve", { task: "" }, "task"), ["12", "Parse dates"]);
    expect(approve.choices).toEqual([{ name: "#12 Parse dates", value: 12 }]);
    const assign = { member: "eng-1", task: "" };
    expect((await offer(call("assign", assign, "task"), ["12", "Parse"])).choices).toEqual([
      { name: "#12 Parse", value: "12" },
    ]);
  });

  it.each<[string, string, Values, string, string]>([
    ["what is typed", "approve", { task: "1" }, "task", "/batty approve -- 1"],
    ["a number's sign is none of it", "approve", { task: "#1" }, "task", "/batty approve -- 1"],
    ["nothing yet", "approve", { task: "" }, "task", "/batty approve -- "],
    ["words in one piece", "approve", { task: 'log "in' }, "task", '/batty approve -- "log \\"in"'],
    [
      "what stands before it, whatever the order",
      ...(["task move", { status: "re", task: 3 }, "status", "/batty task move -- 3 re"] as const),
    ],
    [
      "a gap, where that is not there yet",
      ...(["assign", { task: "par" }, "task", '/batty assign -- "" par'] as const),
    ],
    [
      "a flag alone",
      ...([
        "task set",
        { task: 3, priority: "h" },
        "priority",
        "/batty task set --priority h",
      ] as const),
    ],
  ])("the desk is asked with %s", async (_, path, values, focused, text) => {
    expect((await offer(call(path, values, focused))).asked).toEqual([text]);
  });

  it("never is more offered, or longer, than Discord takes", async () => {
    const words = Array.from({ length: 40 }, (_, i) => [`${i}`, "👩‍👩‍👧 ".repeat(40)] as const);
    const { choices } = await offer(call("approve", { task: "" }, "task"), ...words);
    expect(choices).toHaveLength(25);
    for (const { name } of choices) {
      expect(name.length).toBeLessThanOrEqual(100);
      expect(name).toMatch(/👩‍👩‍👧 ?…$/u);
    }
    const long = await offer(call("help", { verb: "" }, "verb"), ["x".repeat(101), ""]);
    expect(long.choices).toEqual([]);
  });

  it("nothing is offered for a command that is gone, and nobody asked", async () => {
    const gone = await offer(call("team juggle", { ball: "r" }, "ball"), ["red", ""]);
    expect(gone).toEqual({ asked: [], choices: [] });
  });
});

describe("the commands of a guild", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  /** A guild that keeps what is put, and a file that remembers it. */
  async function place() {
    const folder = await mkdtemp(join(tmpdir(), "batty-commands-"));
    folders.push(folder);
    const file = join(folder, "discord", "commands.txt");
    const guild = { there: [] as readonly { name: string }[], puts: [] as string[], fails: false };
    const put = (application: string, bodies = project(commands)) =>
      registerCommands({
        ...{
          application,
          guild: "9",
          commands: bodies,
          file,
          signal: new AbortController().signal,
        },
        rest: {
          get: async () => guild.there,
          async put(route, options) {
            if (guild.fails) throw new Error("no");
            guild.puts.push(route);
            guild.there = options?.body as typeof guild.there;
          },
        },
      });
    return { file, guild, put };
  }

  it("are put once, whole, and again only when they changed", async () => {
    const { guild, put } = await place();
    expect([await put("1"), await put("1")]).toEqual([true, false]);
    expect(guild.puts).toEqual(["/applications/1/guilds/9/commands"]);
    expect(guild.there).toEqual(project(commands));
    expect([await put("1", project(commands.slice(2))), await put("1", project(commands))]).toEqual(
      [...[true, true]],
    );
    expect(await put("2")).toBe(true);
  });

  it("are put again when the guild lost them", async () => {
    const { guild, put } = await place();
    await put("1");
    guild.there = [];
    expect([await put("1"), guild.there.length]).toEqual([true, 3]);
  });

  it("are put again when nobody knows whether they were", async () => {
    const { file, guild, put } = await place();
    guild.fails = true;
    await expect(put("1")).rejects.toThrow();
    guild.fails = false;
    expect(await put("1")).toBe(true);
    expect(await readFile(file, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
    await writeFile(file, "");
    expect(await put("1")).toBe(true);
  });
});
