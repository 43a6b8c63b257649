// The standup, computed from the journal's state: per member what landed, what is in hand, what blocks. No tokens spent.
import type { Card } from "../card.ts";
import type { Counter } from "../command.ts";
import { filled } from "../context.ts";
import { currentWork, isOpen, type Phase } from "../state.ts";
import { seatState } from "./status.ts";
import { said } from "./task-card.ts";

const day = 24 * 3_600_000;

/** How full conversations are, where that is known. */
function contexts(c: Counter): Card["fields"] {
  const known = c.policy.members.flatMap(({ name }) => {
    const usage = c.state().seats.get(name)?.usage ?? null;
    const percent = usage === null ? null : filled(usage);
    return percent === null ? [] : [`${name} ${percent} %`];
  });
  return known.length === 0 ? [] : [{ name: "context", value: known.join(", ") }];
}

export function standupCard(c: Counter): Card {
  const state = c.state();
  const since = c.now() - day;
  const works = [...state.work.values()];
  const lines = c.policy.members.flatMap((m) => {
    const mine = works.filter((w) => w.member === m.name);
    const landed = mine
      .filter((w) => w.phase === "landed" && w.since >= since)
      .map((w) => `#${w.task} ${w.title}`);
    const made = [...state.requests.values()]
      .filter((r) => r.event.by === m.name && r.task !== null && r.at >= since)
      .map((r) => `#${r.task}`);
    const did = [
      ...(landed.length === 0 ? [] : [`landed ${landed.join(", ")}`]),
      ...(made.length === 0 ? [] : [`made ${made.join(", ")}`]),
    ];
    const inPhase = (phase: Phase) =>
      mine.filter((w) => w.phase === phase).map((w) => `#${w.task}`);
    const waiting = [
      ["waits for approval", inPhase("asking")] as const,
      ["lands", inPhase("queued")] as const,
    ].flatMap(([what, tasks]) => (tasks.length === 0 ? [] : [`${what}: ${tasks.join(", ")}`]));
    const blocked = mine.filter((w) => w.phase === "blocked").map((w) => `#${w.task} ${w.title}`);
    const asked = [...state.escalations.values()]
      .filter((e) => isOpen(e) && e.member === m.name)
      .map((e) => `asks: ${e.question.split("\n")[0] ?? ""}`);
    const now = currentWork(state, m.name);
    return [
      `${m.name} (${seatState(c, m.name)})`,
      `  yesterday: ${did.join("; ") || (m.roleType === "engineer" ? "nothing landed" : "no task made")}`,
      `  today: ${now === undefined ? waiting.join("; ") || "free" : `#${now.task} ${now.title}: ${said(now)}`}`,
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
      ...contexts(c),
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
