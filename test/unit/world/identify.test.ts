import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { identify } from "../../../src/world/identify.ts";
import { startTimeOf } from "../../../src/world/proc.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process of ours, recorded as if it were in a pane. */
function paneOf(child: ChildProcess, startTime?: string) {
  const pid = child.pid ?? 0;
  return {
    pane: "%1",
    member: "engineer",
    epoch: 1,
    pid,
    startTime: startTime ?? startTimeOf(pid) ?? "",
  };
}

const sleeper = (): ChildProcess => {
  const child = spawn("sleep", ["60"]);
  children.push(child);
  return child;
};

const owner = { name: "ada", via: "shell", tier: "admin", id: "ada" } as const;
const whoIs = (pid: number, pane: ReturnType<typeof paneOf>) =>
  identify(
    { pid, as: null, client: "shell" },
    {
      panes: () => [pane],
      agents: () => [],
      person: () => owner,
    },
  );

describe("who calls", () => {
  it("is the member whose pane's process it descends from", () => {
    const child = sleeper();
    expect(whoIs(child.pid ?? 0, paneOf(child))).toMatchObject({ name: "engineer", tier: "team" });
  });

  it("is a person beside a pane's process that has outlived its tmux", () => {
    // Its parent is no tmux any more: init, or whoever adopts orphans, from whom the person may descend as well.
    expect(whoIs(process.pid, paneOf(sleeper()))).toMatchObject({ name: "ada", tier: "admin" });
  });

  it("is nobody's member by a number that another process has by now", () => {
    const child = sleeper();
    expect(whoIs(child.pid ?? 0, paneOf(child, "1"))).toMatchObject({ name: "ada" });
  });
});
