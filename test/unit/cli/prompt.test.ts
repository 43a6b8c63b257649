// `batty prompt`: the text, and a word when the agent at work has another one.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { prompt } from "../../../src/cli/setup.ts";
import { pathsOf } from "../../../src/world/paths.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "batty-prompt-"));
  const { teamConfig, teamYaml, prompts } = pathsOf(root);
  await mkdir(teamConfig, { recursive: true });
  await mkdir(prompts, { recursive: true });
  await writeFile(
    teamYaml,
    "roles: [{name: dev, role_type: engineer, agent: script, prompt: d.md}]\n",
  );
  await writeFile(join(teamConfig, "d.md"), "You are {{name}}.");
});
afterEach(() => rm(root, { recursive: true }));

const shown = () => prompt({ verb: "prompt", argv: ["dev"], json: true, help: false, root }, root);
const launchedWith = (text: string) => writeFile(join(pathsOf(root).prompts, "dev.md"), text);

it("shows the composed text, of a member that was never launched too", async () => {
  expect(await shown()).toEqual({
    ok: true,
    json: { member: "dev", prompt: "You are dev." },
    text: "You are dev.",
  });
});

it("says that an edit waits for the next launch, and nothing when it does not", async () => {
  await launchedWith("You were dev.");
  expect(await shown()).toMatchObject({
    text: "You are dev.",
    json: {
      note: "dev was launched with another text; this one takes effect at its next launch (`batty restart dev`).",
    },
  });
  await launchedWith("You are dev.");
  expect(await shown()).toMatchObject({ json: { member: "dev", prompt: "You are dev." } });
  expect(JSON.stringify(await shown())).not.toContain("note");
});
