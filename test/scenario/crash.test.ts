import { describe, expect, it } from "vitest";
import { common, landing, playKilled } from "../fakes/stories.ts";

describe("a landing", () => {
  it("happens once, is told once and closes its task, wherever the bot is killed on the way", async () => {
    const whole = await playKilled(landing, null, 0);
    const { places } = whole;
    whole.day.end();
    const first = places.indexOf("before append of approval_recorded");
    const last = places.lastIndexOf("after append of board_written");
    const steps = places.slice(first, last + 1);
    for (const step of ["ensure.candidate", "ensure.gate", "ensure.landing", "ensure.patch"])
      for (const side of ["before", "after"]) expect(steps).toContain(`${side} ${step}`);
    const failures: string[] = [];
    for (let n = first; n <= last; n += 1) {
      const { day } = await playKilled(landing, n, 3_000);
      const told = day
        .room("task:1")
        .messages()
        .filter((m) => m.text.startsWith("#1 Build a landed"));
      const mails = day.turns.filter((t) => t.body.includes("landed on main"));
      const wrong = [
        ...(await landing.expect(day)),
        ...common(day),
        ...(told.length === 1 ? [] : [`told ${told.length} times`]),
        ...(mails.length <= 1 ? [] : [`${mails.length} mails`]),
      ];
      if (wrong.length > 0) failures.push(`${places[n]}: ${wrong.join("; ")}`);
      day.end();
    }
    expect(failures).toEqual([]);
  });
});
