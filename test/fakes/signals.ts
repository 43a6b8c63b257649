// Signals folders in memory, with the real file format.
import type { Heard } from "../../src/core/agent.ts";
import type { Signal, Signals } from "../../src/core/ports.ts";
import { Failure, type MemberName } from "../../src/core/words.ts";
import { byName } from "../../src/lib/file-order.ts";
import { isFileId } from "../../src/world/maildir-folder.ts";
import { parseSignal } from "../../src/world/signals.ts";

export interface FakeSignals extends Signals {
  /** A file that an agent wrote, as text. */
  drop(member: MemberName, name: string, text: string): Promise<void>;
  names(member: MemberName, place: "new" | "cur"): Promise<readonly string[]>;
}

/** What a seat's own signals carry. */
export const seatKey = (member: MemberName, epoch: number): string => `key of ${member} ${epoch}`;

/** An agent whose events are `{"says":[…]}`, each as our words have it. */
export const ears = {
  keyOf: seatKey,
  hear: (_member: MemberName, event: unknown): readonly Heard[] =>
    (event as { readonly says: readonly Heard[] }).says,
};

export function fakeSignals(members: readonly MemberName[]): FakeSignals {
  const files = { new: new Map<string, string>(), cur: new Map<string, string>() };
  const key = (member: MemberName, name: string) => `${member}/${name}`;

  function heed(signal: AbortSignal): void {
    if (signal.aborted) throw new Failure("timeout", "given up", { cause: signal.reason });
  }

  function move(member: MemberName, name: string, as: string): void {
    const text = files.new.get(key(member, name));
    if (text === undefined) return;
    files.new.delete(key(member, name));
    files.cur.set(key(member, as), text);
  }

  function namesIn(member: MemberName, place: "new" | "cur"): readonly string[] {
    const prefix = key(member, "");
    const own = [...files[place].keys()].filter((path) => path.startsWith(prefix));
    return own.map((path) => path.slice(prefix.length)).sort(byName);
  }

  return {
    async list(signal) {
      heed(signal);
      const found: Signal[] = [];
      for (const member of members)
        for (const name of namesIn(member, "new").filter((name) => !name.startsWith("."))) {
          const text = files.new.get(key(member, name)) ?? "";
          const read = isFileId(name) ? parseSignal(name, member, text, ears) : null;
          if (read?.ok) found.push(...read.value.signals);
          if (read?.ok && read.value.signals.length === 0) move(member, name, name);
          if (!read?.ok) move(member, name, `${name}.broken`);
        }
      return found.sort((a, b) => byName(a.id, b.id));
    },
    async consume(signals, signal) {
      heed(signal);
      for (const { member, id } of signals) {
        const [file = id] = id.split("~", 1);
        if (members.includes(member)) move(member, file, file);
      }
    },
    async drop(member, name, text) {
      files.new.set(key(member, name), text);
    },
    async names(member, place) {
      return namesIn(member, place);
    },
  };
}
