// What proves who wrote a file, by an HMAC with a key outside the project: a person's message while the bot is down,
// evidence of the bot, signals of a seat. Worth as much as the key is hidden: see SECURITY.md.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Mail, Mailbox } from "../core/ports.ts";
import type { Epoch, MemberName } from "../core/words.ts";

/** `~/.config/batty/<team>/mail.key`, 0600, made when missing. */
export async function mailKey(home: string, team: string): Promise<Buffer> {
  const path = join(home, ".config", "batty", team, "mail.key");
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(randomBytes(32));
    await file.sync();
    await file.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another start made it first
  }
  return readFile(path);
}

/** A mark that only who has the key can make, over these things in this order. */
export const sealOf = (key: Buffer, what: readonly unknown[]): string =>
  createHmac("sha256", key).update(JSON.stringify(what)).digest("hex");

/** What a seat's agent puts into its signals: nobody else is given it. */
export const signalKey = (key: Buffer, member: MemberName, epoch: Epoch): string =>
  sealOf(key, ["signals", member, epoch]);

export function sign(key: Buffer, mail: Omit<Mail, "signature">): string {
  const { id, from, to, body, msg_type, timestamp } = mail;
  return sealOf(key, [id, from, to, body, msg_type, timestamp]);
}

/** The bot's own mark on a text that it keeps in a file. */
export const sealing =
  (key: Buffer) =>
  (text: string): string =>
    createHmac("sha256", key).update(`kept:${text}`).digest("hex");

function isSigned(key: Buffer, mail: Mail): boolean {
  const given = Buffer.from(mail.signature ?? "", "utf8");
  const right = Buffer.from(sign(key, mail), "utf8");
  return given.length === right.length && timingSafeEqual(given, right);
}

/** A mailbox whose messages say `verified` where their signature holds, and nothing where it does not. */
export function verifying(mailbox: Mailbox, key: Buffer): Mailbox {
  const judged = (mail: Mail): Mail => {
    if (mail.signature === undefined) return mail;
    const { signature: _claimed, ...rest } = mail;
    return isSigned(key, mail) ? { ...rest, signature: "verified" } : rest;
  };
  return {
    ...mailbox,
    async list(signal) {
      const boxes = await mailbox.list(signal);
      return new Map(
        [...boxes].map(([member, box]) => [member, { ...box, queued: box.queued.map(judged) }]),
      );
    },
  };
}
