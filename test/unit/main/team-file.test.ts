// What a bot finds in team.yaml when it starts, held against what was in force when the last one went.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openTeamFile } from "../../../src/main/team-file.ts";
import { pathsOf } from "../../../src/world/paths.ts";

const yaml = (more: string): string => `name: shop
roles:
  - {name: engineer, role_type: engineer, agent: script}
people:
  ada: {local: ada}
  bob: {local: bob}
${more}`;

async function place() {
  const root = await mkdtemp(join(tmpdir(), "batty-team-file-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
  const says = (more: string): Promise<void> => writeFile(paths.teamYaml, yaml(more));
  return { paths, says };
}

const approvedBy = (name: string): string => `access: {approvers: [${name}]}\n`;

it("what was changed while no bot ran is told by the next one, and once it was told by none after it", async () => {
  const { paths, says } = await place();
  await says(approvedBy("ada"));
  const first = await openTeamFile(paths);
  expect(first.first.now).toEqual([]);
  await first.keepFirst();
  await writeFile(paths.journal, "");
  await says(approvedBy("bob"));
  expect((await openTeamFile(paths)).first.now).toEqual(["access.approvers"]);
  const again = await openTeamFile(paths); // the one before it died before it told anybody
  expect(again.first.now).toEqual(["access.approvers"]);
  await again.keepFirst();
  expect((await openTeamFile(paths)).first.now).toEqual([]);
});

it("a last good copy that is gone hides nothing: everything that decides is named", async () => {
  const { paths, says } = await place();
  await says(approvedBy("ada"));
  await (await openTeamFile(paths)).keepFirst();
  await writeFile(paths.journal, "");
  await rm(paths.lastGood);
  await says(approvedBy("bob"));
  expect((await openTeamFile(paths)).first.now).toEqual(
    expect.arrayContaining(["access", "people", "roles"]),
  );
});
