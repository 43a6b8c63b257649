// A part of a post as a request: its body, and its files read from the disk. Knows no route.
import { readFile, stat } from "node:fs/promises";
import type { RawFile } from "discord.js";
import type { PostFile } from "../../core/card.ts";
import type { Part } from "./render/message.ts";
import { shorten } from "./render/text.ts";

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

/** @param mentioned ids of those whom it may call */
export async function uploadOf(part: Part, mentioned: readonly string[]): Promise<Upload> {
  const files: RawFile[] = [];
  const missing: string[] = [];
  let room = allAtMost;
  const take = (name: string, data: Buffer | string): void => {
    if (typeof data === "string") return void missing.push(data);
    files.push({ name, data });
    room -= data.length;
  };
  for (const { name, text } of part.made) take(name, fitting(name, Buffer.from(text), room));
  for (const file of part.files) take(file.name, await read(file, room));
  return withFiles(
    {
      content: withNotes(part.content, missing),
      ...{ embeds: part.embeds, components: part.components, attachments: [] },
      allowed_mentions: { parse: [], users: mentioned },
    },
    files,
  );
}

/** The same without the files, which it names. */
export function withoutFiles({ body }: Upload): Upload {
  const names = body.attachments.map(({ filename }) => `\`${filename}\``).join(", ");
  const note = `Without ${names}: the bot may not attach files here.`;
  return withFiles({ ...body, content: withNotes(body.content, [note]) }, []);
}

/** A card as text: without the right to show cards Discord takes none of it. Its buttons stay. */
export function withoutCards({ body, files }: Upload): Upload {
  const lines = body.embeds.flatMap(({ title, description, fields, footer }) => [
    ...(title === undefined ? [] : [`**${title}**`]),
    description,
    ...(fields ?? []).map(({ name, value }) => `${name}: ${value}`),
    ...(footer === undefined ? [] : [`-# ${footer.text}`]),
  ]);
  const text = [body.content, ...lines].filter((line) => line !== undefined && line !== "");
  const content = shorten(text.join("\n"), contentAtMost);
  return { files, body: { ...body, content, embeds: [] } };
}

const attached = "attachment://";

/** A picture that does not come along would be a broken one. */
function withFiles(body: Upload["body"], files: readonly RawFile[]): Upload {
  const names = files.map(({ name }) => `${attached}${name}`);
  const embeds = body.embeds.map(({ image, ...rest }) => {
    const isMissing = image?.url.startsWith(attached) === true && !names.includes(image.url);
    return image === undefined || isMissing ? rest : { ...rest, image };
  });
  const attachments = files.map(({ name }, id) => ({ id, filename: name }));
  return { files, body: { ...body, embeds, attachments } };
}

/** A string: what people read in its place. */
function fitting<T extends Buffer | number>(name: string, data: T, room: number): T | string {
  const size = typeof data === "number" ? data : data.length;
  if (size <= Math.min(fileAtMost, room)) return data;
  return `\`${name}\` is ${Math.ceil(size / 1024 / 1024)} MB: more than Discord takes.`;
}

async function read({ name, path }: PostFile, room: number): Promise<Buffer | string> {
  try {
    const fits = fitting(name, (await stat(path)).size, room);
    return typeof fits === "string" ? fits : await readFile(path);
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
