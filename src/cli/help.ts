// `batty help`: the verbs the shell does itself and the command table, in one list.
import { commands } from "../../commands/index.ts";
import type { ShellReply } from "../chat/desk.ts";
import { argumentsOf, usageOf } from "../core/arguments.ts";
import { nearest } from "../core/suggest.ts";
import { type Call, refused } from "./call.ts";

const own: readonly (readonly [string, string, string])[] = [
  ["attach", "Look into the panes with tmux", "batty attach [MEMBER]"],
  ["chat", "Open the local chat", "batty chat [--json]"],
  ["config", "Print the resolved configuration", "batty config"],
  ["daemon", "Run the bot in the foreground", "batty daemon --project-root DIR [--resume]"],
  [
    "demo",
    "Play a working day in a temporary folder",
    "batty demo [--keep] [--json] [--speed N] [--discord]",
  ],
  ["discord", "Set the team up on Discord, or look at it", "batty discord setup | status"],
  ["doctor", "Find what is wrong here, one fix a line", "batty doctor [--fix] [--bundle]"],
  [
    "init",
    "Set up a team in this folder",
    "batty init [--template NAME] [--agent NAME] [--from NAME] [--force]",
  ],
  ["prompt", "Print the composed prompt of a member", "batty prompt MEMBER"],
  ["start", "Start bot and team", "batty start [--attach] [--resume] [--fresh]"],
  ["stop", "Stop the team; with --bot the bot too", "batty stop [--bot]"],
  ["validate", "Check the team file", "batty validate [--show-checks]"],
];

const names = (): string[] => [...own.map(([name]) => name), ...commands.map((c) => c.name)];

export function help(call: Call): ShellReply {
  const verb =
    call.verb === "help"
      ? call.argv.filter((w) => !w.startsWith("--")).join(" ")
      : [call.verb, ...call.argv].filter((w) => !w.startsWith("--")).join(" ");
  if (verb === "") return all();
  const mine = own.find(([name]) => name === verb.split(" ")[0]);
  const found =
    commands.find((c) => c.name === verb) ?? commands.find((c) => c.name === verb.split(" ")[0]);
  if (mine !== undefined)
    return {
      ok: true,
      json: { name: mine[0], summary: mine[1], usage: mine[2] },
      text: `${mine[1]}\n\nUsage: ${mine[2]}`,
    };
  const family = commands.filter((c) => c.name.startsWith(`${verb} `));
  if (found === undefined && family.length > 0)
    return {
      ok: true,
      json: family.map((c) => ({ name: c.name, summary: c.summary })),
      text: family.map((c) => `${usageOf(c)}\n    ${c.summary}`).join("\n"),
    };
  if (found === undefined) return unknown(verb);
  return {
    ok: true,
    json: { name: found.name, summary: found.summary, usage: usageOf(found), tier: found.tier },
    text: [found.summary, "", `Usage: ${usageOf(found)}`, ...argumentsOf(found)].join("\n"),
  };
}

/** Other verbs call these; nobody types them. */
const inner: ReadonlySet<string> = new Set(["doctor note", "done wait", "escalations wait"]);
/** What a day consists of; it must be found without reading sixty lines. */
const daily = "init start chat send status catchup approve back reject diff attach stop".split(" ");

function all(): ShellReply {
  const rows = [
    ...own.map(([name, summary]) => ({ name, summary })),
    ...commands
      .filter((c) => !own.some(([name]) => name === c.name) && !inner.has(c.name))
      .map(({ name, summary }) => ({ name, summary })),
  ];
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(...rows.map((r) => r.name.length));
  const line = (r: { name: string; summary: string }): string =>
    `  ${r.name.padEnd(width)}  ${r.summary}`;
  const text = [
    "batty: a team of coding agents, supervised from chat",
    "",
    "Every day:",
    ...daily.flatMap((name) => rows.filter((r) => r.name === name)).map(line),
    "",
    "Also:",
    ...rows.filter((r) => !daily.includes(r.name)).map(line),
    "",
    "`batty help VERB` says more of one.",
    "Every verb takes --project-root DIR, --json and --help.",
    "First minute: batty demo. First team: batty init, batty start, batty chat.",
  ].join("\n");
  return { ok: true, json: rows, text };
}

function unknown(verb: string): ShellReply {
  const near = nearest(verb, names());
  return refused(
    2,
    "verb.unknown",
    `There is no command "${verb}".${near === undefined ? "" : ` Did you mean ${near}?`}`,
    "`batty help` lists them.",
  );
}

/** Null: the call's verb is one of ours. */
export function isVerb(call: Call): ShellReply | null {
  const known = names().some((name) => name === call.verb || name.startsWith(`${call.verb} `));
  return known ? null : unknown(call.verb);
}
