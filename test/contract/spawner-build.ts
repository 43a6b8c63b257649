// Bundles the spawner into a temporary folder, as the build does, so that Node runs it without a loader.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

export interface Bundle {
  readonly folder: string;
  readonly script: string;
  remove(): Promise<void>;
}

export async function bundle(entry: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "batty-bundle-"));
  const script = join(folder, "program.mjs");
  await build({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  return { folder, script, remove: () => rm(folder, { recursive: true, force: true }) };
}
