// What agents say of themselves: `<dir>/<member>/{tmp,new,cur}`, one JSON file a signal, and the events of their own
// hooks, filed there or posted at the door. Reads and moves them; must not judge what a signal means or whether its
// epoch is the present one.
import { join } from "node:path";
import { type Heard, signalKinds } from "../core/agent.ts";
import type { Signal, Signals } from "../core/ports.ts";
import type { Epoch, Instant, MemberName } from "../core/words.ts";
import { byName, createNamer } from "../lib/file-order.ts";
import { parseObject } from "./mail-file.ts";
import {
  isFileId,
  moveToCur,
  onDisk,
  openShelf,
  type Parsed,
  perMember,
} from "./maildir-folder.ts";

export interface SignalsAt {
  /** `.batty/signals` */
  readonly dir: string;
  readonly members: readonly MemberName[];
  /** What a seat's own signals carry. */
  readonly keyOf: (member: MemberName, epoch: Epoch) => string;
  /** What an event of this member's agent says. */
  readonly hear: Hear;
}

export type Hear = (member: MemberName, event: unknown) => readonly Heard[];

export interface OpenSignals extends Signals {
  /** An event that came by another way than a file, from whom it says. Not kept over a restart. */
  heard(member: MemberName, epoch: Epoch, event: unknown, now: Instant): void;
}

/** Events that nobody fetches are dropped, the oldest first: what they say is seen on the screen too. */
const heardAtMost = 1_000;

export function openSignals(at: SignalsAt): OpenSignals {
  const shelves = perMember(at.members, (member) => {
    const base = join(at.dir, member);
    return {
      base,
      shelf: openShelf(base, (name, text) => parseSignal(name, member, text, at)),
    };
  });
  const nextName = createNamer(process.pid);
  let posted: readonly Signal[] = [];

  async function listAll(): Promise<readonly Signal[]> {
    const found: Signal[] = [...posted];
    for (const { base, shelf } of shelves()) {
      const listed = await shelf.list();
      if (listed === null) continue;
      for (const { id, signals } of listed.good)
        if (signals.length > 0) found.push(...signals);
        else await moveToCur(base, id);
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
      const over = new Set(signals.map(({ member, id }) => `${member}/${id}`));
      posted = posted.filter(({ member, id }) => !over.has(`${member}/${id}`));
      await onDisk("moving signals in", at.dir, signal, async () => {
        const files = new Map(
          signals.map(({ member, id }) => [`${member}/${fileOf(id)}`, { member, id: fileOf(id) }]),
        );
        for (const { member, id } of files.values())
          if (at.members.includes(member) && isFileId(id))
            await moveToCur(join(at.dir, member), id);
      });
    },
    heard(member, epoch, event, now) {
      const about = { id: nextName(now), member, epoch, ts: now, keyed: true };
      posted = [...posted, ...(heardIn(member, event, about, at) ?? [])].slice(-heardAtMost);
    },
  };
}

/** One event may say several things: all but the first have a number behind the file's name. */
const fileOf = (id: string): string => id.split("~", 1)[0] ?? id;

const signalsOf = (
  heard: readonly Heard[],
  about: Pick<Signal, "id" | "member" | "epoch" | "ts" | "keyed">,
): readonly Signal[] =>
  heard.map((one, n) => ({ ...about, ...one, id: n === 0 ? about.id : `${about.id}~${n}` }));

/** Null: its driver failed on it. An event of one agent must not keep those of the others from being read. */
function heardIn(
  member: MemberName,
  event: unknown,
  about: Parameters<typeof signalsOf>[1],
  { hear }: Pick<SignalsAt, "hear">,
): readonly Signal[] | null {
  try {
    return signalsOf(hear(member, event), about);
  } catch {
    return null; // the event is data of any shape: it is kept as broken
  }
}

/** A file's signals, under its name. */
export interface SignalFile {
  readonly id: string;
  readonly signals: readonly Signal[];
}

/** Reads a file: a signal in our words, or an agent's own event (`kind` "hook"). One in another member's folder is none. */
export function parseSignal(
  name: string,
  member: MemberName,
  text: string,
  at: Pick<SignalsAt, "keyOf" | "hear">,
): Parsed<SignalFile> {
  const raw = parseObject(text);
  if (!raw.ok) return raw;
  const { member: claimed, epoch, kind, message = null, detail = "", ts, key } = raw.value;
  const no = (why: string): Parsed<SignalFile> => ({ ok: false, why });
  if (claimed !== member) return no(`its member is not ${member}`);
  if (typeof epoch !== "number" || !Number.isInteger(epoch))
    return no("its epoch is no whole number");
  if (typeof ts !== "number") return no("its ts is no number");
  // The command that files an agent's own events always writes the key.
  const keyed =
    key === undefined && kind !== "hook" ? {} : { keyed: key === at.keyOf(member, epoch) };
  const about = { id: name, member, epoch, ts, ...keyed };
  if (kind === "hook") {
    const signals = heardIn(member, raw.value["event"], about, at);
    return signals === null
      ? no("its event is none that its agent's driver can read")
      : { ok: true, value: { id: name, signals } };
  }
  const known = signalKinds.find((one) => one === kind);
  if (!known) return no(`its kind is none of ${signalKinds.join(", ")}`);
  if (message !== null && typeof message !== "string") return no("its message is no id");
  if (typeof detail !== "string") return no("its detail is no text");
  return { ok: true, value: { id: name, signals: [{ ...about, kind: known, message, detail }] } };
}
