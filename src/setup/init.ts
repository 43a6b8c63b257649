// `batty init`: writes `.batty/team_config/` and keeps runtime state out of git. Asks at most one question, and only on
// a terminal. Starts nothing, and overwrites nothing without keeping a copy.
import { stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { type Detected, detect } from "../config/detect.ts";
import { setKeys } from "../config/edit.ts";
import { ConfigInvalid } from "../config/invalid.ts";
import { parseTeam } from "../config/load.ts";
import { plainName } from "../config/resolve.ts";
import { nearest } from "../core/suggest.ts";
import type { Team } from "../core/team.ts";
import type { Refusal } from "../core/words.ts";
import { fillHoles } from "../lib/holes.ts";
import { excludeRuntime } from "./exclude.ts";
import { findGitFolder } from "./git-folder.ts";
import { copySchema, schemaFile } from "./schema-file.ts";
import { type Found, findAgents, parseAgents } from "./seats.ts";
import {
  builtInTemplate,
  setUpLines,
  type Template,
  templateAt,
  templateNames,
  verificationLines,
  yamlName,
} from "./template.ts";
import { makeFolder, writeKeeping } from "./write.ts";

export interface InitOrder {
  readonly root: string;
  /** The folder `templates` that comes with the program. */
  readonly templates: string;
  /** Null: asked on a terminal, else `pair`. */
  readonly template: string | null;
  /** As typed after `--agent`; null: what is found on `path`. */
  readonly agent: string | null;
  /** Of the person that asks: where agents' commands are looked for. */
  readonly path: string;
  /** A folder of a person's own with a team.yaml; excludes `template`. */
  readonly from: string | null;
  readonly force: boolean;
  readonly osUser: string;
  readonly terminal: Terminal | null;
  /** Makes an empty board in a folder; leaves one that is there. */
  readonly initBoard: (dir: string, options: { readonly name: string }) => Promise<void>;
}

export interface Terminal {
  /** One question with its choices; an empty answer is `fallback`. */
  choose(question: string, choices: readonly string[], fallback: string): Promise<string>;
}

export type InitResult =
  | {
      readonly ok: true;
      readonly template: string;
      readonly team: string;
      readonly members: readonly string[];
      /** Relative to the root. */
      readonly written: readonly string[];
      /** Copies of what was overwritten. */
      readonly kept: readonly string[];
      readonly testCommand: string | null;
      readonly setUp: string | null;
      /** For people, a line each. */
      readonly say: readonly string[];
    }
  | { readonly ok: false; readonly exit: 1 | 2; readonly refusal: Refusal };

/** @throws Failure `io.*`; run again with `force` it goes on where it stopped */
export async function init(order: InitOrder, signal: AbortSignal): Promise<InitResult> {
  const folder = join(order.root, ".batty", "team_config");
  if (!order.force && (await exists(join(folder, "team.yaml"))))
    return refuse(
      1,
      "init.exists",
      "There is a team in this folder already.",
      "Use it with `batty start`, or write a new one with --force; the old files are kept as .bak.",
    );
  const template = await chosen(order, signal);
  if ("refusal" in template) return template;
  const detected = await detect(order.root, signal);
  const found = await findAgents(order.path);
  const filled = fill(template, order, detected, found);
  const unasked = order.agent === null && agentHole.test(template.teamYaml) ? [found.say] : [];
  if ("refusal" in filled) return filled;
  const files = await write(folder, template, filled.text, signal);
  await copySchema(order.templates, order.root, signal);
  await order.initBoard(join(folder, "board"), { name: filled.team.name });
  const git = await findGitFolder(order.root, signal);
  if (git !== null) await excludeRuntime(git, signal);
  const short = (path: string): string => relative(order.root, path);
  return {
    ok: true,
    template: template.name,
    team: filled.team.name,
    members: filled.team.members.map((member) => member.name),
    written: files.written.map(short),
    kept: files.kept.map(short),
    testCommand: filled.team.policy.testCommand,
    setUp: filled.team.policy.setUp?.command ?? null,
    say: [...unasked, ...report(filled.team, detected, files.kept.map(short), git !== null)],
  };
}

type Refused = Extract<InitResult, { ok: false }>;

const refuse = (exit: 1 | 2, code: string, say: string, hint: string): Refused => ({
  ok: false,
  exit,
  refusal: { code, say, hint },
});

async function chosen(order: InitOrder, signal: AbortSignal): Promise<Template | Refused> {
  if (order.from !== null && order.template !== null)
    return refuse(2, "usage", "--template and --from exclude each other.", "Give one of them.");
  if (order.from !== null) {
    const found = await templateAt(resolve(order.root, order.from), signal);
    return (
      found ??
      refuse(
        2,
        "usage",
        `There is no team.yaml in ${order.from}.`,
        "Give --from a folder that has one.",
      )
    );
  }
  const names = await templateNames(order.templates);
  const name =
    order.template ??
    (await order.terminal?.choose(
      "Which team? solo: one engineer; pair: an architect and an engineer; simple: architect, manager, three engineers (python: for pytest); squad: with five; large: three managers with five engineers each; software: back end and front end; research: findings with evidence; batty: Batty itself",
      names,
      "pair",
    )) ??
    "pair";
  if (names.includes(name)) return builtInTemplate(order.templates, name, signal);
  const near = nearest(name, names);
  const hint = near === undefined ? `Templates are: ${names.join(", ")}.` : `Did you mean ${near}?`;
  return refuse(2, "usage", `There is no template "${name}".`, hint);
}

const agentHole = /\{\{([\w-]+_agent)\}\}/;

function fill(
  template: Template,
  order: InitOrder,
  detected: Detected,
  found: Found,
): { readonly text: string; readonly team: Team } | Refused {
  const seats = [...template.teamYaml.matchAll(new RegExp(agentHole, "g"))];
  const filled = fillHoles(template.teamYaml, {
    name: yamlName(plainName(basename(resolve(order.root))).slice(0, 48)),
    verification: verificationLines(detected),
    setup: setUpLines(detected),
    ...Object.fromEntries(
      seats.map(([, hole = ""]) => [
        hole,
        hole === "engineer_agent" ? found.engineers : found.leads,
      ]),
    ),
  });
  if (!filled.ok)
    return refuse(
      2,
      "config.invalid",
      `${template.name}/team.yaml:${filled.line}: unknown hole {{${filled.hole}}}.`,
      "Remove it, or write its value.",
    );
  const whole = parsed(filled.text, order, detected);
  if (order.agent === null || "refusal" in whole) return whole;
  const roles = whole.team.roles.filter((role) => role.roleType !== "user");
  const agents = parseAgents(
    order.agent,
    roles.map((role) => role.name),
  );
  if (!agents.ok) return { ok: false, exit: 2, refusal: agents.refusal };
  const edits = whole.team.roles.flatMap(({ name }, place) => {
    const agent = roles.some((role) => role.name === name) ? agents.of(name) : null;
    return agent === null ? [] : [{ path: ["roles", place, "agent"], value: agent }];
  });
  return parsed(setKeys(filled.text, edits), order, detected);
}

/** Where editors find the keys and what they take; a line that stands there already is its owner's. */
const withSchema = (yaml: string): string =>
  /^#\s*yaml-language-server:/m.test(yaml)
    ? yaml
    : `# yaml-language-server: $schema=../${schemaFile}\n${yaml}`;

function parsed(
  text: string,
  order: InitOrder,
  detected: Detected,
): { readonly text: string; readonly team: Team } | Refused {
  const context = { root: resolve(order.root), osUser: order.osUser, detected };
  try {
    return { text: withSchema(text), team: parseTeam(text, context) };
  } catch (error) {
    if (error instanceof ConfigInvalid)
      return refuse(2, "config.invalid", error.message, "Mend the template and run init again.");
    throw error;
  }
}

/** team.yaml goes last: where it stands, the team is whole. */
async function write(
  folder: string,
  template: Template,
  teamYaml: string,
  signal: AbortSignal,
): Promise<{ readonly written: readonly string[]; readonly kept: readonly string[] }> {
  const playbooks = join(folder, "playbooks");
  await makeFolder(playbooks);
  const files: [string, string][] = [
    ...[...template.prompts].map(([name, text]): [string, string] => [join(folder, name), text]),
    ...[...template.playbooks].map(([name, text]): [string, string] => [
      join(playbooks, name),
      text,
    ]),
    [join(folder, "team.yaml"), teamYaml],
  ];
  const kept: string[] = [];
  for (const [path, text] of files) {
    const copy = await writeKeeping(path, text, { signal });
    if (copy !== null) kept.push(copy);
  }
  return { written: files.map(([path]) => path), kept };
}

function report(team: Team, detected: Detected, kept: readonly string[], inGit: boolean): string[] {
  const { testCommand, setUp } = team.policy;
  return [
    `Team ${team.name}: ${team.members.map((member) => `${member.name} (${member.agent})`).join(", ")}.`,
    testCommand === null
      ? "No test command was found. Nothing can land until workflow_policy.verification.test_command stands in .batty/team_config/team.yaml."
      : `Tests: ${testCommand}${detected.test?.command === testCommand ? ` (detected from ${detected.test.from})` : ""}.`,
    setUp === null ? "Set-up: none (no lock file)." : `Set-up: ${setUp.command}.`,
    ...(kept.length > 0 ? [`Kept what stood there: ${kept.join(", ")}.`] : []),
    ...(inGit
      ? []
      : [
          "This folder is in no git repository yet; `git init` and a first commit are needed before `batty start`.",
        ]),
    "Next: `batty start`, then `batty chat`.",
  ];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
