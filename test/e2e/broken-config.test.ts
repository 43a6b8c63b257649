// A broken team file starts nothing: no bot, no tmux server, and the shell names file, line and mend.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { team } from "./team.ts";

/** One of each family of faults; the whole table is judged in the unit tests. */
const breaks: readonly (readonly [what: string, edit: (yaml: string) => string, says: RegExp])[] = [
  [
    "a mistyped key",
    (y) => `${y}trunk_brnach: main\n`,
    /team\.yaml:\d+: unknown key trunk_brnach.*Did you mean trunk_branch\?/,
  ],
  [
    "a wrong value",
    (y) => y.replace("enabled: false", "enabled: maybe"),
    /team\.yaml:\d+: .*auto_merge\.enabled must be true or false/,
  ],
  ["YAML that is none", (y) => `${y}access: [ada\n`, /team\.yaml:\d+: .*Mend the YAML here/],
  ["an alias of nothing", (y) => `${y}access: *mine\n`, /team\.yaml:\d+: \*mine/],
  [
    "an agent nobody knows",
    (y) => y.replace("agent: script", "agent: skript"),
    /team\.yaml:\d+: unknown agent skript.*script\?/,
  ],
  [
    "a person nobody knows",
    (y) => `${y}access: {approvers: [bob]}\n`,
    /team\.yaml:\d+: bob is not under people/,
  ],
  [
    "a prompt that is missing",
    (y) => y.replace("prompt: engineer.md", "prompt: mine.md"),
    /team\.yaml:\d+: the prompt file mine\.md/,
  ],
  [
    "a clean room",
    (y) => `${y}automation: {clean_room_mode: true}\n`,
    /team\.yaml:\d+: information barriers/,
  ],
];

test("start ends with 2 for each, and nothing runs afterwards", async () => {
  const t = await team({ started: false });
  const file = ".batty/team_config/team.yaml";
  const good = await t.read(file);
  for (const [what, edit, says] of breaks) {
    await t.write(file, edit(good));
    for (const verb of ["start", "daemon"]) {
      const shell = await t.batty(verb, "--json");
      expect([shell.code, shell.json.error.code], what).toEqual([2, "config.invalid"]);
      expect(`${shell.json.error.say} ${shell.json.error.hint ?? ""}`, what).toMatch(says);
    }
    expect(t.bot(), what).toBeNull();
    expect(existsSync(join(t.root, ".batty", "chat.sock")), what).toBe(false);
    expect(t.place.processes(), what).toEqual([]);
  }
  await t.write(file, good);
});

test("a team whose bot was killed is ended under the last good file, its own being broken by then", async () => {
  const t = await team();
  const file = ".batty/team_config/team.yaml";
  const good = await t.read(file);
  await t.kill();
  await t.write(file, `${good}trunk_brnach: main\n`);
  expect((await t.batty("send", "--json", "engineer", "later")).json.state).toBe("queued");
  expect((await t.batty("stop", "--json")).code).toBe(0);
  expect((await t.seats()).size).toBe(0);
  await t.write(file, good);
});
