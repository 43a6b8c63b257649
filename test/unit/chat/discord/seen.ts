// A rendered post as a person sees it on a phone, for inline snapshots: the edge's colour, then text, then [buttons].
import type { ButtonRow } from "../../../../src/chat/discord/render/buttons.ts";
import {
  type Part,
  type Rendered,
  renderAnswer,
  renderPost,
} from "../../../../src/chat/discord/render/message.ts";
import type { Card, Post } from "../../../../src/core/card.ts";

const lined = (text: string): string[] => (text === "" ? [] : text.split("\n"));

function embedLines({ title = "", description = "", color, footer, image }: Part["embeds"][0]) {
  const edge = `#${(color ?? 0).toString(16).padStart(6, "0")}`;
  const lines = [title, ...lined(description), footer?.text ?? "", image?.url ?? ""];
  return [edge, ...lines.filter((line) => line !== "").map((line) => `│ ${line}`)];
}

const rowLine = ({ components }: ButtonRow): string =>
  components
    .map((one) => {
      if ("options" in one) return `[▾ ${one.options.map((o) => o.label).join(" | ")}]`;
      return "label" in one ? `[${one.label}]` : "";
    })
    .join(" ");

const partLines = ({ content, embeds, components, files, made }: Part): string =>
  [
    ...lined(content),
    ...embeds.flatMap(embedLines),
    ...components.map(rowLine),
    ...[...files, ...made].map(({ name }) => `(file ${name})`),
  ].join("\n");

/** Messages are parted by a line. */
export const seen = ({ parts }: Rendered): string => parts.map(partLines).join("\n──\n");

export const post = (more: Partial<Post>): Post => ({
  ...{ key: "k", room: "merges", thread: null, from: "batty", text: more.card?.title ?? "" },
  ...{ card: null, loud: false, mentions: [], replyTo: null },
  ...more,
});
export const people = (name: string): string | null => (name === "ada" ? "4711" : null);
export const shown = (more: Partial<Post>): string => seen(renderPost(post(more), people));
export const answer = (text: string, card: Card | null = null): string =>
  seen(renderAnswer({ text, card }));
