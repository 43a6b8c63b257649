// The bot seen from outside while it works: descriptors and memory, by its lives.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Team } from "../e2e/team.ts";

interface Sample {
  readonly pid: number;
  readonly at: number;
  readonly descriptors: number;
  /** MB */
  readonly memory: number;
}

export interface Samples {
  take(): void;
  /** Between a life's first minute and its end, the worst of all lives that were long enough. */
  /** What the bot holds open now, by kind. */
  held(): Readonly<Record<string, number>>;
  growth(): { readonly descriptors: number; readonly memory: number; readonly most: number };
}

/** A life's first seconds are no measure: caches fill. ms */
const warm = 20_000;

export function samples(t: Team): Samples {
  const all: Sample[] = [];
  return {
    take() {
      const pid = t.bot()?.pid;
      if (pid === undefined) return;
      try {
        const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        const descriptors = readdirSync(`/proc/${pid}/fd`).length;
        all.push({ pid, at: Date.now(), descriptors, memory: Number(rss) / 1_024 });
      } catch {
        // it ended while we looked
      }
    },
    held() {
      const kinds: Record<string, number> = {};
      const folder = `/proc/${t.bot()?.pid}/fd`;
      for (const fd of readdirSync(folder)) {
        try {
          const kind = readlinkSync(`${folder}/${fd}`).replace(/\d+/g, "N");
          kinds[kind] = (kinds[kind] ?? 0) + 1;
        } catch {
          // closed while we looked
        }
      }
      return kinds;
    },
    growth() {
      let descriptors = 0;
      let memory = 0;
      for (const pid of new Set(all.map((s) => s.pid))) {
        const life = all.filter((s) => s.pid === pid);
        const settled = life.filter((s) => s.at >= (life[0]?.at ?? 0) + warm);
        if (settled.length < 6) continue;
        const third = Math.floor(settled.length / 3);
        const [early, late] = [settled.slice(0, third), settled.slice(-third)];
        descriptors = Math.max(descriptors, low(late, "descriptors") - low(early, "descriptors"));
        memory = Math.max(memory, low(late, "memory") - low(early, "memory"));
      }
      return { descriptors, memory, most: Math.max(0, ...all.map((s) => s.memory)) };
    },
  };
}

/** What is held even when least goes on: a leak raises it, a busy moment does not. */
const low = (list: readonly Sample[], what: "descriptors" | "memory"): number =>
  Math.min(...list.map((s) => s[what]));
