// team.yaml changes under a running team: what may change does, what is broken does not, and both are told.
import { expect, test } from "vitest";
import { type Team, team } from "./team.ts";
import { until } from "./waiting.ts";

const yaml = ".batty/team_config/team.yaml";

/** As an editor saves it. */
async function edit(t: Team, change: (text: string) => string): Promise<void> {
  await t.write(yaml, change(await t.read(yaml)));
}

test("a broken team.yaml leaves the running team as it is, is told with line and mend, survives a restart of the bot, and its mending is told", async () => {
  const t = await team();
  const before = await t.seats();
  const good = await t.read(yaml);
  await edit(t, (text) => text.replace("role_type: engineer", "role_type: enginer"));
  const alert = await t.chat.next(
    "the alert",
    (l) => l.event === "message" && l["room"] === "alerts",
  );
  expect(alert["loud"]).toBe(true);
  expect(alert["card"].lines[0]).toMatch(
    /^\.batty\/team_config\/team\.yaml:\d+: roles\[1\]\.role_type must be one of user, architect, manager, engineer, not "enginer"\. Did you mean engineer\?$/,
  );
  const refused = await t.batty("reload", "--json");
  expect([refused.code, refused.json.error.code]).toEqual([2, "config.invalid"]);
  expect(await t.read(".batty/last-good.yaml")).toBe(good);

  expect((await t.batty("restart", "--json")).code).toBe(0);
  expect([...(await t.seats()).values()]).toEqual([...before.values()]);
  const id = await t.order("engineer", "say still here");
  await t.journal.until("message_answered", (l) => l["id"] === id);
  expect(t.journal.of("team_config_rejected")).toHaveLength(1);
  expect((await t.batty("stop", "--json")).code).toBe(0);
  const start = await t.batty("start", "--json");
  expect([start.code, start.json.error.code]).toEqual([2, "config.invalid"]);

  await t.write(yaml, good);
  await t.journal.until("team_config_loaded", (l) => l["mended"] === true);
  expect((await t.batty("start", "--json")).code).toBe(0);
});

test("people and tests change at once, members with the team's next start", async () => {
  const t = await team();
  await edit(t, (text) =>
    text
      .replace("test_command: make test", "test_command: sh gate.sh")
      .replace("# instances: 2", "instances: 2"),
  );
  const loaded = await t.journal.until("team_config_loaded", () => true);
  expect(loaded["now"]).toEqual(["workflow_policy.verification.test_command"]);
  expect(loaded["later"]).toEqual([expect.stringContaining("engineer-1 comes")]);
  await t.task("engineer", "one");
  const evidence = await t.journal.until(
    "verification_evidence_collected",
    (l) => l["purpose"] === "done",
  );
  expect(evidence["command"]).toBe("sh gate.sh");
  expect([...(await t.seats()).keys()].sort()).toEqual(["architect", "engineer"]);

  expect((await t.batty("stop", "--json")).code).toBe(0);
  expect((await t.batty("start", "--json")).json.up).toEqual([
    "architect",
    "engineer-1",
    "engineer-2",
  ]);
  const id = await t.order("engineer-2", "say here");
  await t.journal.until("message_answered", (l) => l["id"] === id);
  await until("three agents", async () => (await t.seats()).size === 3);
});

test("what is changed while no bot runs is told aloud by the next one; a new name waits while the panes of the old one live", async () => {
  const t = await team();
  const before = await t.seats();
  await t.kill();
  await edit(t, (text) =>
    text.replace(/^name: .*$/m, "name: renamed").replace("enabled: false", "enabled: true"),
  );
  expect((await t.batty("start", "--json")).code).toBe(0);
  expect([...(await t.seats()).values()]).toEqual([...before.values()]);
  const loaded = await t.journal.until("team_config_loaded", () => true);
  expect(loaded["now"]).toEqual(["workflow_policy.auto_merge.enabled"]);
  expect(loaded["later"]).toEqual([expect.stringMatching(/^name: when the bot starts anew/)]);
  await until("the alert", async () =>
    (await t.read(".batty/chat/local/alerts.jsonl").catch(() => "")).includes(
      "team.yaml changes who decides what lands",
    ),
  );
  const id = await t.order("engineer", "say still here");
  await t.journal.until("message_answered", (l) => l["id"] === id);

  expect((await t.batty("stop", "--bot", "--json")).code).toBe(0);
  expect((await t.batty("start", "--json")).code).toBe(0);
  expect((await t.batty("status", "--json")).json.tmux.session).toBe("batty-renamed");
});
