// Whatever is posted: Discord takes it, nothing of it is lost, nobody is called by it, and code stays code.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clean } from "../../src/chat/discord/render/inert.ts";
import { type Part, renderAnswer, renderPost } from "../../src/chat/discord/render/message.ts";
import { type Action, type Card, cardKinds, type Post } from "../../src/core/card.ts";
import {
  expectAccepted,
  graphemes,
  maskedLinks,
  pings,
  readable,
  seenAs,
} from "../fakes/discord-sight.ts";

const numRuns = 200;

const nasty = fc.constantFrom(
  ...["@everyone", "@here", "<@&1>", "<@123456>", "<@!5>", "<#9>", "@ada", "a@b.de", "<@"],
  ...["[docs](https://evil.example)", "[x](<http://e.x>)", "](http://"],
  ...[
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "```js",
    "~~~~ diff",
    "- ```sh",
    "> ```",
    "\n```\n",
    "\\",
    "\\`",
  ],
  ...[
    "👩‍👩‍👧‍👦",
    "🇩🇪🇫🇷",
    "👍🏽",
    "e\u0301\u0323",
    "นี้",
    "a".concat("\u0300".repeat(40)),
    "שלום",
    "مرحبا",
  ],
  ...[
    "\u202eevil\u202c",
    "\u001b[31mred\u001b[0m",
    "\u0007",
    "\ud83d",
    "\u200b",
    "日本語のタイトル",
  ],
  ...[
    "**",
    "__init__",
    "*a*",
    "||x||",
    "~~",
    "# ",
    "> ",
    "-# ",
    "https://a.b/c_d_e",
    "</send:1>",
    "<t:1>",
  ],
);
const piece = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) },
  { weight: 5, arbitrary: nasty },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("x", "ab ", "👩‍👩‍👧", "e\u0301", "\n", "`"),
        fc.integer({ min: 100, max: 3_000 }),
      )
      .map(([text, times]) => text.repeat(times)),
  },
);
const text = fc
  .array(fc.tuple(piece, fc.constantFrom("", " ", "\n", "\n\n")), { maxLength: 25 })
  .map((pieces) => pieces.flat().join(""));
const short = fc.oneof({ weight: 4, arbitrary: piece }, { weight: 1, arbitrary: text });

const action: fc.Arbitrary<Action> = fc.record({
  id: fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constant("q1.answer.0"), text),
  verb: fc.constantFrom("approve", "answer", "diff", "ack", "deny"),
  label: short,
  style: fc.constantFrom("primary", "danger", "plain"),
  asks: fc.constantFrom("text", null),
});
const card: fc.Arbitrary<Card> = fc.record({
  kind: fc.constantFrom(...cardKinds),
  subject: fc.constant({}),
  title: short,
  tone: fc.constantFrom("calm", "good", "warn", "bad"),
  lines: fc.array(short, { maxLength: 12 }),
  fields: fc.array(
    fc.record({ name: fc.constantFrom("gate", "branch", "commits"), value: short }),
    {
      maxLength: 8,
    },
  ),
  actions: fc.array(action, { maxLength: 60 }),
  image: fc.constantFrom(null, { name: "day's chart.png", path: "/p" }),
  state: fc.constantFrom("open", "decided", "superseded", "expired", "done"),
  footer: short,
});
const post: fc.Arbitrary<Post> = fc.record({
  key: fc.constant("k"),
  room: fc.constantFrom("merges", "eng-1"),
  thread: fc.constant(null),
  from: fc.constantFrom("batty", "eng-1", "ada *the* @here"),
  text,
  card: fc.option(card),
  loud: fc.boolean(),
  mentions: fc.array(fc.constantFrom("ada", "bob", "nobody", "cleo"), { maxLength: 60 }),
  replyTo: fc.constant(null),
  files: fc.array(fc.constant({ name: "a.md", path: "/a" }), { maxLength: 25 }),
});
const people = (name: string): string | null =>
  ({ ada: "100000000000000001", bob: "100000000000000002", cleo: "100000000000000003" })[name] ??
  null;

const allText = (parts: readonly Part[]): string =>
  parts.flatMap((part) => [...readable(part), ...part.made.map((file) => file.text)]).join("\n");

/** What a reader takes in, whatever the line breaks and the marks. */
const bare = (markdown: string): string => clean(markdown).replace(/[\s\u200b\\`~]/g, "");

/** Whether every letter of one comes in the other, in order. */
function isWithin(part: string, whole: string): boolean {
  let at = 0;
  for (const letter of whole)
    if (at < part.length && part.startsWith(letter, at)) at += letter.length;
  return at === part.length;
}

/** Of the processor, ms: a machine that does other work as well does not count. */
const worked = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Long in each of its parts. */
const cardOf = (big: string): Card => ({
  ...{ kind: "alert", subject: {}, title: big, tone: "bad", lines: [big], footer: big },
  ...{ fields: [{ name: "gate", value: big }], actions: [], image: null, state: "open" },
});

const icons = ["🔀", "❓", "🔐", "❗", "🌅", "📊", "🔧", "🔔", "🚨", "📋"];

describe("what is posted to Discord", () => {
  it("is within every limit, calls only whom it is meant for and shows where links lead", () => {
    fc.assert(
      fc.property(post, (given) => {
        const { parts, mentioned, silent } = renderPost(given, people);
        parts.forEach(expectAccepted);
        const heads = mentioned.map((id) => `<@${id}>`).join(" ");
        expect(parts[0].content.startsWith(heads)).toBe(true);
        const [first = "", ...others] = parts.flatMap(readable);
        const rest = first.startsWith(heads) ? first.slice(heads.length) : first;
        expect([rest, ...others].flatMap(pings)).toEqual([]);
        const marked = parts.flatMap((p) => [
          p.content,
          ...p.embeds.map((e) => `${e.title}\n${e.description}`),
        ]);
        expect(marked.map((one) => seenAs(one).prose).flatMap(maskedLinks)).toEqual([]);
        expect(silent).toBe(!given.loud && mentioned.length === 0);
        expect(parts.slice(1).flatMap((p) => p.components)).toEqual([]);
        const files = [...(given.files ?? []), ...(given.card?.image == null ? [] : [1])];
        expect(parts.flatMap((p) => p.files)).toHaveLength(files.length);
      }),
      { numRuns },
    );
  });

  it("has every letter of the text, in order, in its messages and their files", () => {
    fc.assert(
      fc.property(text, (given) => {
        const { parts } = renderAnswer({ text: given, card: null });
        const seen = parts.map((part) => part.content).join("\n");
        const made = parts.flatMap((part) => part.made);
        if (made.length > 0) expect(made).toEqual([{ name: "message.md", text: given }]);
        else expect(isWithin(bare(given), bare(seen)), seen).toBe(true);
        expect(parts.length).toBeLessThanOrEqual(4);
      }),
      { numRuns },
    );
  });

  it("has every letter of a card", () => {
    fc.assert(
      fc.property(card, (shown) => {
        const { parts } = renderAnswer({ text: "", card: shown });
        const seen = bare(allText(parts));
        for (const part of [
          shown.title,
          ...shown.lines,
          shown.footer,
          ...shown.fields.map((f) => f.value),
        ])
          expect(isWithin(bare(part), seen), part).toBe(true);
      }),
      { numRuns },
    );
  });

  it("never ends within a character", () => {
    const long = fc
      .tuple(
        fc.constantFrom("👩‍👩‍👧‍👦", "🇩🇪", "e\u0301\u0323", "👍🏽 ", "x`👩‍👩‍👧", "\\*"),
        fc.integer({ min: 0, max: 9 }),
      )
      .map(([text, shift]) => "a".repeat(shift) + text.repeat(700));
    fc.assert(
      fc.property(fc.oneof(text, long), card, (given, shown) => {
        const whole = {
          ...shown,
          title: given,
          actions: shown.actions.slice(0, 3).map((a) => ({ ...a, label: given })),
        };
        const { parts } = renderAnswer({ text: given, card: whole });
        const texts = [given, ...shown.lines, shown.footer, ...shown.fields.map((f) => f.value)];
        const known = new Set(texts.flatMap((one) => graphemes(clean(one))));
        for (const one of parts.flatMap(readable).flatMap(graphemes))
          if (one.length > 1 && !known.has(one)) expect(icons, `half of ${one}`).toContain(one);
        const all = allText(parts);
        for (const one of known) if (/\p{L}\p{M}/u.test(one)) expect(all).toContain(one);
      }),
      { numRuns: numRuns / 4 },
    );
  });

  it("closes every code block, and opens it again in its language", () => {
    const line = fc.oneof(
      nasty,
      fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
      fc.constant("`x` ``"),
    );
    const code = fc.record({
      language: fc.constantFrom("", "js", "diff", "c++"),
      lines: fc.array(
        line.map((l) => l.replaceAll("\n", "")),
        { minLength: 1, maxLength: 40 },
      ),
    });
    const prose = fc
      .oneof(nasty, short)
      .map((t) => t.replaceAll("\n", " ").replace(/`{3,}|~{3,}/g, ""));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(prose, code), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (all, open) => {
          const given = all
            .map(([p, c]) => `${p}\n\`\`\`\`\`\`${c.language}\n${c.lines.join("\n")}\n\`\`\`\`\`\``)
            .join("\n");
          const { parts } = renderAnswer({ text: open ? given.slice(0, -7) : given, card: null });
          const seen = parts.map((part) => seenAs(part.content));
          for (const { prose } of seen) expect(prose).not.toContain("```");
          const shown = seen.flatMap(({ blocks }) => blocks);
          const wanted = all.map(([, c]) => c).filter((c) => bare(c.lines.join("")) !== "");
          const isCut = parts.some((part) => part.made.length > 0);
          const of = (blocks: readonly { language: string; code: string }[]): string =>
            blocks
              .map((b) => [...bare(b.code)].map((letter) => `${b.language} ${letter}`).join("\n"))
              .filter((t) => t !== "")
              .join("\n");
          const whole = of(wanted.map((c) => ({ language: c.language, code: c.lines.join("\n") })));
          if (isCut) expect(whole.startsWith(of(shown))).toBe(true);
          else expect(of(shown)).toBe(whole);
        },
      ),
      { numRuns },
    );
  });

  it("of 1 MB holds the bot up for a fraction of what it may", () => {
    const texts = [
      "log line 12 <@1> `x` ***\n",
      "x",
      "`",
      "\n",
      "```\n",
      "](",
      "\u001b]",
      "` `` ",
      "👩‍👩‍👧",
      "\u0301",
      "\\",
    ];
    for (const one of texts) {
      const big = one.repeat(Math.ceil(1_048_576 / one.length));
      const started = worked();
      const { parts } = renderAnswer({ text: big, card: null });
      expect(worked() - started, JSON.stringify(one)).toBeLessThan(150);
      expect(parts.flatMap((p) => p.made)[0]?.text).toBe(big);
      const inCard = worked();
      const card = renderAnswer({ text: "", card: cardOf(big) }).parts;
      expect(worked() - inCard, `a card of ${JSON.stringify(one)}`).toBeLessThan(150);
      expect(card.flatMap((p) => p.made)[0]?.text).toContain(big);
      for (const part of [...parts, ...card]) expectAccepted(part);
    }
  });
});
