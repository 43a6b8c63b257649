// Rate limits as Discord reports them: a bucket per route and major parameter, one for the whole bot,
// on a given clock. The numbers are only examples: a client must live by the headers.
import type { RESTRateLimit } from "discord-api-types/v10";

export interface TooMany {
  readonly status: 429;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RESTRateLimit;
}

export interface Quota {
  readonly limit: number;
  readonly perMs: number;
}

export type Scope = "user" | "global" | "shared";

const GLOBAL: Quota = { limit: 50, perMs: 1_000 };
const USUAL: Quota = { limit: 50, perMs: 1_000 };
// What the headers commonly show; the last one is undocumented and hurts.
const QUOTAS: readonly (readonly [RegExp, Quota])[] = [
  [/^POST \/channels\/:id\/messages$/, { limit: 5, perMs: 5_000 }],
  [/^PATCH \/channels\/:id\/messages\/:id$/, { limit: 5, perMs: 5_000 }],
  [/^(PUT|DELETE) \/channels\/:id\/messages\/:id\/reactions/, { limit: 1, perMs: 250 }],
  [/^PATCH \/channels\/:id#name$/, { limit: 2, perMs: 600_000 }],
];

/** `POST /channels/:id/messages`: ids and tokens are taken out, so that one limit serves all of a kind. */
export function routeOf(method: string, path: string): string {
  const pattern = path
    .replace(/^\/(webhooks|interactions)\/(\d+)\/[^/]+/, "/$1/:id/:token")
    .replace(/\/reactions\/.*$/, "/reactions/:emoji")
    .replace(/\/\d{15,20}(?=\/|$)/g, "/:id");
  return `${method.toUpperCase()} ${pattern}`;
}

/** The channel, guild or webhook with its token; buckets of one route are apart by it. */
function majorOf(path: string): string {
  return (
    /^\/(?:channels|guilds)\/[^/]+|^\/(?:webhooks|interactions)\/[^/]+\/[^/]+/.exec(path)?.[0] ?? ""
  );
}

const isInteraction = (path: string) =>
  /^\/interactions\/|^\/webhooks\/[^/]+\/[^/]+\/messages/.test(path);

interface Bucket {
  used: number;
  resetsAt: number;
}

export interface RateLimits {
  /**
   * Counts one request.
   * @param renames a PATCH of a channel that changes its name or topic has a bucket of its own
   */
  take(request: { method: string; path: string; renames?: boolean }): {
    readonly headers: Readonly<Record<string, string>>;
    readonly refused: TooMany | null;
  };
}

export function rateLimits(parts: {
  readonly now: () => number;
  readonly quotas?: readonly (readonly [RegExp, Quota])[];
  readonly global?: Quota;
}): RateLimits {
  const buckets = new Map<string, Bucket>();
  const quotas = [...(parts.quotas ?? []), ...QUOTAS];
  const count = (key: string, quota: Quota): Bucket => {
    const now = parts.now();
    let bucket = buckets.get(key);
    if (bucket === undefined || bucket.resetsAt <= now) {
      bucket = { used: 0, resetsAt: now + quota.perMs };
      buckets.set(key, bucket);
    }
    bucket.used += 1;
    return bucket;
  };
  return {
    take: ({ method, path, renames = false }) => {
      const now = parts.now();
      const global = parts.global ?? GLOBAL;
      if (!isInteraction(path)) {
        const whole = count("global", global);
        if (whole.used > global.limit) {
          return {
            headers: {},
            refused: tooMany({ afterMs: whole.resetsAt - now, scope: "global" }),
          };
        }
      }
      const route = routeOf(method, path) + (renames ? "#name" : "");
      const quota = quotas.find(([pattern]) => pattern.test(route))?.[1] ?? USUAL;
      const bucket = count(`${route} ${majorOf(path)}`, quota);
      const headers = headersOf(route, quota, bucket, now);
      const afterMs = bucket.resetsAt - now;
      if (bucket.used <= quota.limit) return { headers, refused: null };
      return { headers, refused: tooMany({ afterMs, scope: "user", headers }) };
    },
  };
}

function headersOf(
  route: string,
  quota: Quota,
  bucket: Bucket,
  now: number,
): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(quota.limit),
    "X-RateLimit-Remaining": String(Math.max(0, quota.limit - bucket.used)),
    "X-RateLimit-Reset": (bucket.resetsAt / 1_000).toFixed(3),
    "X-RateLimit-Reset-After": ((bucket.resetsAt - now) / 1_000).toFixed(3),
    "X-RateLimit-Bucket": hashOf(route),
  };
}

/** FNV-1a: only stable and short, as the real ones are. */
function hashOf(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (const letter of text) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}

/**
 * A 429 as Discord words it; scripted ones come from here too.
 * @param afterMs until it may be tried again; `Retry-After` is in whole seconds, rounded up
 * @param headers of the bucket; `null` makes an answer without any, as a proxy in between gives
 */
export function tooMany(parts: {
  readonly afterMs: number;
  readonly scope: Scope;
  readonly headers?: Readonly<Record<string, string>> | null;
}): TooMany {
  const { afterMs, scope } = parts;
  const shared = scope === "shared";
  const body: RESTRateLimit = {
    message: shared ? "The resource is being rate limited." : "You are being rate limited.",
    retry_after: Number((afterMs / 1_000).toFixed(3)),
    global: scope === "global",
  };
  if (parts.headers === null) return { status: 429, headers: {}, body };
  return {
    status: 429,
    headers: {
      ...parts.headers,
      "Retry-After": String(Math.ceil(afterMs / 1_000)),
      "X-RateLimit-Scope": scope,
      ...(scope === "global" ? { "X-RateLimit-Global": "true" } : {}),
    },
    body,
  };
}

/** Whether an answer counts towards the 10,000 in ten minutes after which Discord locks an address out. */
export const countsAsInvalid = (status: number, scope: Scope | null): boolean =>
  status === 401 || status === 403 || (status === 429 && scope !== "shared");
