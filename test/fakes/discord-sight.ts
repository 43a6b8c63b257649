// What Discord makes of a message, as far as its documentation and its clients tell: its limits, what it takes for code,
// and whom it calls. Written from those, not from the renderer it judges.
import type { APIEmbed } from "discord.js";
import { expect } from "vitest";
import type { Part } from "../../src/chat/discord/render/message.ts";

export interface Block {
  readonly language: string;
  readonly code: string;
}

const codeBlock = /```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```/iy;
const inlineCode = /(`+)([\s\S]*?[^`])\1(?!`)/y;
const escaping = /\\[^0-9A-Za-z\s]/y;

/** Its code blocks in order, and what is left that has a meaning: no inline code, nothing spelt out. */
export function seenAs(markdown: string): { readonly blocks: Block[]; readonly prose: string } {
  const blocks: Block[] = [];
  let prose = "";
  for (let at = 0; at < markdown.length; ) {
    const take = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at;
      const found = pattern.exec(markdown);
      if (found !== null) at = pattern.lastIndex;
      return found;
    };
    const block = take(codeBlock);
    if (block !== null) blocks.push({ language: block[1] ?? "", code: block[2] ?? "" });
    else if (take(inlineCode) === null && take(escaping) === null) prose += markdown.charAt(at++);
  }
  return { blocks, prose };
}

/** Stricter than Discord, which calls nobody out of code. */
export const pings = (text: string): readonly string[] =>
  text.match(/@everyone|@here|<@[!&]?\d+>|<#\d+>/gi) ?? [];

export const maskedLinks = (markdown: string): readonly string[] =>
  markdown.match(/\]\(\s*<?[a-z]+:/gi) ?? [];

const textsOf = ({ title, description, footer, fields }: APIEmbed): string[] => [
  title ?? "",
  description ?? "",
  footer?.text ?? "",
  ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
];

/** Everything in it that a person reads, without its buttons. */
export const readable = ({ content, embeds }: Part): string[] =>
  [content, ...embeds.flatMap(textsOf)].filter((text) => text !== "");

/** The message as Discord's documentation allows it. */
export function expectAccepted(part: Part): void {
  const { content, embeds, components, files, made } = part;
  expect(content.length).toBeLessThanOrEqual(2_000);
  expect(content).toBe(content.trim());
  expect(embeds.length).toBeLessThanOrEqual(10);
  expect(files.length + made.length).toBeLessThanOrEqual(10);
  expect(content.trim().length + embeds.length + files.length + made.length).toBeGreaterThan(0);
  for (const { title = "", description = "", footer } of embeds) {
    expect(title.length).toBeLessThanOrEqual(256);
    expect(description.length).toBeLessThanOrEqual(4_096);
    expect(footer?.text.length ?? 1).toBeLessThanOrEqual(2_048);
    expect(title.trim() + description.trim()).not.toBe("");
  }
  expect(embeds.flatMap(textsOf).join("").length).toBeLessThanOrEqual(6_000);
  expectComponents(components);
}

function expectComponents(rows: Part["components"]): void {
  expect(rows.length).toBeLessThanOrEqual(5);
  const ids: string[] = [];
  const id = (text: string): void => {
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(100);
    ids.push(text);
  };
  for (const { components } of rows) {
    expect(components.length).toBeGreaterThan(0);
    expect(components.length).toBeLessThanOrEqual(5);
    for (const one of components) {
      if ("custom_id" in one) id(one.custom_id);
      if ("options" in one) {
        expect(one.options.length).toBeLessThanOrEqual(25);
        for (const { label, value } of one.options) {
          expect(label.length).toBeLessThanOrEqual(100);
          id(value);
        }
      } else if ("label" in one) {
        expect(one.label?.trim()).not.toBe("");
        expect(one.label?.length).toBeLessThanOrEqual(80);
      }
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
}

const segments = new Intl.Segmenter("en", { granularity: "grapheme" });

export const graphemes = (text: string): readonly string[] =>
  Array.from(segments.segment(text), ({ segment }) => segment);
