// Reads of the world that commands ask for, through the ports; nothing here changes anything.
import type { Looks } from "../core/command.ts";
import type { Mailbox, Repo, Terminal } from "../core/ports.ts";
import { paneOf } from "../core/rules/panes.ts";
import type { State } from "../core/state.ts";
import { Failure, type MemberName } from "../core/words.ts";
import { proposalOf } from "../core/work.ts";

export interface LookParts {
  readonly state: () => State;
  readonly terminal: Terminal;
  readonly repo: Repo;
  readonly mailbox: Mailbox;
  readonly audit: Looks["audit"];
}

/** ms for one look. */
const deadline = 10_000;
/** Bytes of a patch. */
const patchAtMost = 1_000_000;

export function createLooks({ state, terminal, repo, mailbox, audit }: LookParts): Looks {
  const screen = (member: MemberName, lines: number | null): Promise<readonly string[]> => {
    const pane = paneOf(state(), member);
    if (pane === null)
      throw new Failure(
        "pane.dead",
        `${member} has no running agent to look at. See \`batty status\`.`,
      );
    return terminal.capture(pane, lines, AbortSignal.timeout(deadline));
  };
  return {
    audit,
    capture: async (member) => screen(member, null),
    logs: async (member, lines) => (await screen(member, lines)).slice(-lines),
    inspect(member) {
      const work = [...state().work.values()].find(
        (w) =>
          w.member === member &&
          (w.phase === "starting" || w.phase === "working" || w.phase === "verifying"),
      );
      const base = work?.base ?? state().main?.head;
      if (base === undefined)
        throw new Failure(
          "git.no-commits",
          "Trunk was not looked at yet. Try again in some seconds.",
        );
      return repo.inspect(member, base, AbortSignal.timeout(deadline));
    },
    async diff(task, pick) {
      const work = state().work.get(task);
      // The base it landed on, not what it made of trunk: its pages stay as they were before.
      const onto = work?.landed?.base ?? state().main?.head;
      if (work === undefined || onto === undefined)
        throw new Failure("git.refused", `#${task} has no branch to look at.`);
      const signal = AbortSignal.timeout(deadline);
      const head =
        work.done?.commit ??
        proposalOf(work)?.head ??
        (await repo.inspect(work.member, work.base, signal)).head;
      const shown = work.proposals.findLast((card) => card.head === head);
      const files = shown?.files ?? (await repo.change(head, onto, signal)).files;
      const { text, cut } = await repo.patch(head, onto, pick(files), patchAtMost, signal);
      return { head, files, patch: text, cut };
    },
    async mail(member) {
      const known = [...state().messages.values()].filter(
        (d) => d.mail.to === member && d.state !== "withdrawn",
      );
      const box = (await mailbox.list(AbortSignal.timeout(deadline))).get(member);
      const fresh = (box?.queued ?? []).filter((m) => !state().messages.has(m.id));
      const all = [
        ...known.map((d) => ({ ...d.mail, state: d.state === "typing" ? "queued" : d.state })),
        ...fresh.map((m) => ({ ...m, state: "queued" })),
      ];
      return all.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    read: async (member, id) =>
      state().messages.get(id)?.mail ?? mailbox.read(member, id, AbortSignal.timeout(deadline)),
  };
}
