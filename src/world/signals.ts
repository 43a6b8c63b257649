// What agents say of themselves: `<dir>/<member>/{tmp,new,cur}`, one JSON file a signal. Reads and moves
// them; must not judge what a signal means or whether its epoch is the present one.
import { join } from "node:path";
import { type Signal, type Signals, signalKinds } from "../core/ports.ts";
import type { Epoch, MemberName } from "../core/words.ts";
import { byName } from "../lib/file-order.ts";
import { parseObject } from "./mail-file.ts";
import {
  isFileId,
  moveToCur,
  onDisk,
  openShelf,
  type Parsed,
  perMember,
} from "./maildir-folder.ts";

/** @param dir `.batty/signals` */
export function openSignals(at: {
  readonly dir: string;
  readonly members: readonly MemberName[];
  /** What a seat's own signals carry. */
  readonly keyOf: (member: MemberName, epoch: Epoch) => string;
}): Signals {
  const shelves = perMember(at.members, (member) => {
    const base = join(at.dir, member);
    return {
      base,
      shelf: openShelf(base, (name, text) => parseSignal(name, member, text, at.keyOf)),
    };
  });

  async function listAll(): Promise<readonly Signal[]> {
    const found: Signal[] = [];
    for (const { base, shelf } of shelves()) {
      const listed = await shelf.list();
      if (listed === null) continue;
      found.push(...listed.good);
      // Out of the way, so that they are not looked at for ever; kept, so that a person can see them.
      for (const { file } of listed.broken) await moveToCur(base, file, `${file}.broken`);
    }
    return found.sort((a, b) => byName(a.id, b.id));
  }

  return {
    async list(signal) {
      return onDisk("listing the signals in", at.dir, signal, listAll);
    },
    async consume(signals, signal) {
      await onDisk("moving signals in", at.dir, signal, async () => {
        for (const { member, id } of signals)
          if (at.members.includes(member) && isFileId(id))
            await moveToCur(join(at.dir, member), id);
      });
    },
  };
}

/** Reads a signal. Its id is the file's name; a signal in another member's folder is none. */
export function parseSignal(
  name: string,
  member: MemberName,
  text: string,
  keyOf: (member: MemberName, epoch: Epoch) => string,
): Parsed<Signal> {
  const raw = parseObject(text);
  if (!raw.ok) return raw;
  const { member: claimed, epoch, kind, message = null, detail = "", ts, key } = raw.value;
  const no = (why: string): Parsed<Signal> => ({ ok: false, why });
  const known = signalKinds.find((one) => one === kind);
  if (claimed !== member) return no(`its member is not ${member}`);
  if (!known) return no(`its kind is none of ${signalKinds.join(", ")}`);
  if (typeof epoch !== "number" || !Number.isInteger(epoch))
    return no("its epoch is no whole number");
  if (typeof ts !== "number") return no("its ts is no number");
  if (message !== null && typeof message !== "string") return no("its message is no id");
  if (typeof detail !== "string") return no("its detail is no text");
  const keyed = key === undefined ? {} : { keyed: key === keyOf(member, epoch) };
  return {
    ok: true,
    value: { id: name, member, epoch, kind: known, message, detail, ts, ...keyed },
  };
}
