// How requests are made over the library's own queue: which limits are waited out in it and which are handed on, so that
// nobody's deadline passes unseen. Knows no post.
import {
  type RateLimitData,
  RateLimitError,
  type RawFile,
  type REST,
  type RESTOptions,
  type RouteLike,
} from "discord.js";
import { Failure, type Instant, type Millis } from "../../core/words.ts";
import { failureOf } from "./failures.ts";
import { pace } from "./pace.ts";

/** Longer limits are the outbox's to wait out: it knows what else may go meanwhile. */
const patience: Millis = 5_000;
/** A limit that does not say how long it lasts. */
const unsaid: Millis = 10_000;

/** For every client of Discord. Without a word on how long, the library would ask again at once and without end. */
export const restOptions: Partial<RESTOptions> = {
  version: "10",
  timeout: pace.lateness,
  rejectOnRateLimit: ({ retryAfter }: Pick<RateLimitData, "retryAfter">) =>
    retryAfter <= 0 || retryAfter > patience,
};

export interface Request {
  readonly method: "get" | "post" | "patch" | "put" | "delete";
  readonly route: RouteLike;
  readonly body?: object;
  readonly files?: readonly RawFile[];
  readonly query?: Readonly<Record<string, string>>;
  /** False: the address itself is the proof. */
  readonly auth?: false;
}

/**
 * @param what in words: "posting to #batty-merges"
 * @throws Failure `chat.*`
 */
export type Ask = <T>(what: string, request: Request, signal: AbortSignal) => Promise<T>;

export function askOver(rest: REST, now: () => Instant): Ask {
  /** Until when a limit that was handed on holds, by bucket. */
  const limited = new Map<string, Instant>();
  let isOut = false;

  const refuseWhileLimited = (what: string, bucket: string): void => {
    for (const key of [everything, bucket]) {
      const left = (limited.get(key) ?? 0) - now();
      if (left > 0) throw tooMany(what, key === everything, left);
      limited.delete(key);
    }
  };

  return async <T>(what: string, request: Request, signal: AbortSignal): Promise<T> => {
    const bucket = bucketOf(request);
    refuseWhileLimited(what, bucket);
    try {
      const answer = await send(rest, request, signal);
      isOut = false;
      return answer as T;
    } catch (error) {
      if (error instanceof RateLimitError) {
        const pause = error.retryAfter > 0 ? error.retryAfter : unsaid;
        limited.set(error.global ? everything : bucket, now() + pause);
        throw tooMany(what, error.global, pause);
      }
      // Once the token was refused the library has none, and says so in an error without a code.
      const failure =
        isOut && isUncoded(error) ? noLogin(what) : failureOf(error, what, request.method);
      isOut = failure.code === "chat.login";
      throw failure;
    }
  };
}

const everything = "*";

/** What shares a limit: all messages of one channel do. */
const bucketOf = ({ method, route }: Request): string =>
  `${method} ${route.replace(/(?<=^\/[^/]+\/[^/]+\/.*)\d{16,}/g, ":id")}`;

function send(rest: REST, request: Request, signal: AbortSignal): Promise<unknown> {
  const { route, method, body, files, query, auth } = request;
  return rest[method](route, {
    // One of its own: the library listens to it and never stops.
    signal: AbortSignal.any([signal]),
    ...(body === undefined ? {} : { body }),
    ...(files === undefined || files.length === 0 ? {} : { files: [...files] }),
    ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
    ...(auth === undefined ? {} : { auth }),
  });
}

const tooMany = (what: string, isGlobal: boolean, retryAfter: Millis): Failure =>
  new Failure(
    isGlobal ? "chat.unavailable" : "chat.rate-limited",
    `${what} waits: Discord takes no more for ${Math.ceil(retryAfter / 1_000)} s`,
    { retryAfter },
  );

const isUncoded = (error: unknown): boolean =>
  error instanceof Error && error.name === "Error" && !("code" in error);

const noLogin = (what: string): Failure =>
  new Failure("chat.login", `${what} failed: Discord refused the bot's token`, {
    hint: "Put a new token in its file, then reload.",
  });
