// A post as it goes out: no secret in it, no mention in what agents and tests wrote, and what is too long as a file.
import { createHash } from "node:crypto";
import type { Card, Post, PostFile } from "../../core/card.ts";
import { breakMentions } from "../../lib/mentions.ts";
import type { Redact } from "../../lib/redact.ts";

/** Stores a text beside the chats and says where. Repeatable: the same name holds the newest text. */
export type Store = (name: string, text: string) => Promise<PostFile>;

export async function prepare(post: Post, redact: Redact, store: Store): Promise<Post> {
  const whole = redact(post.text);
  const { shownAtMost, ...rest } = post;
  const clean = {
    ...rest,
    text: breakMentions(whole),
    card: post.card === null ? null : cleanCard(post.card, (t) => breakMentions(redact(t))),
  };
  if (shownAtMost === undefined || whole.length <= shownAtMost) return clean;
  const name = createHash("sha1").update(post.key).digest("hex").slice(0, 16);
  const file = await store(`${name}.md`, whole);
  return {
    ...clean,
    text: `${breakMentions(cutAt(whole, shownAtMost))}…`,
    files: [...(post.files ?? []), { name: "answer.md", path: file.path }],
  };
}

/** Not through the middle of a character. */
const cutAt = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\ud800-\udbff]$/, "");

/** Everything of a card that is read; ids and kinds stay. */
export function cleanCard(card: Card, clean: (text: string) => string): Card {
  return {
    ...card,
    title: clean(card.title),
    lines: card.lines.map(clean),
    fields: card.fields.map(({ name, value }) => ({ name, value: clean(value) })),
    actions: card.actions.map((a) => ({ ...a, label: clean(a.label) })),
    footer: clean(card.footer),
  };
}

/** What people see of a post: the same again is no edit. */
export const digestOf = ({ text, card, files }: Post): string =>
  createHash("sha1")
    .update(JSON.stringify([text, card, (files ?? []).map((f) => f.name)]))
    .digest("base64");
