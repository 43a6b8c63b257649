// Visits at the counter: each decision and refusal of one is said to the loop once, for the audit.
import { type Command, Refused } from "../core/command.ts";
import type { Recorded } from "../core/event.ts";
import type { Asked, Intent } from "../core/input.ts";
import type { Caller, Refusal, Tier } from "../core/words.ts";
import { authorize } from "./authorize.ts";

/** Someone at the counter. */
export interface Visit {
  readonly by: Caller;
  /** The person's own message, where receipts go. */
  readonly echo: string | null;
  /** How they put it, and what it asks for; better known once the command is. */
  asked: Asked;
  needs: Pick<Command, "name" | "tier" | "team"> | null;
  /** What came of it stands in the journal. */
  isNoted: boolean;
}

type Verdict = { ok: true; recorded: readonly Recorded[] } | { ok: false; refusal: Refusal };

export interface VisitParts {
  /** Takes secrets out of what was said, for the audit. */
  readonly redact: (text: string) => string;
  intend(by: Caller, intent: Intent, asked?: Asked): Promise<Verdict>;
}

export interface Visits {
  begin(by: Caller, asked: Asked, echo?: string | null): Visit;
  /** What the visit turned out to ask for. @throws Refused when the caller may not */
  allow(visit: Visit, needs: Pick<Command, "name" | "tier" | "team">, args: string): void;
  /** @throws Refused */
  intend(visit: Visit, intent: Intent): Promise<readonly Recorded[]>;
  /** Notes a refusal that comes out of `run`, and lets it pass. */
  attend<T>(visit: Visit, run: () => Promise<T> | T): Promise<T>;
  note(visit: Visit, effect: "done" | "held"): Promise<void>;
}

export function createVisits(parts: VisitParts): Visits {
  const discreet = (asked: Asked): Asked => ({ ...asked, args: parts.redact(asked.args) });
  const tell = async (
    visit: Visit,
    what: { readonly effect: "done" | "refused" | "held"; readonly code: string | null },
    needs: Tier | null = null,
  ): Promise<void> => {
    visit.isNoted = true;
    await parts.intend(visit.by, { type: "note-visit", ...what, needs }, discreet(visit.asked));
  };

  const turnedAway = async (visit: Visit, error: unknown): Promise<void> => {
    if (!(error instanceof Refused) || visit.isNoted || !isTold(visit, error)) return;
    const { code } = error.refusal;
    const needs = code === "access.denied" ? (visit.needs?.tier ?? null) : null;
    await tell(visit, { effect: "refused", code }, needs);
  };

  return {
    begin: (by, asked, echo = null) => ({
      ...{ by, echo, asked, needs: null, isNoted: false },
    }),
    allow(visit, needs, args) {
      visit.needs = needs;
      visit.asked = { ...visit.asked, verb: needs.name, args };
      const refusal = authorize(visit.by, needs);
      if (refusal !== null) throw new Refused(refusal.code, refusal.say, refusal.hint);
    },
    async intend(visit, intent) {
      // A command that wants several things is one line.
      const asked = visit.isNoted ? undefined : discreet(visit.asked);
      visit.isNoted = true;
      const verdict = await parts.intend(visit.by, intent, asked);
      if (verdict.ok) return verdict.recorded;
      const { code, say, hint } = verdict.refusal;
      throw new Refused(code, say, hint);
    },
    async attend(visit, run) {
      try {
        return await run();
      } catch (error) {
        await turnedAway(visit, error);
        throw error;
      }
    },
    note: (visit, effect) => tell(visit, { effect, code: null }),
  };
}

/** Reads and slips of the tongue need not stand there; whatever a stranger or somebody without the right tries does. */
function isTold({ needs }: Visit, { refusal, exit }: Refused): boolean {
  if (refusal.code.startsWith("access.")) return true;
  return exit !== 2 && needs !== null && (needs.tier !== "viewer" || needs.team === "only");
}
