// What goes wrong on order: answers of REST that are scripted, a gateway that is slow, mute or gone.
// Each fault is taken up where it happens (http.ts, gateway.ts); here is only the list of orders.
import { tooMany } from "./rules/rate-limits.ts";

export interface RestFault {
  /** "POST /channels/:channel/messages" (a route), a path with ids, or a pattern over "METHOD /path". */
  readonly match: string | RegExp;
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** No answer ever; the connection stays open. */
  readonly hang?: boolean;
  /** The connection is torn down instead of an answer. */
  readonly drop?: boolean;
  /** The request is carried out first; only its answer is lost. */
  readonly afterStoring?: boolean;
  /** Before the answer; with `afterStoring`: everyone sees it while the sender still waits. */
  readonly delayMs?: number;
  readonly times?: number;
}

export interface Limit {
  readonly match: string | RegExp;
  /** Seconds, as in the answer. */
  readonly retryAfter: number;
  readonly scope?: "user" | "global" | "shared";
  /** A proxy before Discord answers 429 without any of its headers. */
  readonly headers?: boolean;
  readonly times?: number;
}

export interface RestFaults {
  next(fault: RestFault): void;
  each(fault: RestFault): void;
  limit(limit: Limit): void;
  clear(): void;
  /** Takes the order that this request meets, if any. */
  take(method: string, route: string, path: string): RestFault | null;
}

function limited(limit: Limit): RestFault {
  const { retryAfter, scope = "user", headers = true } = limit;
  const { match, times = 1 } = limit;
  if (!headers) {
    const type = { "content-type": "text/plain" };
    return { match, times, status: 429, body: "error code: 1015", headers: type };
  }
  const bucket = {
    ...{ "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0" },
    ...{ "X-RateLimit-Reset-After": String(retryAfter), "X-RateLimit-Bucket": "scripted" },
  };
  const many = tooMany({
    ...{ afterMs: retryAfter * 1_000, scope },
    headers: scope === "global" ? {} : bucket,
  });
  return { match, times, ...many, headers: { ...many.headers, via: "1.1 google" } };
}

function meets(match: string | RegExp, method: string, route: string, path: string): boolean {
  if (match instanceof RegExp) return match.test(`${method} ${path}`);
  return match === `${method} ${route}` || match === `${method} ${path}` || match === path;
}

export function restFaults(): RestFaults {
  let orders: { fault: RestFault; left: number }[] = [];
  const add = (fault: RestFault, times: number) => {
    orders.push({ fault, left: fault.times ?? times });
  };
  return {
    next: (fault) => add(fault, 1),
    each: (fault) => add(fault, Number.POSITIVE_INFINITY),
    limit: (limit) => add(limited(limit), 1),
    clear() {
      orders = [];
    },
    take(method, route, path) {
      const order = orders.find(
        (one) => one.left > 0 && meets(one.fault.match, method, route, path),
      );
      if (!order) return null;
      order.left -= 1;
      return order.fault;
    },
  };
}
