// Who passes for what they are not: found here, without effect elsewhere, told once. What can't be told apart is not guessed.

import type { Event } from "../event.ts";
import { forgeriesOf, forgeryKey } from "../evolve/forgeries.ts";
import { seatOf } from "../evolve/seats.ts";
import type { Asked, Forgery, Input } from "../input.ts";
import type { Policy } from "../policy.ts";
import type { Signal } from "../ports.ts";
import { events, nothing, type Rule, type Seen } from "../rule.ts";
import type { State } from "../state.ts";
import type { Caller, Tier } from "../words.ts";

/** Forgeries of one kind by one member that are told; a flood of them says no more. */
const toldAtMost = 20;
const subjectKept = 100;
const detailKept = 300;

export const forgeries: Rule = (state, input, seen) => {
  switch (input.type) {
    case "intent":
      return events(...byIntent(state, input, seen));
    case "observed":
      return events(...inSignals(state, input, seen), ...inBranches(state, input));
    case "settled":
      return events(...inWorktree(state, input));
    default:
      return nothing;
  }
};

/** The same of an intent that a rule refused. */
export function ofRefused(state: State, input: Extract<Input, { type: "intent" }>): Event[] {
  const { by, intent, asked } = input;
  const tried = asked === undefined ? [] : attempted(state, by, asked, null);
  const commits = intent.type === "done" ? inCommits(state, by.name, intent.worktree) : [];
  return [...tried, ...commits];
}

/** Nothing when it was told before. */
export function detected(state: State, { member, kind, subject, detail }: Forgery): Event[] {
  const about = subject.slice(0, subjectKept);
  const known = state.told.has(forgeryKey(member, kind, about));
  const before = forgeriesOf(member, kind);
  if (known || [...state.told].filter((t) => t.startsWith(before)).length >= toldAtMost) return [];
  const cut = detail.slice(0, detailKept);
  return [{ event: "forgery_detected", member, kind, subject: about, detail: cut }];
}

// ---------------------------------------------------------------- at the counter

function byIntent(state: State, input: Extract<Input, { type: "intent" }>, seen: Seen): Event[] {
  const { by, intent, asked } = input;
  if (intent.type === "report-forgery") {
    const { type: _type, ...forgery } = intent;
    return detected(state, forgery);
  }
  const said =
    by.tier !== "team"
      ? []
      : intent.type === "ask"
        ? byText(state, by.name, intent.question, seen.policy)
        : intent.type === "send" && intent.to === "human"
          ? byText(state, by.name, intent.body, seen.policy)
          : [];
  if (asked === undefined) return said;
  const isRefused = intent.type === "note-visit" && intent.effect === "refused";
  const needs = isRefused ? intent.needs : null;
  return [...said, ...attempted(state, by, asked, needs)];
}

/** @param needs the tier of the verb that was refused; null: none was, for the caller's tier */
function attempted(state: State, by: Caller, asked: Asked, needs: Tier | null): Event[] {
  if (by.tier !== "team") return [];
  const { name: member } = by;
  const what = `${asked.verb} ${asked.args}`.trim();
  if (needs === "approver" || needs === "admin")
    return detected(state, {
      member,
      kind: by.disguise ?? "decision",
      subject: what,
      detail: `\`${what}\` is a person's word${hidden(by)}. It was refused.`,
    });
  if (by.disguise !== "environment") return [];
  return detected(state, {
    member,
    kind: "environment",
    subject: asked.verb,
    detail: `\`${what}\` came from a process whose BATTY_MEMBER names somebody else. It counted as ${member}'s.`,
  });
}

const hidden = ({ disguise }: Caller): string =>
  disguise === "environment"
    ? ", and its BATTY_MEMBER named somebody else"
    : disguise === "orphan"
      ? ", and what started it was gone"
      : "";

// ---------------------------------------------------------------- in what agents write

function inSignals(
  state: State,
  input: Extract<Input, { type: "observed" }>,
  { policy }: Seen,
): Event[] {
  const { signals } = input.world;
  if (!signals?.probe.known) return [];
  const found = signals.probe.value.flatMap((s) =>
    isForgedSignal(state, s)
      ? notItsOwn(state, s)
      : s.kind === "idle" && s.detail !== ""
        ? byText(state, s.member, s.detail, policy)
        : [],
  );
  // Two turns that ended in one look may have said the same.
  return [...new Map(found.map((event) => [JSON.stringify(event), event])).values()];
}

/** A wrong key is nobody's; none at all is somebody else's where the seat has shown that it has one. */
export function isForgedSignal(state: State, { member, epoch, keyed }: Signal): boolean {
  if (keyed !== undefined) return !keyed;
  return epoch > 0 && seatOf(state, member).keyed === epoch;
}

const notItsOwn = (state: State, { member, kind }: Signal): Event[] =>
  detected(state, {
    member: null,
    kind: "signal",
    subject: `${member} ${kind}`,
    detail: `Somebody wrote a signal (${kind}) into ${member}'s folder without its key. It was passed over.`,
  });

/** A line that people could take for a decision, or for a person's message. It is shown as text and does nothing. */
function byText(state: State, member: string, text: string, policy: Policy): Event[] {
  const people = policy.people.map((name) => name.replace(/[.]/g, "\\."));
  const somebody = `(?:${people.join("|")})`;
  const looks = [
    /^\s*\/(?:batty\s+)?(?:approve|reject|back)\b/im,
    new RegExp(`\\b(?:approved|rejected)[ -]by:?\\s+${somebody}\\b`, "i"),
    new RegExp(`^\\s*\\[batty [\\d.]+ from ${somebody}\\b`, "im"),
    /^\s*\{"(?:press|react|say|event)":/m,
  ];
  const found = looks.map((look) => look.exec(text)).find((match) => match !== null);
  if (found === undefined || found === null) return [];
  const line = text.slice(found.index).trimStart().split("\n")[0] ?? "";
  return detected(state, {
    member,
    kind: "text",
    subject: line,
    detail: `It wrote: ${line}`,
  });
}

// ---------------------------------------------------------------- in worktrees and refs

function inBranches(state: State, input: Extract<Input, { type: "observed" }>): Event[] {
  const { trunk } = input.world;
  if (!trunk?.probe.known) return [];
  return (trunk.probe.value.strays ?? []).flatMap(({ member, branch, to }) =>
    detected(state, {
      member: null,
      kind: "branch",
      subject: `${branch} ${to}`,
      detail: `${branch} was moved to ${to.slice(0, 8)}, where ${member}'s worktree never was. Cards stay bound to the heads they show.`,
    }),
  );
}

function inWorktree(state: State, input: Extract<Input, { type: "settled" }>): Event[] {
  const { effect, outcome } = input;
  if (effect.type !== "ensure.inspect" || !outcome.ok || outcome.brought.of !== "ensure.inspect")
    return [];
  return inCommits(state, effect.member, outcome.brought.worktree);
}

/** Commits that change what only the bot may write. `done` refuses them. */
function inCommits(
  state: State,
  member: string,
  { touchesBatty, branch }: { touchesBatty: readonly string[]; branch: string | null },
): Event[] {
  if (touchesBatty.length === 0) return [];
  return detected(state, {
    member,
    kind: "commit",
    subject: branch ?? "a detached head",
    detail: `Its commits change ${touchesBatty.slice(0, 3).join(", ")}: .batty/ is the bot's own. They do not land.`,
  });
}
