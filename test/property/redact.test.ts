// Whatever stands around a secret, it does not survive; what is no secret does; and twice is once.
import fc from "fast-check";
import { expect, it } from "vitest";
import { createRedact } from "../../src/lib/redact.ts";

const of = (chars: string, min: number, max = min): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...chars), minLength: min, maxLength: max });
const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const hex = "0123456789abcdef";

const own = ["hunter2-hunter2", "Tr0ub4dor&3 with blanks", "p(a)r.e*n+s"];
const redact = createRedact(own);

const secret = fc.oneof(
  of(alnum, 36).map((s) => `ghp_${s}`),
  of(alnum, 36).map((s) => `ghs_${s}`),
  of(`${alnum}_`, 60, 80).map((s) => `github_pat_${s}`),
  of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 16).map((s) => `AKIA${s}`),
  of(alnum, 12, 40).map((s) => `xoxb-${s}`),
  of(alnum, 35).map((s) => `712345678:${s}`),
  of(alnum, 40, 60).map((s) => `sk-proj-${s}`),
  of(alnum, 40, 90).map((s) => `sk-ant-api03-${s}`),
  of(alnum, 38).map((s) => `MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.${s}`),
  fc.tuple(of(alnum, 20), of(alnum, 20), of(alnum, 40)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  fc.constantFrom(...own),
);
const around = fc.constantFrom(" ", "\n", '"', "'", "=", "(", ")", ",", ": ", "`", "<", ">", "\t");
const words = fc.array(fc.oneof(of(alnum, 1, 8), of(hex, 40), of(hex, 64)), { maxLength: 6 });

it("lets no secret through, whatever stands around it", () => {
  fc.assert(
    fc.property(words, around, secret, around, words, (before, left, token, right, after) => {
      const out = redact(`${before.join(" ")}${left}${token}${right}${after.join(" ")}`);
      expect(out).not.toContain(token);
      expect(out).not.toContain(token.slice(8));
      expect(out).toContain("[redacted");
    }),
    { numRuns: 2_000 },
  );
});

it("does nothing the second time", () => {
  const piece = fc.oneof(secret, fc.string({ maxLength: 20 }), of(hex, 40), around);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const once = redact(pieces.join(""));
      expect(redact(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

it("leaves object ids, hashes and plain words as they are", () => {
  const innocent = fc.oneof(of(hex, 40), of(hex, 64), of(hex, 8), fc.uuid(), of(alnum, 1, 12));
  fc.assert(
    fc.property(fc.array(innocent, { maxLength: 10 }), around, (list, between) => {
      const text = list.join(between);
      expect(redact(text)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
