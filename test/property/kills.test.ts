import { describe, expect, it } from "vitest";
import { effectTypes } from "../fakes/crash-points.ts";
import { common, playKilled, stories } from "../fakes/stories.ts";

/** The first and the last place of each kind. */
function chosen(places: readonly string[]): readonly number[] {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  for (const [n, where] of places.entries()) {
    if (!first.has(where)) first.set(where, n);
    last.set(where, n);
  }
  return [...new Set([...first.values(), ...last.values()])].sort((a, b) => a - b);
}

describe("a bot killed at any place", () => {
  const seen = new Set<string>();

  for (const story of stories)
    it(`ends as if nothing had been: ${story.name}`, async () => {
      const whole = await playKilled(story, null, 0);
      expect([...(await story.expect(whole.day)), ...common(whole.day)]).toEqual([]);
      whole.day.end();
      for (const type of whole.effects) seen.add(type);
      const failures: string[] = [];
      const places = chosen(whole.places);
      for (const n of places) {
        const { day } = await playKilled(story, n, n % 2 === 0 ? 0 : 20_000);
        const wrong = [...(await story.expect(day)), ...common(day)];
        if (wrong.length > 0) failures.push(`${n} ${whole.places[n]}: ${wrong.join("; ")}`);
        day.end();
      }
      console.log(`${places.length} kills: ${story.name}`);
      expect(failures).toEqual([]);
    });

  it("was killed before and after every kind of effect", () => {
    expect([...seen].sort()).toEqual(effectTypes);
  });
});
