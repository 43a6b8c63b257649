// Tells the bot what this member does: one file a signal into $BATTY_SIGNALS. Started by hand, without that
// folder, it tells nobody.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SignalKind } from "../../../core/agent.ts";
import { createNamer } from "../../../lib/file-order.ts";

/** Characters of a turn's answer that travel; far more than any chat shows. */
const maxDetail = 100_000;

export type Tell = (kind: SignalKind, message: string | null, detail: string) => void;

/** Writes at once and in order: the last signal must be out before the process is gone. */
export function openSignalsOut(
  env: Readonly<Record<string, string | undefined>>,
  onTrouble: (say: string) => void,
): Tell {
  const { BATTY_SIGNALS: folder, BATTY_MEMBER: member } = env;
  const { BATTY_EPOCH: epochText = "0", BATTY_SIGNAL_KEY: key } = env;
  const epoch = Number(epochText);
  if (!folder || !member) return () => {};
  const nextName = createNamer(process.pid);

  return (kind, message, detail) => {
    const ts = Date.now();
    const id = nextName(ts);
    const what = { kind, message, detail: detail.slice(0, maxDetail), ts };
    const told = { id, member, epoch, ...what, ...(key === undefined ? {} : { key }) };
    const draft = join(folder, "tmp", id);
    try {
      for (const part of ["tmp", "new"])
        mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
      writeFileSync(draft, `${JSON.stringify(told)}\n`, { mode: 0o600, flag: "wx" });
      renameSync(draft, join(folder, "new", id));
    } catch (error) {
      // The work goes on: the bot sees the pane too, and a person sees this line there.
      onTrouble(`signal ${kind} could not be written to ${folder}: ${String(error)}`);
    }
  };
}
