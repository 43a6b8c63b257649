// The command table as Discord shows it: within its limits, whole, and the same table as everywhere else.
import { readFile } from "node:fs/promises";
import type {
  APIApplicationCommandBasicOption,
  APIApplicationCommandSubcommandGroupOption,
  APIApplicationCommandSubcommandOption,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord.js";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { commands } from "../../../../commands/index.ts";
import { project } from "../../../../src/chat/discord/commands/project.ts";
import { type Given, textOf } from "../../../../src/chat/discord/commands/read.ts";
import { isPrivate } from "../../../../src/chat/discord/commands/visibility.ts";
import { lookUp } from "../../../../src/chat/lookup.ts";
import type { Command } from "../../../../src/core/command.ts";
import { slotsOf } from "../../../../src/core/slots.ts";

type Slash = RESTPostAPIChatInputApplicationCommandsJSONBody;
type Sub = APIApplicationCommandSubcommandOption;

const slashOf = (table: readonly Command[]): Slash => project(table)[0] as Slash;
const isGroup = (o: object): o is APIApplicationCommandSubcommandGroupOption =>
  "type" in o && o.type === 2;
const subs = (of: Slash): readonly { path: readonly string[]; sub: Sub }[] =>
  (of.options ?? []).flatMap((o) =>
    isGroup(o)
      ? (o.options ?? []).map((sub) => ({ path: [o.name, sub.name], sub }))
      : [{ path: [o.name], sub: o as Sub }],
  );
const called = (path: readonly string[]): readonly Given[] => {
  const [first = "", second] = path;
  const inner = (name: string): Given => ({ name, type: 1, options: [] });
  return second === undefined
    ? [inner(first)]
    : [{ name: first, type: 2, options: [inner(second)] }];
};
const sub = (name: string, table = commands): Sub => {
  const found = subs(slashOf(table)).find(({ path }) => path.join(" ") === name);
  if (found === undefined) throw new Error(`no /batty ${name}`);
  return found.sub;
};

const batty = slashOf(commands);
const open = commands.filter((c) => c.chat !== false && c.team !== "only");

describe("the projection", () => {
  it("has at the top what people use all day, and five groups beside it", () => {
    const names = (batty.options ?? []).map((o) => o.name);
    const groups = ["board", "task", "team", "report", "admin"];
    expect(names.filter((n) => !groups.includes(n)).sort()).toEqual(
      (
        "approve assign back catchup diff escalations help logs merge pause peek queue reject " +
        "restart resume send standup start status stop"
      ).split(" "),
    );
    expect(names.filter((n) => groups.includes(n))).toEqual(groups);
  });

  it("reaches every chat command exactly once, and no other", () => {
    const reached = subs(batty).map(
      ({ path }) => lookUp(commands, textOf(commands, called(path)).slice("/batty ".length)).found,
    );
    expect(reached.map((c) => c.name).sort()).toEqual(open.map((c) => c.name).sort());
  });

  it("keeps within Discord's limits", () => {
    expect(sizeOf(batty)).toBeLessThanOrEqual(8_000);
    expect((batty.options ?? []).length).toBeLessThanOrEqual(25);
    for (const o of (batty.options ?? []).filter(isGroup)) {
      expect([o.name, (o.options ?? []).length <= 25]).toEqual([o.name, true]);
    }
    for (const { path, sub: s } of subs(batty)) {
      const options = s.options ?? [];
      expect([path, s.description.length <= 60, options.length <= 25]).toEqual([path, true, true]);
      for (const { name, description } of [s, ...options]) {
        expect(name).toMatch(/^[a-z][a-z-]{0,31}$/);
        expect([path, name, description.length >= 1 && description.length <= 100]).toEqual([
          ...[path, name, true],
        ]);
      }
    }
  });

  it("names options as the arguments, in their order, required ones first", () => {
    for (const { path, sub: s } of subs(batty)) {
      const command = lookUp(commands, textOf(commands, called(path)).slice(7)).found;
      const words = slotsOf(command).map((slot) => slot.word);
      const [must, may] = [true, false].map((required) =>
        (s.options ?? []).filter((o) => (o.required ?? false) === required).map((o) => o.name),
      );
      const names = (s.options ?? []).map((o) => o.name);
      expect([path, names]).toEqual([path, [...(must ?? []), ...(may ?? [])]]);
      for (const group of [must ?? [], may ?? []])
        expect(group).toEqual(words.filter((word) => group.includes(word)));
    }
  });

  it("says of each option what is typed into it", () => {
    const shape = (name: string) =>
      (sub(name).options ?? []).map((o) => {
        const { autocomplete = false } = o as { autocomplete?: boolean };
        return `${o.name}:${o.type}${autocomplete ? "~" : ""}${o.required === true ? "!" : ""}`;
      });
    expect(shape("approve")).toEqual(["task:4~!", "head:3", "confirm:3"]);
    expect(shape("assign")).toEqual(["member:3~!", "task:3~!"]);
    expect(shape("send")).toEqual(["name:3~!", "text:3", "now:5"]);
    expect(shape("back")).toEqual(["task:4~!", "head:3", "why:3"]);
    expect(shape("task move")).toEqual(["task:4~!", "status:3~!"]);
    expect(shape("team escalations-answer")).toEqual(["id:4~!", "text:3"]);
    expect(shape("stop")).toEqual([]);
    expect((sub("logs").options ?? [])[1]).toMatchObject({ min_value: 1, max_value: 2000 });
  });

  it("lists what an argument may be, and completes a list that is longer than Discord's", () => {
    const many = Array.from({ length: 26 }, (_, i) => `word${i}`);
    const args = z.object({ how: z.enum(["now", "later"]).default("now"), which: z.enum(many) });
    const made = { ...open[0], name: "report", args } as unknown as Command;
    const options = sub("report show", [made]).options as APIApplicationCommandBasicOption[];
    expect(options).toMatchObject([
      { name: "which", autocomplete: true },
      { name: "how", choices: [{ value: "now" }, { value: "later" }] },
    ]);
    expect(JSON.stringify(options[0])).not.toContain("choices");
  });

  it("puts a command that nobody placed where admins look, whole words joined", () => {
    const made = { ...open[0], name: "trust all" } as unknown as Command;
    expect(subs(slashOf([made])).map((s) => s.path)).toEqual([["admin", "trust-all"]]);
  });

  it("has two entries in a message's menu", () => {
    expect(project(commands).slice(1)).toEqual([
      { name: "Send to…", type: 3 },
      { name: "Make a task", type: 3 },
    ]);
  });

  it("gives a verb at most one position that may be left out: text has no gaps", () => {
    for (const command of open) {
      const positions = slotsOf(command).filter((s) => !s.flag);
      expect([command.name, positions.slice(0, -1).filter((s) => s.optional)]).toEqual([
        command.name,
        [],
      ]);
    }
  });

  it("leaves a command that is gone to the router", () => {
    expect(textOf(commands, called(["team", "juggle"]))).toBe("/batty team juggle");
  });

  it("is listed in the documentation as it is", async () => {
    const docs = await readFile(new URL("../../../../docs/discord.md", import.meta.url), "utf8");
    const [, listed] = /<!-- commands -->\n\n(.*)\n\n<!-- end of commands -->/s.exec(docs) ?? [];
    expect(listed).toBe(tableOf());
  });
});

describe("an answer", () => {
  it.each([
    ...["status", "board", "help", "peek eng-1-1", "diff 3", "escalations", "inbox eng-1-1", ""],
    ...["audit --last=3", "juggle"],
  ])("to `%s` is for the one who asked", (words) => {
    expect(isPrivate(commands, `/batty ${words}`.trimEnd())).toBe(true);
  });

  it.each([
    ...["send eng-1-1 hello", "standup", "merge 3", "approve 3", "escalations ack 3", "pause"],
    "task new T",
  ])("to `%s` is for the room", (words) => {
    expect(isPrivate(commands, `/batty ${words}`)).toBe(false);
  });
});

interface Sized {
  readonly name?: string;
  readonly description?: string;
  readonly value?: unknown;
  readonly options?: readonly object[] | undefined;
  readonly choices?: readonly object[] | undefined;
}

/** As Discord counts: names, descriptions and values, all the way down. */
function sizeOf(of: Sized): number {
  const own = [of.name ?? "", of.description ?? "", of.value ?? ""].map(String).join("").length;
  return [...(of.options ?? []), ...(of.choices ?? [])].reduce(
    (sum, inner) => sum + sizeOf(inner as Sized),
    own,
  );
}

function tableOf(): string {
  const rows = subs(batty)
    .map(({ path, sub: s }) => {
      const command = lookUp(commands, textOf(commands, called(path)).slice(7)).found;
      const options = (s.options ?? []).map((o) => (o.required === true ? o.name : `[${o.name}]`));
      const whom = isPrivate(commands, `/batty ${command.name}`) ? "you" : "the room";
      const call = ["/batty", ...path, ...options].join(" ");
      return `| \`${call}\` | \`${command.name}\` | ${command.tier} | ${whom} |`;
    })
    .sort();
  return ["| on Discord | verb | for | answers |", "|---|---|---|---|", ...rows].join("\n");
}
