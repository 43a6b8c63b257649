// `doctor [--fix]`: looks at this machine and this team's files, with or without a bot.

import { statfs } from "node:fs/promises";
import { userInfo } from "node:os";
import { connectShell } from "../chat/local/client.ts";
import { loadTeam } from "../config/load.ts";
import { watched } from "../core/policy.ts";
import { Failure } from "../core/words.ts";
import { readCheckpoint } from "../main/checkpoint.ts";
import { checkTelemetry, rebuildTelemetry } from "../main/telemetry.ts";
import { examine, type Finding, type Patient } from "../setup/doctor.ts";
import { lockOwner } from "../world/lock.ts";
import { type Paths, pathsOf } from "../world/paths.ts";
import { removeTelemetry } from "../world/telemetry.ts";
import { noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { checkTools, runTool } from "./tools.ts";

export const doctor: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, [], ["fix"]);
  if (odd !== null)
    return refused(2, "usage", `doctor knows no "${odd}".`, "Usage: batty doctor [--fix]");
  const paths = pathsOf(root);
  const found = await examine(patient(paths));
  const mended: Finding[] = [];
  if (call.argv.includes("--fix"))
    for (const each of found) {
      if (each.mend === undefined) continue;
      await each.mend();
      mended.push(each);
      await noteMend(paths, each);
    }
  const rows = found.map((each) => ({
    ...{ name: each.name, result: each.result, say: each.say, fix: each.fix },
    fixed: mended.includes(each),
  }));
  const open = rows.filter((row) => row.result !== "ok" && !row.fixed);
  return {
    ok: true,
    json: rows,
    text: rows.map(line).join("\n"),
    exit: open.some((row) => row.result === "bad") ? 3 : 0,
  };
};

/** In the journal while the bot keeps it; without one there is nobody who may write there. */
async function noteMend(paths: Paths, { name, on }: Finding): Promise<void> {
  try {
    await connectShell(paths.chatSocket, "doctor note", [name, on ?? name]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error; // no bot, or it went: what was mended stays so
  }
}

const signs = { ok: "ok  ", warn: "warn", bad: "BAD " } as const;

function line(row: {
  result: keyof typeof signs;
  name: string;
  say: string;
  fix: string;
  fixed: boolean;
}): string {
  const fix = row.fixed ? " Fixed." : row.fix === "" ? "" : ` Fix: ${row.fix}`;
  return `${signs[row.result]} ${row.name}: ${row.say}.${fix}`;
}

function patient(paths: Paths): Patient {
  const deadline = AbortSignal.timeout(20_000);
  return {
    paths,
    tools: () => checkTools(paths.root),
    hasPerl: async () => (await runTool(["perl", "-v"], paths.root)).code === 0,
    team: () =>
      loadTeam(paths.teamYaml, { root: paths.root, osUser: userInfo().username }, deadline),
    bot: async () => (await lockOwner(paths.instanceLock))?.pid ?? null,
    async checkpoint() {
      const told: string[] = [];
      await readCheckpoint(paths, (why) => told.push(why));
      return told[0] ?? null;
    },
    telemetry: () => checkTelemetry(paths),
    async remakeTelemetry() {
      // A running bot sees that its file is gone, and makes it with the next line.
      if ((await lockOwner(paths.instanceLock)) === null) await rebuildTelemetry(paths);
      else await removeTelemetry(paths.telemetry);
    },
    async disk() {
      const { bavail, bsize } = await statfs(paths.batty);
      return { free: bavail * bsize, low: watched.disk.low };
    },
  };
}
