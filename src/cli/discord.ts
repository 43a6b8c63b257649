// `discord setup` and `discord status`: the team's place on Discord, made and looked at from a terminal.
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { openOffice } from "../chat/discord/office.ts";
import { openChannels } from "../chat/discord/rooms.ts";
import { loadTeam, parseTeam } from "../config/load.ts";
import { usualDiscord } from "../config/people.ts";
import type { Team } from "../core/team.ts";
import type { Check } from "../setup/check.ts";
import { Cancelled, type Platform, setUpDiscord } from "../setup/discord.ts";
import { examineDiscord } from "../setup/discord-checks.ts";
import { write } from "../world/home.ts";
import { type Paths, pathsOf } from "../world/paths.ts";
import { findToken, tokenFile, writeToken } from "../world/token.ts";
import { asker } from "./asker.ts";
import { type Call, noTeam, type OwnVerb, refused } from "./call.ts";
import { mustBePerson } from "./caller.ts";
import { sayFindings } from "./findings.ts";

const within = 20_000;
const api = (): string | null => process.env["BATTY_DISCORD_API"] ?? null;

export const discord: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const [what, ...more] = call.argv;
  if (more.length > 0 || (what !== "setup" && what !== "status"))
    return refused(
      2,
      "usage",
      what === undefined
        ? "discord needs a second word."
        : `discord knows no "${[what, ...more].join(" ")}".`,
      "Usage: batty discord setup | batty discord status",
    );
  const paths = pathsOf(root);
  const team = await load(paths);
  if (what === "setup") await mustBePerson(paths, team, "discord setup");
  return what === "setup" ? setup(call, paths, team) : status(team);
};

const load = (paths: Paths): Promise<Team> =>
  loadTeam(
    paths.teamYaml,
    { root: paths.root, osUser: userInfo().username },
    AbortSignal.timeout(within),
  );

async function setup(call: Call, paths: Paths, team: Team) {
  if (call.json || process.stdin.isTTY !== true)
    return refused(
      2,
      "usage",
      "discord setup asks questions: it needs a terminal.",
      "Without one: write `chat: {discord: {}}` into team.yaml and set BATTY_DISCORD_BOT_TOKEN.",
    );
  const ask = asker(process.stdin, process.stderr);
  try {
    const done = await setUpDiscord({
      ...{ team, ask, sleep: async (ms) => void (await sleep(ms)) },
      platform: (token) => platformOf(token, team, paths),
      token: await findToken("discord", team.name, process.env),
      async saveToken(value) {
        const file = tokenFile("discord", team.name, process.env);
        await writeToken(file, value);
        return file;
      },
      saveTeam: (edit) => saveTeam(paths, edit),
    });
    const json = {
      ok: true,
      guild: done.guild,
      approvers: done.approvers,
      reads_text: done.readsText,
    };
    return { ok: true as const, json, text: nextStep };
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    return refused(1, "setup.cancelled", "Nothing was written.");
  } finally {
    ask.close();
  }
}

const nextStep =
  "team.yaml knows of it now. A bot that runs takes it up with `batty restart`; else `batty start`.";

/** Only a file that is good takes the place of the old one. @throws Failure `config.invalid` */
async function saveTeam(paths: Paths, edit: (text: string) => string): Promise<void> {
  const text = edit(await readFile(paths.teamYaml, "utf8"));
  parseTeam(text, { root: paths.root, osUser: userInfo().username });
  await write(paths.teamYaml, text);
}

function platformOf(token: string, team: Team, paths: Paths): Platform {
  const office = openOffice(token, api(), Date.now);
  return {
    ...office,
    channels(guild) {
      const settings = team.chat.discord ?? usualDiscord();
      return openChannels(office.rest, guild, settings, join(paths.chat, "discord", "rooms.json"));
    },
    testCard: (channel) =>
      office.show(channel, {
        ...{ kind: "alert", subject: {}, title: `${team.name} is on Discord`, tone: "good" },
        lines: ["Merge cards, questions and the standup look like this.", "Try `/batty status`."],
        ...{ fields: [], actions: [], image: null, state: "done", footer: "" },
      }),
  };
}

/** What keeps this team from working on Discord. */
export const examine = (team: Team): Promise<readonly Check[]> =>
  examineDiscord({
    settings: team.chat.discord,
    token: () => findToken("discord", team.name, process.env),
    office: (token) => openOffice(token, api(), Date.now),
    now: Date.now,
  });

async function status(team: Team) {
  const findings = await examine(team);
  const isBad = findings.some(({ result }) => result === "bad");
  return { ok: true as const, json: findings, text: sayFindings(findings), exit: isBad ? 3 : 0 };
}
