// The standup, computed from the journal's state: per member what landed, what is in hand, what blocks. No tokens spent.
import type { Card } from "../card.ts";
import type { Counter } from "../command.ts";
import { currentWork, isOpen } from "../state.ts";
import { seatState } from "./status.ts";

const day = 24 * 3_600_000;

export function standupCard(c: Counter): Card {
  const state = c.state();
  const since = c.now() - day;
  const works = [...state.work.values()];
  const lines = c.policy.members.flatMap((m) => {
    const mine = works.filter((w) => w.member === m.name);
    const landed = mine
      .filter((w) => w.phase === "landed" && w.since >= since)
      .map((w) => `#${w.task} ${w.title}`);
    const waiting = mine
      .filter((w) => w.phase === "asking" || w.phase === "queued")
      .map((w) => `#${w.task}`);
    const blocked = mine.filter((w) => w.phase === "blocked").map((w) => `#${w.task} ${w.title}`);
    const asked = [...state.escalations.values()]
      .filter((e) => isOpen(e) && e.member === m.name)
      .map((e) => `asks: ${e.question.split("\n")[0] ?? ""}`);
    const now = currentWork(state, m.name);
    return [
      `${m.name} (${seatState(c, m.name)})`,
      `  yesterday: ${landed.length === 0 ? "nothing landed" : `landed ${landed.join(", ")}`}`,
      `  today: ${now === undefined ? (waiting.length === 0 ? "free" : `waits for approval: ${waiting.join(", ")}`) : `#${now.task} ${now.title} (${now.phase}${now.reds > 0 ? `, ${now.reds} red` : ""})`}`,
      ...(blocked.length + asked.length === 0
        ? []
        : [`  blocked: ${[...blocked, ...asked].join("; ")}`]),
    ];
  });
  const landed = works.filter((w) => w.phase === "landed" && w.since >= since).length;
  const open = works.filter((w) => w.phase === "asking").length;
  return {
    kind: "standup",
    subject: {},
    title: `Standup of ${c.policy.team}`,
    tone: "calm",
    lines,
    fields: [
      { name: "landed", value: String(landed) },
      { name: "to approve", value: String(open) },
      {
        name: "in work",
        value: String(
          works.filter((w) => ["starting", "working", "verifying"].includes(w.phase)).length,
        ),
      },
    ],
    actions: [],
    image: null,
    state: "done",
    footer: "the last 24 hours, from the journal",
  };
}
