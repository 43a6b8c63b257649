// The members' inboxes: `<dir>/<member>/{tmp,new,cur}`, one JSON file a message. Must not know why
// messages are sent or when they are typed.
import { join } from "node:path";
import type { Mail, MailBox, Mailbox } from "../core/ports.ts";
import { Failure, type Instant, type MemberName, type MessageId } from "../core/words.ts";
import { createNamer } from "../lib/file-order.ts";
import { parseMail, renderMail } from "./mail-file.ts";
import {
  isFileId,
  isThere,
  moveToCur,
  onDisk,
  openShelf,
  perMember,
  readPlain,
  type Shelf,
  writeNew,
} from "./maildir-folder.ts";

const namer = createNamer(process.pid);

/** A message id of this process: unique, and greater than every one it gave before. */
export function nextId(now: Instant): MessageId {
  return namer(now);
}

/** Maildir flags that Batty's own daemon appends to names in cur/. */
const curForms = (id: MessageId): readonly string[] => [id, `${id}:2,`, `${id}:2,S`];

/**
 * @param dir `.batty/inboxes`
 * @param members whose inboxes these are; writing to anybody else fails
 */
export function openMailbox(at: {
  readonly dir: string;
  readonly members: readonly MemberName[];
}): Mailbox {
  const shelves = perMember(at.members, (member): readonly [MemberName, Shelf<Mail>] => {
    const parse = (name: string, text: string) => parseMail(name, member, text);
    return [member, openShelf(join(at.dir, member), parse)];
  });

  function baseOf(member: MemberName): string {
    if (at.members.includes(member)) return join(at.dir, member);
    throw new Failure("io.failed", `there is no inbox for "${member}" under ${at.dir}`, {
      hint: `Members are ${at.members.join(", ")}.`,
    });
  }

  function fileIdOf(id: MessageId): MessageId {
    if (isFileId(id)) return id;
    throw new Failure("io.failed", `"${id}" cannot be a message id: it is used as a file name`);
  }

  /** Where a message lies; null: nowhere. new/ first: a file moved meanwhile is then found in cur/. */
  async function find(base: string, id: MessageId): Promise<string | null> {
    const places = [join(base, "new", id), ...curForms(id).map((name) => join(base, "cur", name))];
    for (const place of places) if (await isThere(place)) return place;
    return null;
  }

  async function readAt(member: MemberName, id: MessageId): Promise<Mail | null> {
    const place = await find(baseOf(member), fileIdOf(id));
    if (place === null) return null;
    const text = await readPlain(place);
    // Moved from new/ to cur/ between the look and the read.
    if (text === null) return readAt(member, id);
    const mail = text.ok ? parseMail(id, member, text.value) : text;
    if (mail.ok) return mail.value;
    throw new Failure("mail.unreadable", `message file ${place} is no message: ${mail.why}`, {
      hint: "Repair or remove the file.",
    });
  }

  return {
    async list(signal) {
      return onDisk("listing the inboxes in", at.dir, signal, async () => {
        const boxes = new Map<MemberName, MailBox>();
        const listed = await Promise.all(
          shelves().map(async ([member, shelf]) => [member, await shelf.list()] as const),
        );
        for (const [member, box] of listed)
          if (box) boxes.set(member, { queued: box.good, broken: box.broken });
        return boxes;
      });
    },

    async put(mail, signal) {
      const base = baseOf(mail.to);
      const id = fileIdOf(mail.id);
      await onDisk("writing a message to", base, signal, async () => {
        if ((await find(base, id)) === null) await writeNew(base, id, renderMail(mail));
      });
    },

    async take(member, id, signal) {
      const base = baseOf(member);
      const name = fileIdOf(id);
      // Not in new/ any more is what was wanted, whoever moved it.
      await onDisk("taking a message from", base, signal, () => moveToCur(base, name));
    },

    async read(member, id, signal) {
      return onDisk("reading a message of", baseOf(member), signal, () => readAt(member, id));
    },
  };
}
