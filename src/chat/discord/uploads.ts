// A part of a post as a request: its body, and its files read from the disk. Knows no route.
import { readFile, stat } from "node:fs/promises";
import type { RawFile } from "discord.js";
import type { PostFile } from "../../core/card.ts";
import type { Part } from "./render/message.ts";

export interface Upload {
  readonly body: {
    readonly content: string;
    readonly embeds: Part["embeds"];
    readonly components: Part["components"];
    readonly attachments: readonly { readonly id: number; readonly filename: string }[];
    readonly allowed_mentions: { readonly parse: []; readonly users: readonly string[] };
  };
  readonly files: readonly RawFile[];
}

/** Bytes that Discord takes of one file where nobody pays for more. */
const fileAtMost = 10 * 1024 * 1024;
/** Of all files of a message. */
const allAtMost = 24 * 1024 * 1024;

/** @param head stands before everything else, if there is room */
export async function uploadOf(part: Part, mentioned: readonly string[]): Promise<Upload> {
  const files: RawFile[] = part.made.map(({ name, text }) => ({ name, data: text }));
  const missing: string[] = [];
  let size = part.made.reduce((sum, { text }) => sum + text.length, 0);
  for (const file of part.files) {
    const data = await read(file, allAtMost - size);
    if (typeof data === "string") missing.push(data);
    else {
      files.push({ name: file.name, data });
      size += data.length;
    }
  }
  return {
    files,
    body: {
      content: withNotes(part.content, missing),
      ...{ embeds: part.embeds, components: part.components },
      attachments: files.map(({ name }, id) => ({ id, filename: name })),
      allowed_mentions: { parse: [], users: mentioned },
    },
  };
}

/** A string: what people read in its place. */
async function read({ name, path }: PostFile, room: number): Promise<Buffer | string> {
  try {
    const { size } = await stat(path);
    if (size <= Math.min(fileAtMost, room)) return await readFile(path);
    return `\`${name}\` is ${Math.ceil(size / 1024 / 1024)} MB: more than Discord takes.`;
  } catch {
    return `\`${name}\` is not there any more.`; // removed since: the rest of the post is as good
  }
}

/** Discord's limit on a text. */
const contentAtMost = 2_000;

/** A note goes before the post's own end. */
export function withNotes(content: string, notes: readonly string[]): string {
  const text = [content, ...notes.map((note) => `-# ${note}`)].filter((one) => one !== "");
  const whole = text.join("\n");
  return whole.length <= contentAtMost ? whole : content;
}
