// `doctor [--fix]`: looks at this machine and this team's files, with or without a bot.

import { statfs } from "node:fs/promises";
import { userInfo } from "node:os";
import { connectShell } from "../chat/local/client.ts";
import { loadTeam } from "../config/load.ts";
import { watched } from "../core/policy.ts";
import type { Team } from "../core/team.ts";
import { Failure } from "../core/words.ts";
import { createRedact, secretValues } from "../lib/redact.ts";
import { rfc3339 } from "../lib/time.ts";
import { readCheckpoint } from "../main/checkpoint.ts";
import { checkTelemetry, rebuildTelemetry } from "../main/telemetry.ts";
import { writeBundle } from "../setup/bundle.ts";
import type { Check, Finding } from "../setup/check.ts";
import { examine, type Patient } from "../setup/doctor.ts";
import { lockOwner } from "../world/lock.ts";
import { type Paths, pathsOf } from "../world/paths.ts";
import { removeTelemetry } from "../world/telemetry.ts";
import { version } from "../world/version.ts";
import { noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { remainsOf } from "./doctor-remains.ts";
import { sayFindings } from "./findings.ts";
import { seatedAgents } from "./seated-agents.ts";
import { teamInForce } from "./team-in-force.ts";
import { checkTools, runTool } from "./tools.ts";

export const doctor: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, [], ["fix", "bundle"]);
  if (odd !== null)
    return refused(
      2,
      "usage",
      `doctor knows no "${odd}".`,
      "Usage: batty doctor [--fix] [--bundle]",
    );
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
  const findings = sayFindings(rows);
  const bundle = call.argv.includes("--bundle") ? await bundled(paths, findings) : null;
  return {
    ok: true,
    json: bundle === null ? rows : { findings: rows, bundle },
    text: bundle === null ? findings : `${findings}\nA report to send, without secrets: ${bundle}`,
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

async function bundled(paths: Paths, findings: string): Promise<string> {
  const tools = await Promise.all(
    [
      ["git", "--version"],
      ["tmux", "-V"],
    ].map(async ([tool = "", ...args]) => {
      const { code, out } = await runTool([tool, ...args], paths.root);
      return code === "missing" ? `${tool} is missing` : out.trim();
    }),
  );
  const versions = [`batty ${version}`, `node ${process.version}`, ...tools].join("\n");
  return writeBundle({
    ...{
      paths,
      findings: `${findings}\n`,
      versions: `${versions}\n`,
      status: await statusOf(paths),
    },
    redact: createRedact(secretValues(process.env, Object.keys(process.env))),
    at: rfc3339(Date.now()),
  });
}

async function statusOf(paths: Paths): Promise<string> {
  try {
    const reply = await connectShell(paths.chatSocket, "status", []);
    return reply.ok ? `${JSON.stringify(reply.json, null, 2)}\n` : `${reply.refusal.say}\n`;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n`;
  }
}

/** Loaded only by those who are there. */
async function discordFindings(team: Team): Promise<readonly Check[]> {
  if (team.chat.discord === null) return [];
  const { examine: look } = await import("./discord.ts");
  return look(team);
}

function patient(paths: Paths): Patient {
  const deadline = AbortSignal.timeout(20_000);
  return {
    ...remainsOf(paths, deadline),
    paths,
    tools: () => checkTools(paths.root),
    hasPerl: async () => (await runTool(["perl", "-v"], paths.root)).code === 0,
    team: () =>
      loadTeam(paths.teamYaml, { root: paths.root, osUser: userInfo().username }, deadline),
    agents: () =>
      teamInForce(paths).then(
        (team) => seatedAgents(team, paths.root),
        () => [], // what is wrong with the team file has a line of its own
      ),
    platforms: () =>
      teamInForce(paths).then(
        (team) => discordFindings(team),
        () => [], // as above
      ),
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
      const low = await teamInForce(paths).then(
        (team) => team.policy.minFreeBytes,
        () => watched.disk.low, // what is wrong with the team file has a line of its own
      );
      return { free: bavail * bsize, low };
    },
  };
}
