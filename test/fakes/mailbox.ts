// Inboxes in memory, with the real file format, so that broken and foreign files can be played too.
import type { Mail, MailBox, Mailbox } from "../../src/core/ports.ts";
import { Failure, type MemberName, type MessageId } from "../../src/core/words.ts";
import { byName } from "../../src/lib/file-order.ts";
import { parseMail, renderMail } from "../../src/world/mail-file.ts";
import { isFileId } from "../../src/world/maildir-folder.ts";

export type MailPlace = "new" | "cur";

export interface FakeMailbox extends Mailbox {
  /** A file that somebody else wrote, as text. */
  drop(member: MemberName, place: MailPlace, name: string, text: string): Promise<void>;
  /** Names in a folder. */
  names(member: MemberName, place: MailPlace): Promise<readonly string[]>;
}

export function fakeMailbox(members: readonly MemberName[]): FakeMailbox {
  const inboxes = new Map<MemberName, Record<MailPlace, Map<string, string>>>();

  function open(member: MemberName, id?: MessageId) {
    if (!members.includes(member)) throw new Failure("io.failed", `no inbox for ${member}`);
    if (id !== undefined && !isFileId(id))
      throw new Failure("io.failed", `"${id}" is no message id`);
    const inbox = inboxes.get(member) ?? { new: new Map(), cur: new Map() };
    return inbox;
  }

  function heed(signal: AbortSignal): void {
    if (signal.aborted) throw new Failure("timeout", "given up", { cause: signal.reason });
  }

  function boxOf(member: MemberName, texts: ReadonlyMap<string, string>): MailBox {
    const queued: Mail[] = [];
    const broken: { file: string; why: string }[] = [];
    for (const name of [...texts.keys()].filter((name) => !name.startsWith(".")).sort(byName)) {
      const mail = isFileId(name)
        ? parseMail(name, member, texts.get(name) ?? "")
        : { ok: false as const, why: "its name cannot be a message id" };
      if (mail.ok) queued.push(mail.value);
      else broken.push({ file: name, why: mail.why });
    }
    return { queued, broken };
  }

  return {
    async list(signal) {
      heed(signal);
      return new Map([...inboxes].map(([member, inbox]) => [member, boxOf(member, inbox.new)]));
    },
    async put(mail, signal) {
      const inbox = open(mail.to, mail.id);
      heed(signal);
      inboxes.set(mail.to, inbox);
      if (!inbox.new.has(mail.id) && !inbox.cur.has(mail.id))
        inbox.new.set(mail.id, renderMail(mail));
    },
    async take(member, id, signal) {
      const inbox = open(member, id);
      heed(signal);
      const text = inbox.new.get(id);
      if (text === undefined) return;
      inbox.cur.set(id, text);
      inbox.new.delete(id);
    },
    async read(member, id, signal) {
      const inbox = open(member, id);
      heed(signal);
      const text = inbox.new.get(id) ?? inbox.cur.get(id);
      if (text === undefined) return null;
      const mail = parseMail(id, member, text);
      if (mail.ok) return mail.value;
      throw new Failure("mail.unreadable", `message ${id} of ${member}: ${mail.why}`);
    },
    async drop(member, place, name, text) {
      const inbox = open(member);
      inboxes.set(member, inbox);
      inbox[place].set(name, text);
    },
    async names(member, place) {
      return [...open(member)[place].keys()].sort(byName);
    },
  };
}
