// What leaves in a bundle, and what does not.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createRedact } from "../../../src/lib/redact.ts";
import { writeBundle } from "../../../src/setup/bundle.ts";
import { pathsOf } from "../../../src/world/paths.ts";

it("a bundle has versions, findings, status, team file, log and journal, and neither secrets nor bodies", async () => {
  const root = await mkdtemp(join(tmpdir(), "batty-bundle-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const paths = pathsOf(root);
  await mkdir(paths.teamConfig, { recursive: true });
  await writeFile(paths.teamYaml, "name: alpha\nbot_token: hunter-2-plain\n");
  await writeFile(paths.log, `up\nghp_${"a1B2".repeat(9)}\nknown-value-77\n`);
  const mail = { id: "m1", body: "between us" };
  const line = { v: 1, seq: 1, event: "message_sent", id: "m1", from: "ana", mail };
  await writeFile(paths.journal, `${JSON.stringify(line)}\ntorn between us`);
  const dir = await writeBundle({
    ...{ paths, versions: "batty 0.1.0\n", findings: "ok tools\n", status: "running\n" },
    redact: createRedact(["known-value-77"]),
    at: "2026-05-28T20:26:40.001Z",
  });
  const names = (await readdir(dir)).sort();
  expect(names).toEqual([
    ...["daemon.log", "doctor.txt", "events.jsonl", "status.txt", "team.yaml", "versions.txt"],
  ]);
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), "utf8")));
  const all = texts.join("");
  expect(all).toContain("name: alpha");
  expect(all).toContain('"from":"ana"');
  expect(all).not.toMatch(/hunter|ghp_|known-value|between us/);
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
});
