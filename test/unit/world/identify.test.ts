import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type Claim, type IdentifyParts, identify } from "../../../src/world/identify.ts";
import { nameOf, startTimeOf, statOf } from "../../../src/world/proc.ts";

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

const sleeper = (env: Readonly<Record<string, string>> = {}): ChildProcess => {
  const child = spawn("sleep", ["60"], { env: { PATH: process.env["PATH"] ?? "", ...env } });
  children.push(child);
  return child;
};
const pidOf = (child: ChildProcess): number => child.pid ?? 0;

const owner = { name: "ada", via: "shell", tier: "admin", id: "ada" } as const;
const root = "/a/project";
const whoIs = (
  pid: number,
  pane: ReturnType<typeof paneOf>,
  more: Partial<IdentifyParts & Claim> = {},
) =>
  identify(
    { pid, as: null, client: "shell", ...more },
    {
      ...{ panes: () => [pane], agents: () => [], person: () => owner },
      ...{ root, holdsOrphans: true, ...more },
    },
  );

describe("who calls", () => {
  it("is the member whose pane's process it descends from", () => {
    const child = sleeper();
    const by = whoIs(pidOf(child), paneOf(child));
    expect(by).toEqual({ name: "engineer", via: "agent", tier: "team" });
  });

  it("is that member in disguise when its environment says otherwise, or its agent did not start it", () => {
    const child = sleeper({ BATTY_MEMBER: "architect" });
    const pane = paneOf(child);
    expect(whoIs(pidOf(child), pane)).toMatchObject({
      ...{ name: "engineer", disguise: "environment" },
    });
    const orphan = sleeper({ BATTY_MEMBER: "engineer" });
    expect(whoIs(pidOf(orphan), paneOf(orphan), { agents: () => [1] })).toMatchObject({
      ...{ name: "engineer", disguise: "orphan" },
    });
  });

  it("is a member in the people's chat, too, which is refused by its name", () => {
    const child = sleeper();
    expect(whoIs(pidOf(child), paneOf(child), { client: "chat", as: "ada" })).toMatchObject({
      ...{ by: { name: "engineer", tier: "team" }, refusal: { code: "access.denied" } },
    });
  });

  it("is a stranger in the chat only by name", () => {
    const person = () => ({ name: "local:eve", via: "local-as", tier: "none", id: "eve" }) as const;
    expect(
      whoIs(process.pid, paneOf(sleeper()), { client: "chat", as: "eve", person }),
    ).toMatchObject({ by: { name: "local:eve" }, refusal: { code: "access.denied" } });
  });

  it("is a person beside a pane's process that has outlived its tmux", () => {
    // Its parent is no tmux any more: init, or whoever adopts orphans, from whom the person may descend as well.
    expect(whoIs(process.pid, paneOf(sleeper()))).toMatchObject({ name: "ada", tier: "admin" });
  });

  it("is nobody's member by a number that another process has by now", () => {
    const child = sleeper();
    expect(whoIs(pidOf(child), paneOf(child, "1"))).toMatchObject({ name: "ada" });
  });

  it("is nobody when a member started it and its pane is gone; another team's does not matter", () => {
    const env = { BATTY_MEMBER: "engineer", BATTY_PROJECT_ROOT: root };
    const pane = paneOf(sleeper());
    expect(whoIs(pidOf(sleeper(env)), pane)).toMatchObject({
      ...{ by: null, refusal: { code: "access.unknown-caller" } },
    });
    expect(whoIs(pidOf(sleeper({ ...env, BATTY_PROJECT_ROOT: "/b" })), pane)).toBe(owner);
  });

  it("is nobody when init adopted it after the team began and nothing holds orphans", async () => {
    const pane = paneOf(sleeper());
    const shell = spawn("sh", ["-c", "setsid sleep 60 >/dev/null 2>&1 & echo $!"]);
    const [said] = await Promise.all([once(shell.stdout, "data"), once(shell, "exit")]);
    const pid = Number(String(said[0]));
    const adopter = statOf(pid)?.ppid ?? 0;
    const isInit = adopter === 1 || nameOf(adopter) === "systemd";
    const found = whoIs(pid, pane, { holdsOrphans: false });
    expect(found).toMatchObject(isInit ? { by: null } : owner);
    expect(whoIs(pid, pane)).toBe(owner);
    process.kill(pid, "SIGKILL");
  });
});
