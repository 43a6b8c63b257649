// Cards as text, for any card and any width from a phone's to a wall's.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderPost } from "../../src/chat/local/render.ts";
import { clean, widthOf } from "../../src/chat/local/width.ts";
import type { Card } from "../../src/core/card.ts";

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 80 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "日本語のタイトル",
      "a\u001b[31mred",
      "👩‍👩‍👧 family",
      "x".repeat(300),
    ),
  },
);
const card: fc.Arbitrary<Card> = fc.record({
  kind: fc.constantFrom("merge", "question", "task", "alert"),
  subject: fc.constant({}),
  title: text,
  tone: fc.constantFrom("calm", "good", "warn", "bad"),
  lines: fc.array(text, { maxLength: 8 }),
  fields: fc.array(fc.record({ name: fc.constantFrom("gate", "risk"), value: text }), {
    maxLength: 6,
  }),
  actions: fc.array(
    fc.record({
      id: fc.constant("m1.1.approve"),
      verb: fc.constantFrom("approve", "reject", "diff"),
      label: text,
      style: fc.constantFrom("primary", "danger", "plain"),
      asks: fc.constantFrom("text", null),
    }),
    { maxLength: 6 },
  ),
  image: fc.constant(null),
  state: fc.constant("open"),
  footer: text,
});

/** What a reader takes in, whatever the line breaks. */
const bare = (s: string): string => clean(s).replace(/[\s│]/gu, "");

describe("a card as text", () => {
  it("fits any width, and every word of it is there in order", () => {
    fc.assert(
      fc.property(card, fc.integer({ min: 16, max: 200 }), (shown, width) => {
        const lines = renderPost(
          {
            ...{ room: "merges", from: "batty", text: shown.title, card: shown },
            ts: "2026-11-28T08:00:00.000Z",
          },
          width,
        );
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        const seen = bare(lines.join("\n"));
        let at = 0;
        const parts = [shown.title, ...shown.lines, ...shown.fields.map((f) => f.value)];
        for (const part of [...parts, shown.footer]) {
          const found = seen.indexOf(bare(part), at);
          expect(found, `"${part}" in order`).toBeGreaterThanOrEqual(0);
          at = found + bare(part).length;
        }
      }),
      { numRuns: 500 },
    );
  });
});
