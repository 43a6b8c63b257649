// Seats for scripted agents: a launch line nobody runs, a composer that is the last `> ` line of the screen.
import type { Seating } from "../../src/core/agent.ts";
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
      tried: null,
      version: null,
      logins: [],
      launch: () => ({ argv: ["agent"], env: {}, files: {} }),
      read: () => null,
      hear: () => [],
      asks: () => null,
      plans: () => null,
      answer: () => "",
      followsRecord: false,
      usage: () => null,
      composer(screen) {
        const last = screen.rows.at(-1) ?? "";
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

/** A launch as a driver gets it. */
export const seating = (is: Partial<Seating> = {}): Seating => ({
  ...{ member: "eng-1-1", epoch: 1, worktree: "/work/eng-1-1", repository: "/work/repository" },
  ...{ promptFile: "/work/prompt.md", bodies: "/work/bodies", folder: "/work/seat", resume: null },
  fresh: "11111111-2222-4333-8444-555555555555",
  ...{ model: null, permissions: "ask" },
  hooks: {
    eventUrl: "http://127.0.0.1:1/eng-1-1/1/event/token",
    fileCommand: "sh '/work/bin/batty-hook'",
    permissionCommand: "node '/work/hook.js'",
    permissionSeconds: 600,
  },
  ...is,
});
