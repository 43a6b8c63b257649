// What the server must know of a model API: how it asks, and how it is answered in pieces. Knows no socket.
import type { IncomingHttpHeaders } from "node:http";
import type { Ask } from "./ask.ts";
import type { Fault, Tool } from "./script.ts";

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One answer being written: each call gives the bytes to send. */
export interface Writing {
  open(): string;
  /** Begins a text, or goes on with it. */
  text(piece: string): string;
  tool(tool: Tool): string;
  close(): string;
  /** The same as one body, for who does not stream. */
  whole(): unknown;
}

export interface Wire {
  readonly api: "anthropic" | "openai";
  read(body: unknown, headers: IncomingHttpHeaders, size: number): Ask;
  write(ask: Ask, answer: { readonly id: string; readonly tokens: number }): Writing;
  /** @param now seconds since 1970 */
  refuse(fault: Exclude<Fault, { kind: "drop" | "hang" }>, now: number): Refusal;
}

type Tree = Readonly<Record<string, unknown>>;

/** A branch of foreign JSON: nothing is taken for granted. */
export function tree(value: unknown): Tree {
  return typeof value === "object" && value !== null ? (value as Tree) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function word(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function sse(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`;
}

/** A file as a shell command that needs no quoting. */
export function heredoc(path: string, text: string): string {
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return `cat > '${path}' <<'END_OF_FILE'\n${body}END_OF_FILE`;
}
