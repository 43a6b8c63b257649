// The loopback door of the agents' hooks: who knows a launch's secret may tell of it and ask for it. Takes and hands
// on; must not know what an event says or who decides.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Epoch, MemberName } from "../../core/words.ts";

export interface DoorParts {
  /** The port of the door before: the hooks of agents that live on lead there. 0: none. */
  readonly port: number;
  readonly keyOf: (member: MemberName, epoch: Epoch) => string;
  readonly members: () => readonly MemberName[];
  readonly onEvent: (member: MemberName, epoch: Epoch, event: unknown) => void;
  /** Why what an event says that the agent is about to do never goes; null: nothing forbids it. */
  readonly forbids: (
    member: MemberName,
    epoch: Epoch,
    event: unknown,
    gone: AbortSignal,
  ) => Promise<string | null>;
  /** Resolves with the answer's text; "": nobody decides. `gone` aborts when the agent asks no longer. */
  readonly onRequest: (
    member: MemberName,
    epoch: Epoch,
    event: unknown,
    gone: AbortSignal,
  ) => Promise<string>;
  readonly log: (line: string) => void;
}

export interface HookDoor {
  readonly port: number;
  close(): Promise<void>;
}

/** Bytes of an event: a tool's output may be in it. */
const bodyAtMost = 8 * 1024 * 1024;
/** ms for a request to be whole. */
const requestWithin = 10_000;

/**
 * What was asked and what is answered, with the caller's nonce, under the launch's secret: only the bot can make it, and
 * whoever stands between, with another question or another answer, gets no use of it.
 */
export const proofHeader = "x-batty-proof";
export const nonceHeader = "x-batty-nonce";
export const proofOf = (secret: string, nonce: string, asked: string, answered: string): string =>
  createHmac("sha256", secret)
    .update(`door:${JSON.stringify([nonce, asked, answered])}`)
    .digest("hex");

/**
 * `/<member>/<epoch>/<what>/<token>`. The token is made of the launch's secret and is not it: whoever takes the port
 * while no bot runs learns nothing that would open the bot's files or make an answer of its own believed.
 */
export const doorPath = (
  member: MemberName,
  epoch: Epoch,
  secret: string,
  what: "event" | "permission",
): string => `/${member}/${epoch}/${what}/${tokenOf(secret, what)}`;

const tokenOf = (secret: string, what: string): string =>
  createHmac("sha256", secret).update(`token:${what}`).digest("hex");

export async function openHookDoor(parts: DoorParts): Promise<HookDoor> {
  const server = createServer((request, response) => {
    void serve(parts, request, response).catch((error: unknown) => {
      parts.log(`a hook's request failed: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = requestWithin;
  server.headersTimeout = requestWithin;
  // Between two events of a busy agent the connection stays: a new one costs more than the event.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, parts.port);
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

/** On the port of before where it is free. */
async function listen(server: Server, wanted: number): Promise<number> {
  const on = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
        server.off("error", reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  try {
    return await on(wanted);
  } catch (error) {
    if (wanted === 0 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return on(0);
  }
}

async function serve(
  parts: DoorParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [member = "", epochText = "", what = "", token = "", ...more] = (request.url ?? "")
    .slice(1)
    .split("/");
  const epoch = Number(epochText);
  const secret = parts.keyOf(member, epoch);
  const right =
    request.method === "POST" &&
    more.length === 0 &&
    parts.members().includes(member) &&
    Number.isInteger(epoch) &&
    isSame(token, tokenOf(secret, what));
  if (!right) return refuse(response, 404);
  const body = await bodyOf(request);
  if (body === null) return refuse(response, 413);
  const event = parsed(body);
  if (event === undefined) return refuse(response, 400);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  if (what === "event") {
    parts.onEvent(member, epoch, event);
    const why = await parts.forbids(member, epoch, event, gone.signal);
    return why === null ? answer(response, {}, "") : forbid(response, why);
  }
  if (what !== "permission") return refuse(response, 404);
  const said = await parts.onRequest(member, epoch, event, gone.signal);
  const nonce = request.headers[nonceHeader];
  const proof =
    typeof nonce === "string" ? { [proofHeader]: proofOf(secret, nonce, body, said) } : {};
  answer(response, proof, said);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: "close" });
  response.end();
}

/** The script behind the hook knows it by its status, and reads the one line. */
function forbid(response: ServerResponse, why: string): void {
  const line = Buffer.from(`${why.replace(/\s+/g, " ")}\n`);
  response.writeHead(403, { "content-length": line.length, connection: "close" });
  response.end(line);
}

function answer(
  response: ServerResponse,
  proof: Readonly<Record<string, string>>,
  text: string,
): void {
  response.writeHead(200, { "content-type": "application/json", ...proof });
  response.end(text);
}

function isSame(given: string, right: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Null: too much. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyAtMost) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // whatever it is, nobody can act on it
  }
}
