// Ten senders, one busy member: each message leaves its own word, so that lost, doubled and disordered can be counted.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fenced, type Team } from "../e2e/team.ts";

export const busy = "architect";

export interface Crowd {
  /** Words in the order they were sent, by sender. */
  readonly sent: ReadonlyMap<string, readonly string[]>;
  sendOne(): Promise<void>;
  readonly left: () => number;
}

/** @param members may write to the busy one by file; the last sender is a person. */
export function crowd(t: Team, members: readonly string[], count: number): Crowd {
  const senders = [...members, "ada"];
  const sent = new Map<string, string[]>(senders.map((name) => [name, []]));
  let n = 0;
  return {
    sent,
    left: () => count - n,
    async sendOne() {
      const from = senders[n % senders.length] as string;
      const word = `w${n}-${from}`;
      n += 1;
      const body = fenced([t.mark(word)]);
      if (from === "ada") await insist(t, body);
      else await file(t, from, body, n);
      sent.get(from)?.push(word);
    },
  };
}

/** Through `send`, which knows the way without a bot too. */
async function insist(t: Team, body: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const ran = await t.batty("send", busy, body);
    if (ran.code === 0) return;
    if (tries === 20) throw new Error(`send ended with ${ran.code}: ${ran.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** As a member's own program may leave it. */
async function file(t: Team, from: string, body: string, n: number): Promise<void> {
  const inbox = join(t.root, ".batty", "inboxes", busy);
  const name = `${Date.now()}.${String(n % 1_000_000).padStart(6, "0")}.${process.pid}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const mail = { from, to: busy, body, msg_type: "send", timestamp };
  await writeFile(join(inbox, "tmp", name), `${JSON.stringify(mail)}\n`);
  await rename(join(inbox, "tmp", name), join(inbox, "new", name));
}
