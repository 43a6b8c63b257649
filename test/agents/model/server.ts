// A model on loopback that does what a script says, for agents that must not reach a real one. One server may
// serve many agents of both kinds at a time.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { anthropic } from "./anthropic.ts";
import { type Answer, type Ask, answerTo, type Page } from "./ask.ts";
import { openai } from "./openai.ts";
import type { Fault, Part, Reply } from "./script.ts";
import { type Moment, makeTimeline, type Timeline } from "./timeline.ts";
import type { Wire, Writing } from "./wire.ts";

export interface Model {
  /** `http://127.0.0.1:PORT`: Anthropic's base URL; OpenAI's is this and `/v1`. */
  readonly url: string;
  readonly timeline: Timeline;
  /** Bodies as they were asked, by number of the request. */
  readonly asked: readonly { readonly path: string; readonly body: unknown }[];
  close(): Promise<void>;
}

/** Pieces a streamed text is sent in, ms apart. */
const pieceMs = 100;
/** What a session's window may hold at most in one request, bytes. */
const longestBody = 32_000_000;

export async function startModel(playbook: readonly Page[] = []): Promise<Model> {
  const timeline = makeTimeline();
  const asked: { readonly path: string; readonly body: unknown }[] = [];
  const failed = new Map<string, number>();
  const closing = new AbortController();
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (closing.signal.aborted || response.destroyed) return;
      if (!response.headersSent) response.writeHead(400, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { type: "invalid_request_error", message: String(error) } }),
      );
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const text = await bodyOf(request);
    const wire = request.method === "POST" ? wireOf(path) : null;
    if (wire === null) return json(response, path.endsWith("/models") ? 200 : 404, { data: [] });
    const body = JSON.parse(text) as unknown;
    if (path.endsWith("/count_tokens"))
      return json(response, 200, { input_tokens: tokensOf(text.length) });
    const number = asked.push({ path, body }) - 1;
    const ask = wire.read(body, request.headers, text.length);
    const answer = answerTo(ask, playbook);
    const tell = (moment: Moment, detail = ""): void => {
      const { step, side } = answer;
      timeline.add({
        moment,
        request: number,
        api: wire.api,
        session: ask.session,
        step,
        side,
        detail,
      });
    };
    tell("asked");
    const fault = faultNow(ask, answer);
    response.once("close", () => {
      const ours = fault?.kind === "drop" || closing.signal.aborted;
      if (!response.writableEnded && !ours) tell("left");
    });
    await answerWith({ ask, answer, fault, wire, response, tell, id: `s${number}` });
  }

  /** The fault still due, counted by conversation and step: a retry asks the same again. */
  function faultNow(ask: Ask, { reply, step, text }: Answer): Fault | null {
    const key = createHash("sha256").update(`${ask.session}\0${step}\0${text}`).digest("hex");
    const before = failed.get(key) ?? 0;
    let until = 0;
    for (const fault of reply.faults) {
      until += fault.times;
      if (before >= until) continue;
      failed.set(key, before + 1);
      return fault;
    }
    return null;
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeline,
    asked,
    async close() {
      closing.abort();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function wireOf(path: string): Wire | null {
  if (path.endsWith("/responses")) return openai;
  return path.endsWith("/messages") || path.endsWith("/messages/count_tokens") ? anthropic : null;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > longestBody) throw new Error("The request is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

const tokensOf = (size: number): number => Math.ceil(size / 4);

interface Job {
  readonly ask: Ask;
  readonly answer: Answer;
  readonly fault: Fault | null;
  readonly wire: Wire;
  readonly response: ServerResponse;
  readonly id: string;
  tell(moment: Moment, detail?: string): void;
}

async function answerWith(job: Job): Promise<void> {
  const { ask, answer, fault, wire, response, tell } = job;
  const { reply } = answer;
  if (fault !== null && fault.kind !== "drop" && fault.kind !== "hang") {
    const { status, headers, body } = wire.refuse(fault, Math.floor(Date.now() / 1000));
    tell("failed", fault.kind === "status" ? String(status) : fault.kind);
    return json(response, status, body, headers);
  }
  const writing = wire.write(ask, { id: job.id, tokens: reply.tokens ?? tokensOf(ask.size) });
  if (fault?.kind === "hang") return tell("hung");
  if (ask.stream) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write(writing.open());
  }
  if (fault?.kind === "drop") {
    if (ask.stream) response.write(writing.text("It goes well un"));
    await sleep(pieceMs);
    tell("dropped");
    response.destroy();
    return;
  }
  await play(job, writing, reply);
}

async function play({ ask, response, tell }: Job, writing: Writing, reply: Reply): Promise<void> {
  const send = (bytes: string): void => {
    if (ask.stream) response.write(bytes);
  };
  let begun = false;
  for (const part of reply.parts)
    for await (const piece of piecesOf(part)) {
      if (response.destroyed) return;
      if (!begun) tell("first");
      begun = true;
      send(writing.text(piece));
    }
  if (response.destroyed) return;
  if (reply.tool !== null) {
    tell("tool", reply.tool.kind);
    send(writing.tool(reply.tool));
  }
  const last = writing.close();
  tell("done", reply.tool === null ? "end" : "tool");
  if (ask.stream) response.end(last);
  else json(response, 200, writing.whole());
}

/** A text in as many pieces as fit its time; a thought is a pause without one. */
async function* piecesOf(part: Part): AsyncGenerator<string> {
  if (part.kind === "think") {
    await sleep(part.ms);
    return;
  }
  const count = Math.max(1, Math.floor(part.ms / pieceMs));
  const letters = [...part.text];
  for (let at = 0; at < count; at += 1) {
    const piece = letters.slice((letters.length * at) / count, (letters.length * (at + 1)) / count);
    if (piece.length > 0) yield piece.join("");
    if (count > 1) await sleep(pieceMs);
  }
}
