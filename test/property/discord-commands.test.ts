// What people fill in on Discord reaches a command as it was filled in, whatever is in it.
import { ApplicationCommandOptionType } from "discord.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../commands/index.ts";
import { longOf } from "../../src/chat/discord/commands/long.ts";
import { longModal, readModal } from "../../src/chat/discord/commands/modals.ts";
import { type Place, placesOf } from "../../src/chat/discord/commands/places.ts";
import { isNumber, type Option, optionsOf } from "../../src/chat/discord/commands/project.ts";
import { type Given, textOf } from "../../src/chat/discord/commands/read.ts";
import { lookUp } from "../../src/chat/lookup.ts";
import { fromText } from "../../src/core/arguments.ts";

const places = placesOf(commands);
const asking = places.filter((p) => longOf(p.command) !== null);
const awkward = fc.constantFrom(
  ...[
    '"',
    "'",
    "\\",
    '\\"',
    "--",
    "--now",
    "--why=x",
    "- ",
    "--why",
    "=",
    " -- ",
    "a b",
    "#12",
    "m3",
  ],
  ...["\n", "\t", "é", "👩‍👩‍👧", "/batty stop", '"open', "it's", "C:\\temp\\", "answer", "list"],
);
const text = fc
  .oneof(
    fc.array(awkward, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("")),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }),
  )
  .filter((s) => s.length > 0);

const anyOf = (option: Option): fc.Arbitrary<string | number | boolean> => {
  if (option.bool) return fc.boolean();
  if (isNumber(option)) {
    const { least, most } = option.integer ?? { least: 1, most: Number.MAX_SAFE_INTEGER };
    return fc.integer({ min: least, max: most });
  }
  // What surrounds a whole message is lost in every chat.
  return option.rest ? text.map((s) => s.trim()).filter((s) => s !== "") : text;
};

/** Any call that Discord lets through: what is required, and some of the rest, in any order. */
const callOf = (of: readonly Place[]) =>
  fc.constantFrom(...of).chain((place) => {
    const options = optionsOf(place.command).filter(
      (o) => o.name !== longOf(place.command)?.slot.name,
    );
    const one = (
      option: Option,
    ): fc.Arbitrary<readonly [Option, string | number | boolean] | null> => {
      const given = anyOf(option).map((value) => [option, value] as const);
      return option.required ? given : fc.option(given);
    };
    return fc
      .tuple(...options.map(one))
      .map((all) => all.filter((x) => x !== null))
      .chain((given) => fc.shuffledSubarray(given, { minLength: given.length }))
      .map((given) => ({ place, given }));
  });

const { Subcommand, SubcommandGroup } = ApplicationCommandOptionType;

const dataOf = (
  { group, name }: Place,
  given: readonly (readonly [Option, string | number | boolean])[],
): readonly Given[] => {
  const options = given.map(([o, value]): Given => ({ name: o.word, type: 3, value }));
  const inner: Given = { name, type: Subcommand, options };
  return group === null ? [inner] : [{ name: group, type: SubcommandGroup, options: [inner] }];
};

/** As the router reads a text. */
const read = (line: string) => {
  const words = line.trim().replace(/^\/batty(?:\s+|$)/, "");
  const { found, rest } = lookUp(commands, words);
  return { name: found.name, args: fromText(found, rest) };
};

const expected = (
  { command }: Place,
  given: readonly (readonly [Option, string | number | boolean])[],
) => ({
  name: command.name,
  args: command.args.parse(
    Object.fromEntries(given.map(([o, v]) => [o.name, o.bool ? v : String(v)])),
  ),
});

describe("a command of Discord", () => {
  it("means the same as text, for every command and whatever is filled in", () => {
    fc.assert(
      fc.property(callOf(places), text, ({ place, given }, long) => {
        const option = optionsOf(place.command).find(
          (o) => o.name === longOf(place.command)?.slot.name,
        );
        const value = option?.rest === true ? long.trim() || "x" : long;
        const all = option === undefined ? given : [...given, [option, value] as const];
        expect(read(textOf(commands, dataOf(place, all)))).toEqual(expected(place, all));
      }),
      { numRuns: 3_000 },
    );
  });

  it("means the same when a form asks for its long text", () => {
    fc.assert(
      fc.property(callOf(asking), text, ({ place, given }, long) => {
        const form = longModal(commands, dataOf(place, given))?.toJSON();
        const option = optionsOf(place.command).find(
          (o) => o.name === longOf(place.command)?.slot.name,
        );
        if (form === undefined || option === undefined) throw new Error("no form asks for it");
        expect(form.custom_id.length).toBeLessThanOrEqual(100);
        expect(form.title.length).toBeLessThanOrEqual(45);
        const value = option.rest ? long.trim() || "x" : long;
        const said = readModal(form.custom_id, {
          getTextInputValue: () => value,
          getStringSelectValues: () => [],
        });
        expect(said?.kind === "say" ? read(said.text) : said).toEqual(
          expected(place, [...given, [option, value] as const]),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
