// Seats for scripted agents: a launch line nobody runs, a composer that is the last `> ` line of the screen.
import type { Policy } from "../../src/core/policy.ts";
import type { Seats } from "../../src/core/ports.ts";
import { known, unknown } from "../../src/core/words.ts";

export interface FakeSeats extends Seats {
  /** Bodies too long to be typed, by path. */
  readonly bodies: ReadonlyMap<string, string>;
}

export function fakeSeats(policy: Policy): FakeSeats {
  const bodies = new Map<string, string>();
  const columns = { architect: 0, manager: 1, engineer: 2 } as const;
  return {
    bodies,
    async launchOf({ member, epoch, worktree }) {
      const roleType = policy.members.find((m) => m.name === member)?.roleType ?? "engineer";
      const env = { PATH: "/usr/bin:/bin" };
      return { member, epoch, column: columns[roleType], cwd: worktree, argv: ["agent"], env };
    },
    driverOf: () => ({
      agent: "script",
      launch: () => ({ argv: ["agent"], env: {} }),
      composer(screen) {
        const last = screen.at(-1) ?? "";
        return last.startsWith(">")
          ? known(last.slice(2))
          : unknown("the screen shows no composer");
      },
      interrupt: ["Escape"],
      clear: ["C-u"],
    }),
    async body(id, text) {
      bodies.set(`/bodies/${id}.md`, text);
      return `/bodies/${id}.md`;
    },
  };
}
