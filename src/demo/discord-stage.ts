// A Discord on this machine for the played day: the server that the tests use, one person in it, and what they see.
import { readFile, writeFile } from "node:fs/promises";
import { wrap } from "../chat/local/width.ts";
import { setKeys } from "../config/edit.ts";
import { playOnDiscord } from "./discord-player.ts";
import { type Line, talkTo } from "./json-lines.ts";

export interface DiscordStage {
  /** The server, for node. */
  readonly program: string;
  readonly json: boolean;
  /** Columns. */
  readonly width: number;
}

export interface OpenStage {
  /** What the bot needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts it into a team file. */
  invite(teamYaml: string): Promise<void>;
  play(): Promise<void>;
  close(): Promise<void>;
}

interface Ready {
  readonly api: string;
  readonly token: string;
  readonly guild: string;
  readonly people: Readonly<Record<string, string>>;
}

const ada = "ada";
const indent = "  ";

export async function openStage(
  { program, json, width }: DiscordStage,
  env: NodeJS.ProcessEnv,
  print: (text: string) => void,
): Promise<OpenStage> {
  let isShown = true;
  const talk = talkTo([program], env, (line) => {
    if (!isShown || line.event === undefined) return;
    if (json) print(JSON.stringify(line));
    else for (const text of transcript(line, width)) print(text);
  });
  const { ready } = (await talk.next("the Discord of this machine", (line) => "ready" in line)) as {
    ready?: unknown;
  };
  const { api, token, guild, people } = ready as Ready;
  return {
    env: { BATTY_DISCORD_API: api, BATTY_DISCORD_BOT_TOKEN: token },
    async invite(teamYaml) {
      const edits = [
        { path: ["chat", "discord", "guild"], value: guild },
        { path: ["people", ada, "discord"], value: people[ada] },
        { path: ["access", "approvers"], value: [ada] },
      ];
      await writeFile(teamYaml, setKeys(await readFile(teamYaml, "utf8"), edits));
    },
    async play() {
      await playOnDiscord(talk, { name: ada, room: "batty-commands" });
      isShown = false; // the day is over: what follows is the clearing away
    },
    close: talk.close,
  };
}

/** Threads of tasks bear their number. */
const named = (line: Line): string => `#${String(line["room"]).replace(/^#/, "")}`;

/** As a person in that server reads it: whose words, where, and the buttons below. */
function transcript(line: Line, width: number): readonly string[] {
  if (line.event === "reaction") {
    const what = line["added"] === true ? "" : "takes back ";
    return [
      `      ${String(line["by"])} ${what}${String(line["emoji"])} in #${String(line["room"])}`,
    ];
  }
  if (line.event !== "message" && line.event !== "edit") return [];
  if (line["text"] === "" && line["thinking"] !== true) return []; // that something was pinned
  const edited = line.event === "edit" ? " (edited)" : "";
  const only = line["ephemeral"] == null ? "" : ` (only ${String(line["ephemeral"])} sees this)`;
  const text = (String(line["text"]) || "is thinking …").split("\n");
  const buttons = (line["buttons"] as readonly string[] | undefined) ?? [];
  const lines = (words: string): readonly string[] =>
    wrap(words, width - indent.length).map((part) => `${indent}${part}`);
  return [
    `${named(line)}  ${String(line["author"])}${edited}${only}`,
    ...text.flatMap(lines),
    ...(buttons.length === 0 ? [] : lines(buttons.map((label) => `[${label}]`).join(" "))),
  ];
}
