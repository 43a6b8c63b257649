// What is told of a failed step besides journal and log: what stands in each pane, and when the model was asked. And what
// a running agent has of the machine it runs on.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { processTree } from "../../src/world/proc.ts";
import type { Team } from "../e2e/team.ts";
import type { Model } from "./model/server.ts";

/** Of the timeline: enough for the turn that failed. */
const lastMoments = 30;

export async function tellOfAgents({ tmux }: Team, { timeline }: Model): Promise<void> {
  const { stdout } = await tmux("list-panes", "-a", "-F", "#{pane_id} #{@batty_role}");
  const parts: string[] = [];
  for (const line of stdout.split("\n").filter((each) => each !== "")) {
    const [pane = ""] = line.split(" ");
    const screen = (await tmux("capture-pane", "-p", "-t", pane)).stdout.trimEnd();
    parts.push(`pane ${line}:\n${screen}`);
  }
  const moments = timeline.entries.slice(-lastMoments).map((each) => {
    const { mono, request, api, moment, step, side, detail } = each;
    return `${Math.round(mono)} ms #${request} ${api} ${moment} step ${step} ${side ?? ""} ${detail}`;
  });
  process.stderr.write(`${parts.join("\n")}\nthe model:\n${moments.join("\n")}\n`);
}

export interface Sight {
  readonly env: Readonly<Record<string, string>>;
  /** Paths of the files it has open. */
  readonly open: readonly string[];
}

/** Of a process and all it started. */
export const sightsOf = (pid: number): readonly Sight[] =>
  [pid, ...processTree(pid).map((each) => each.pid)].flatMap((each) => {
    try {
      return [{ env: environOf(each), open: filesOf(each) }];
    } catch {
      return []; // ended while we looked
    }
  });

const environOf = (pid: number): Record<string, string> =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .filter((each) => each.includes("="))
      .map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
  );

const filesOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed while we looked
    }
  });
