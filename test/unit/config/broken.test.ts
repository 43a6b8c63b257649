// Each broken team file is refused with the line it is about and what to do: no team is made of it.
import { describe, expect, it } from "vitest";
import { expectRefused } from "./broken.ts";
import { rows as keys } from "./broken-keys.ts";
import { rows as places } from "./broken-places.ts";
import { rows as roles } from "./broken-roles.ts";

const rows = [...keys, ...roles, ...places];

describe("a team file", () => {
  it.each(rows)("is refused for %s, naming line and mend", (...row) => {
    expectRefused(row);
  });

  it("is broken here in 60 ways at least, of 25 kinds", () => {
    const kinds = new Set(rows.map(([, , , , say]) => say.source));
    expect(new Set(rows.map(([what]) => what)).size).toBeGreaterThanOrEqual(60);
    expect(kinds.size).toBeGreaterThanOrEqual(25);
  });
});
