// What the product would have believed at each frame of a recording: drivers and fusion, as the bot runs them.
import { bySight, byWord, type Doing, interrupted } from "../../src/core/activity.ts";
import type { AgentDriver } from "../../src/core/agent.ts";
import { framesOf, type Label, type Session } from "./frames.ts";
import type { Line } from "./record/line.ts";

export interface Judged {
  readonly session: string;
  readonly at: number;
  readonly label: Label;
  readonly believed: Label | "unknown";
  readonly fromChange: number;
}

/** Between two looks of the bot at a screen, ms: of an agent that starts or was interrupted, and otherwise. */
const looks = { inDoubt: 200, else: 5_000 };

/** Every labelled frame, with what was believed then. */
export function judge(driver: AgentDriver, session: Session): readonly Judged[] {
  const frames = framesOf(session);
  const shown = screensOf(session);
  const moments = [
    ...session.lines
      .filter((line) => line.k !== "screen")
      .map((line) => ({ at: line.t, what: line as Line | null, look: -1 })),
    ...shown.map(({ at }, look) => ({ at, what: null as Line | null, look })),
  ].sort((a, b) => a.at - b.at);
  const judged: Judged[] = [];
  let doing: Doing = { activity: "starting", since: 0, what: "", stopping: false };
  let failed = false;
  let gone = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let before = { text: "", movedAt: 0 };
  for (const { at, what, look } of moments) {
    if (what !== null) {
      if (what.k === "dead") gone = true;
      if (what.k === "act" && (what.act === "start" || what.act === "resume")) {
        doing = { activity: "starting", since: at, what: "", stopping: false };
        gone = false;
        failed = false;
        before = { text: "", movedAt: at };
        lookedAt = Number.NEGATIVE_INFINITY;
      }
      if (what.k === "act" && what.act === "keys" && what.detail === "Escape")
        doing = interrupted(doing);
      // A person's decision goes through the bot.
      if (what.k === "act" && what.act === "answer" && what.detail !== "dialog")
        doing = { activity: "working", since: at, what: "", stopping: false };
      const event = what.k === "hook" && what.via !== "notify" ? what.body : null;
      const heard = event ?? (what.k === "record" && driver.followsRecord ? what.body : null);
      if (heard === null) continue;
      const held = event === null ? null : driver.asks(event);
      if (held !== null) doing = { activity: "waiting", since: at, what: "", stopping: false };
      for (const word of driver.hear(heard)) {
        doing = byWord(doing, word, at);
        if (word.kind === "error" && word.trouble !== undefined) failed = true;
        else if (word.kind !== "ended") failed = false;
      }
      continue;
    }
    const screen = shown[look]?.screen;
    if (screen === undefined) continue;
    const doubt = doing.activity === "starting" || doing.stopping;
    if (doing.activity !== "idle" && at - lookedAt >= (doubt ? looks.inDoubt : looks.else)) {
      lookedAt = at;
      const text = screen.rows.join("\n");
      if (text !== before.text) before = { text, movedAt: at };
      const reading = driver.read(screen);
      if (reading !== null && at > doing.since)
        doing = bySight(doing, { reading, quietFor: at - before.movedAt }, at) ?? doing;
    }
    const frame = frames.find((one) => one.at === at);
    if (frame === undefined) continue;
    const alive = failed && doing.activity === "idle" ? "error" : doing.activity;
    const { session: name, label, fromChange } = frame;
    judged.push({ session: name, at, label, believed: gone ? "gone" : alive, fromChange });
  }
  return judged;
}

function screensOf(session: Session): readonly {
  readonly at: number;
  readonly screen: { readonly rows: readonly string[]; readonly title: string };
}[] {
  let rows: readonly string[] = [];
  return session.lines.flatMap((line) => {
    if (line.k !== "screen") return [];
    rows = Array.from({ length: line.rows }, (_, n) => line.changed[n] ?? rows[n] ?? "");
    const screen = { rows, title: line.title };
    return [line.t, ...line.same].map((at) => ({ at, screen }));
  });
}

/** Of all sessions, each by its agent's driver. */
export const judgeAll = (
  drivers: readonly AgentDriver[],
  sessions: readonly Session[],
): readonly Judged[] =>
  sessions.flatMap((session) => {
    const driver = drivers.find(({ agent }) => agent === session.head.cli);
    return driver === undefined ? [] : judge(driver, session);
  });
