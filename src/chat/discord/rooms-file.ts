// Which channel and thread stands for which room, over restarts. A cache: what it forgets is found by its name.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { channels } from "../../core/card.ts";

export type ChannelName = (typeof channels)[number];

export interface RoomsFile {
  /** `named`: as team.yaml had it then; a person who writes another wants another. */
  readonly channels: Map<ChannelName, { readonly id: string; readonly named: string }>;
  /** By a member's name, a role's name or `task:12`; the newest last. */
  readonly threads: Map<string, { readonly id: string; readonly parent: string }>;
  save(): Promise<void>;
}

/** Of threads; older ones are found by their names. */
const most = 1_000;

/** @param guild what was kept for another one counts for nothing */
export async function openRoomsFile(path: string, guild: string): Promise<RoomsFile> {
  const kept = read(await readFile(path, "utf8").catch(() => ""));
  const ours = kept?.guild === guild ? kept : null;
  const channels: RoomsFile["channels"] = new Map(ours?.channels);
  const threads: RoomsFile["threads"] = new Map(ours?.threads);
  let last: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    for (const key of [...threads.keys()].slice(0, -most)) threads.delete(key);
    const text = JSON.stringify({ guild, channels: [...channels], threads: [...threads] });
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(`${path}.tmp`, `${text}\n`, { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  };
  return {
    channels,
    threads,
    save() {
      // A full disk costs only that rooms are looked for again.
      last = last.then(write).catch(() => undefined);
      return last;
    },
  };
}

interface Written {
  readonly guild: string;
  readonly channels: [ChannelName, { id: string; named: string }][];
  readonly threads: [string, { id: string; parent: string }][];
}

function read(text: string): Written | null {
  try {
    const value = JSON.parse(text) as Written;
    return Array.isArray(value.channels) && Array.isArray(value.threads) ? value : null;
  } catch {
    return null; // none yet, or torn: everything is looked for by name
  }
}
