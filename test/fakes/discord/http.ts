// REST v10 over HTTP: reads a request, meets the scripted faults, finds the route, answers, logs.
// Knows nothing of what a route does.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isRefused, refuse } from "./errors.ts";
import type { RestFault, RestFaults } from "./faults.ts";
import type { RateLimits } from "./rules/rate-limits.ts";
import type { Upload } from "./speak.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly world: World;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly Upload[];
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** e.g. /channels/:channel/messages */
  readonly path: string;
  /** The token in the path is the key: no Authorization needed. */
  readonly open?: true;
  readonly handle: (call: Call) => Answer;
}

export interface Logged {
  readonly kind: "rest";
  readonly at: number;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  status: number | null;
  readonly body: unknown;
  /** Of the sender: "bot", or "none" where the token was missing or wrong. */
  readonly actor: "bot" | "none";
}

/** The typed way to answer: `ok<RESTGetAPIChannelResult>(…)`. */
export const ok = <T>(body: T, status = 200): Answer => ({ status, body });
export const done: Answer = { status: 204 };

const PREFIX = "/api/v10";
const DIGITS = /^\d+$/;

interface Found {
  readonly route: Route;
  readonly params: Record<string, string>;
}

function fits(route: Route, method: string, parts: readonly string[]): Found | null {
  const names = route.path.split("/");
  if (route.method !== method || names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const part = parts[at] ?? "";
    if (!name.startsWith(":")) {
      if (name !== part) return null;
    } else params[name.slice(1)] = decodeURIComponent(part);
  }
  return { route, params };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A form: `payload_json` and `files[n]`. */
async function formOf(bytes: Buffer, type: string): Promise<{ body: unknown; files: Upload[] }> {
  const answer = new Response(new Uint8Array(bytes), { headers: { "content-type": type } });
  const form = await answer.formData();
  const files: Upload[] = [];
  for (const [key, value] of form.entries()) {
    const index = /^files\[(\d+)\]$/.exec(key)?.[1];
    if (typeof value === "string" || index === undefined) continue;
    const content = Buffer.from(await value.arrayBuffer());
    files.push({ index: Number(index), name: value.name, type: value.type, bytes: content });
  }
  const payload = form.get("payload_json");
  return { body: typeof payload === "string" ? JSON.parse(payload) : {}, files };
}

async function contentOf(request: IncomingMessage): Promise<{ body: unknown; files: Upload[] }> {
  const bytes = await bytesOf(request);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return await formOf(bytes, type);
  return { body: bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8")), files: [] };
}

function send(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const json = answer.body === undefined ? null : answer.body;
  const type = typeof json === "string" ? "text/plain" : "application/json";
  response.writeHead(answer.status, {
    ...(json === null ? {} : { "content-type": type }),
    ...headers,
  });
  response.end(json === null ? undefined : typeof json === "string" ? json : JSON.stringify(json));
}

export interface Front {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly faults: RestFaults;
  /** None: nobody waits. */
  readonly limits: RateLimits | null;
  readonly log: (entry: Logged) => void;
}

function serveFile(front: Front, path: string, response: ServerResponse): void {
  const file = front.world.files.get(path);
  if (!file) {
    send(response, { status: 404, body: "not found" });
    return;
  }
  response.writeHead(200, { "content-type": file.type || "application/octet-stream" });
  response.end(file.bytes);
}

/** Carries the request out; whatever a route refuses becomes its answer. */
function carryOut(found: Found | null, authorized: boolean, call: Omit<Call, "params">): Answer {
  try {
    if (!found) refuse("notFound");
    if (!found.route.open && !authorized) refuse("unauthorized");
    const ids = Object.entries(found.params).filter(
      ([name]) => !/^(emoji|token|command|user)$/.test(name),
    );
    if (ids.some(([, value]) => !DIGITS.test(value) && value !== "@original")) refuse("notFound");
    return found.route.handle({ ...call, params: found.params });
  } catch (thrown) {
    if (!isRefused(thrown)) throw thrown;
    return { status: thrown.refused.status, body: thrown.refused.body };
  }
}

/** What the fault makes of the exchange: the status sent instead, 0 for none at all; null: go on. */
async function meet(fault: RestFault, response: ServerResponse): Promise<number | null> {
  if (fault.delayMs !== undefined) await new Promise((on) => setTimeout(on, fault.delayMs));
  if (fault.hang === true) return 0;
  if (fault.drop === true) {
    response.destroy();
    return 0;
  }
  if (fault.status === undefined) return null;
  send(response, { status: fault.status, body: fault.body }, { ...fault.headers });
  return fault.status;
}

async function exchange(
  front: Front,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
) {
  const method = request.method ?? "GET";
  const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : url.pathname;
  const parts = path.split("/");
  const found = front.routes.map((one) => fits(one, method, parts)).find(Boolean) ?? null;
  const content = await contentOf(request);
  const authorized = request.headers.authorization === `Bot ${front.world.token}`;
  const entry: Logged = {
    ...{ kind: "rest", at: front.world.now(), method, route: found?.route.path ?? path, path },
    ...{ status: null, body: content.body, actor: authorized ? "bot" : "none" },
  };
  front.log(entry);
  const fault = front.faults.take(method, entry.route, path);
  if (fault && fault.afterStoring !== true) {
    entry.status = await meet(fault, response);
    if (entry.status !== null) return;
  }
  const call = { world: front.world, query: url.searchParams, ...content };
  const renames = found?.route.path === "/channels/:channel" && isRename(content.body);
  const pace = front.limits?.take({ method, path, renames }) ?? { headers: {}, refused: null };
  const answer = pace.refused ?? carryOut(found, authorized, call);
  if (fault?.afterStoring === true) {
    entry.status = await meet(fault, response);
    if (entry.status !== null) return;
  }
  entry.status = answer.status;
  send(response, answer, pace.refused?.headers ?? pace.headers);
}

const isRename = (body: unknown): boolean =>
  typeof body === "object" && body !== null && ("name" in body || "topic" in body);

export function requestHandler(front: Front) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://loopback");
    if (url.pathname.startsWith("/attachments/")) serveFile(front, url.pathname, response);
    else await exchange(front, request, response, url);
    front.world.changed();
  };
}
