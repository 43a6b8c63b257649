// sends-lost, -doubled, -untold, -drafts: a thousand messages over twenty panes whose agents swallow an Enter or hold
// a draft every tenth time. What came of each is read from the agents' own log of their turns and from the journal.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmuxSocketName } from "../src/world/paths.ts";
import { type Follow, follow } from "./follow.ts";
import { pause, type Row, rowOf } from "./measure.ts";
import type { Place } from "./place.ts";
import type { Team } from "./team.ts";

const each = 50;
/** Of a pane's messages: after these the next Enter has no effect, */
const swallows: ReadonlySet<number> = new Set([4, 24, 44]);
/** after these a draft stands in the composer until a person clears it, */
const drafts: ReadonlySet<number> = new Set([14, 34]);
/** and after this one no Enter has any effect: the last message cannot arrive. */
const deaf = each - 2;

/** A person looks at a draft for so long before clearing it. ms */
const glance = 400;
const patience = 150_000;
/** What comes twice comes by then. ms */
const rest = 1_500;

interface Sent {
  readonly id: string;
  readonly member: string;
  readonly n: number;
}

/** The agent's turn: it notes it, and then does what this one is for. */
function scriptOf(log: string, n: number): string {
  const note = (line: object): string => `append ${log} ${JSON.stringify(line)}\\n`;
  const steps = [note({ turn: n })];
  if (swallows.has(n)) steps.push("ignore-enter 1");
  if (n === deaf) steps.push("ignore-enter 99");
  if (drafts.has(n)) steps.push("draft A thought of my own, not finished", note({ draft: n }));
  // Last, so that a text pasted behind this one joins no step that counts.
  steps.push("say done");
  return `batty-script: ${steps.join(" ;; ")}`;
}

/** A round a message for each: the names of one pane's messages keep their order. */
async function sendAll(team: Team, logOf: (member: string) => string): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let n = 0; n < each; n += 1) {
    const posts = team.members.map(async (member) => {
      const { id } = await team.post(member, scriptOf(logOf(member), n));
      sent.push({ id, member, n });
    });
    await Promise.all([...posts, pause(2)]);
  }
  return sent;
}

/** Clears each draft soon after it came, as a person does. Resolves with how many were typed into before. */
async function clearDrafts(place: Place, team: Team, member: string, log: Follow): Promise<number> {
  const spawned = await team.journal.next(
    `${member}'s pane`,
    (line) => line["event"] === "agent_spawned" && line["member"] === member,
  );
  const socket = tmuxSocketName("bench-twenty", team.root);
  let touched = 0;
  for (const n of drafts) {
    await log.next(`draft ${n} of ${member}`, (line) => line["draft"] === n, 0, patience);
    const stamped = team.stamps(member).lines.length;
    await pause(glance);
    const typed = team.stamps(member).lines.slice(stamped);
    if (typed.some((line) => String(line["text"]).includes("[batty "))) touched += 1;
    const keys = ["-L", socket, "send-keys", "-t", spawned["pane"], "C-u"];
    await place.run("tmux", keys, place.folder);
  }
  return touched;
}

const isOver = (id: string) => (line: { readonly [field: string]: unknown }) =>
  line["id"] === id && (line["event"] === "message_taken" || line["event"] === "delivery_failed");

export async function measureSends(place: Place, team: Team): Promise<Row[]> {
  const folder = join(place.folder, "turns");
  mkdirSync(folder);
  const logOf = (member: string): string => join(folder, member);
  for (const member of team.members) writeFileSync(logOf(member), "");
  const logs = new Map(team.members.map((member) => [member, follow(logOf(member))]));
  const cleared = [...logs].map(([member, log]) => clearDrafts(place, team, member, log));
  const sent = await sendAll(team, logOf);
  const over = sent.map(({ id, member, n }) =>
    team.journal.next(`the end of message ${n} to ${member}`, isOver(id), 0, patience),
  );
  const [touched] = await Promise.all([Promise.all(cleared), Promise.all(over)]);
  await pause(rest);
  for (const log of logs.values()) log.close();
  return rowsOf(team, { sent, touched: touched.reduce((sum, one) => sum + one, 0) }, logOf);
}

interface Came {
  readonly sent: readonly Sent[];
  /** Drafts that were typed into. */
  readonly touched: number;
}

function rowsOf(team: Team, { sent, touched }: Came, logOf: (member: string) => string): Row[] {
  const turns = new Map(team.members.map((member) => [member, turnsIn(logOf(member))]));
  const timesOf = ({ member, n }: Sent): number =>
    turns.get(member)?.filter((turn) => turn === n).length ?? 0;
  const idsOf = (event: string): ReadonlySet<string> =>
    new Set(team.journal.lines.filter((l) => l["event"] === event).map((l) => l["id"]));
  const failed = idsOf("delivery_failed");
  const absent = sent.filter((one) => timesOf(one) === 0);
  const figures = {
    lost: absent.filter(({ n }) => n <= deaf).length,
    doubled: sent.filter((one) => timesOf(one) > 1).length,
    untold: absent.filter(({ id }) => !failed.has(id)).length,
    drafts: touched,
  };
  const panes = team.members.length;
  const whats = {
    lost: `of ${sent.length} sends over ${panes} panes lost (${panes * swallows.size} Enters swallowed, ${panes * drafts.size} composers held)`,
    doubled: `of them taken twice (${idsOf("message_entered").size} got their one more Enter)`,
    untold: `of them failed without a word (${panes} could not arrive, ${failed.size} told)`,
    drafts: `drafts of ${panes * drafts.size} typed into`,
  };
  return (["lost", "doubled", "untold", "drafts"] as const).map((what) =>
    rowOf({
      ...{ id: `sends-${what}`, what: whats[what], unit: "sends", runs: sent.length },
      ...{ value: figures[what], floor: null, ratio: null, target: { value: [0, 0] } },
    }),
  );
}

/** The numbers of the messages that it acted on, as often as it did. */
const turnsIn = (log: string): readonly number[] =>
  readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => JSON.parse(line).turn ?? []);
