// config.yml of a kanban-md board: versions 1 to 11 are read as they stand, only next_id is ever changed,
// and only its digits. Pure but for initBoard's sibling `newConfig`, which is text too.
import type { BoardConfig } from "../../core/ports.ts";
import { Failure, type Millis } from "../../core/words.ts";
import { isNull, lineAt, type Node, type Pair, parseTree, Unreadable } from "./nodes.ts";
import { isBlank, quote, readInt } from "./scalars.ts";

export interface Settings extends BoardConfig {
  readonly tasksDir: string;
  readonly defaultStatus: string;
  readonly defaultClass: string | null;
  /** Null: claims never end. */
  readonly claimTimeoutMs: Millis | null;
  readonly nextId: number;
}

const newest = 11;
/** From this version on `archived` stands in the list itself; before, the program added it. */
const archivedListed = 6;
/** From this version on claims and classes are in the file; before, the program added their defaults. */
const claimsListed = 3;

/** @throws Failure `board.unreadable` naming file, line and cure */
export function readSettings(text: string, file: string): Settings {
  try {
    return settingsOf(text);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const where = error.at === null ? file : `${file}:${lineAt(text, error.at)}`;
    throw new Failure(
      "board.unreadable",
      `The board's settings cannot be read: ${where}: ${error.message}.`,
      {
        hint: `Mend ${file}; tasks stay as they are.`,
        cause: error,
      },
    );
  }
}

function settingsOf(text: string): Settings {
  const top = mapOf(parseTree(text).root);
  const version = intOr(top, "version", 0);
  if (version < 1) throw new Unreadable(top.get("version")?.at ?? null, "`version` is missing");
  if (version > newest) {
    throw new Unreadable(
      top.get("version")?.at ?? null,
      `version ${version} is newer than ${newest}, the newest known here; update batty`,
    );
  }
  if (isBlank(textOr(mapAt(top, "board"), "name", "")))
    throw wrong(top, "board", "`board.name` is missing");
  const statuses = names(top, "statuses", 2);
  const listed = version < archivedListed && !statuses.includes("archived");
  const priorities = names(top, "priorities", 1);
  const defaults = mapAt(top, "defaults");
  const defaultStatus = oneOf(
    textOr(defaults, "status", statuses[0] ?? ""),
    statuses,
    top,
    "status",
  );
  const defaultPriority = oneOf(
    textOr(defaults, "priority", priorities[0] ?? ""),
    priorities,
    top,
    "priority",
  );
  const old = version < claimsListed;
  return {
    statuses: listed ? [...statuses, "archived"] : statuses,
    priorities,
    wipLimits: limits(top),
    tasksDir: textOr(top, "tasks_dir", "tasks"),
    defaultStatus,
    defaultPriority,
    defaultClass: textOr(defaults, "class", old ? "standard" : "") || null,
    claimTimeoutMs: duration(top, textOr(top, "claim_timeout", old ? "1h" : "")),
    nextId: nextIdOf(top),
  };
}

type Keys = ReadonlyMap<string, Node>;

const mapOf = (node: Node | undefined): Keys =>
  new Map((node?.kind === "map" ? node.pairs : []).map((pair: Pair) => [pair.key, pair.node]));
const mapAt = (keys: Keys, key: string): Keys => mapOf(keys.get(key));
const wrong = (keys: Keys, key: string, message: string): Unreadable =>
  new Unreadable(keys.get(key)?.at ?? null, message);

function textOr(keys: Keys, key: string, fallback: string): string {
  const node = keys.get(key);
  if (!node || isNull(node)) return fallback;
  if (node.kind !== "scalar") throw wrong(keys, key, `\`${key}\` must be text`);
  return node.text;
}

function intOr(keys: Keys, key: string, fallback: number): number {
  const node = keys.get(key);
  return !node || isNull(node) ? fallback : readInt(node);
}

/** A list of plain names or of mappings with a `name`. */
function names(top: Keys, key: string, least: number): string[] {
  const node = top.get(key);
  const items = node?.kind === "list" ? node.items : [];
  const found = items.map((item) =>
    item.kind === "scalar" ? item.text : textOr(mapOf(item), "name", ""),
  );
  if (found.length < least) throw wrong(top, key, `\`${key}\` needs at least ${least}`);
  const bad = found.find((name, i) => isBlank(name) || found.indexOf(name) !== i);
  if (bad !== undefined)
    throw wrong(top, key, `\`${key}\` names ${quote(bad)} twice or has a blank name`);
  return found;
}

function oneOf(name: string, list: readonly string[], top: Keys, what: string): string {
  if (list.includes(name)) return name;
  throw wrong(top, "defaults", `the default ${what} ${quote(name)} is none of: ${list.join(", ")}`);
}

function limits(top: Keys): Readonly<Record<string, number>> {
  const found = [...mapAt(top, "wip_limits")].map(([name, node]) => [name, readInt(node)] as const);
  // 0 is how the program says "no limit".
  return Object.fromEntries(found.filter(([, limit]) => limit > 0));
}

function nextIdOf(top: Keys): number {
  const next = intOr(top, "next_id", 0);
  if (next < 1) throw wrong(top, "next_id", "`next_id` must be 1 or more");
  return next;
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's durations: `90m`, `1h30m`, `0`; no days. */
function duration(top: Keys, text: string): Millis | null {
  if (text === "" || text === "0") return null;
  if (
    !/^\+?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/.test(
      text,
    )
  ) {
    throw wrong(
      top,
      "claim_timeout",
      `\`claim_timeout: ${text}\` is no duration; write 90m or 24h`,
    );
  }
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    ms += Number(amount) * (units[unit ?? ""] ?? 0);
  }
  return ms === 0 ? null : ms;
}

/** The text with another next_id and nothing else changed. @throws Unreadable */
export function withNextId(text: string, next: number): string {
  const pair = parseTree(text).root.pairs.find(({ key }) => key === "next_id");
  if (!pair) return `${text}${text.endsWith("\n") ? "" : "\n"}next_id: ${next}\n`;
  return `${text.slice(0, pair.node.at)}${next}${text.slice(pair.to)}`;
}

/** A board as `kanban-md init` makes it, but that new tasks are `todo`: nobody here plans a backlog first. */
export function newConfig(name: string): string {
  const title = isBlank(name) ? "Board" : name;
  return `version: ${newest}
board:
    name: ${quote(title)}
${standard}next_id: 1
`;
}

const standard = `tasks_dir: tasks
statuses:
    - name: backlog
      show_duration: false
    - name: todo
    - name: in-progress
      require_claim: true
    - name: review
      require_claim: true
    - name: done
      show_duration: false
    - name: archived
      show_duration: false
priorities:
    - low
    - medium
    - high
    - critical
defaults:
    status: todo
    priority: medium
    class: standard
claim_timeout: 1h
classes:
    - name: expedite
      wip_limit: 1
      bypass_column_wip: true
    - name: fixed-date
    - name: standard
    - name: intangible
tui:
    title_lines: 2
    age_thresholds:
        - after: 0s
          color: "242"
        - after: 1h
          color: "34"
        - after: 24h
          color: "226"
        - after: 72h
          color: "208"
        - after: 168h
          color: "196"
`;
