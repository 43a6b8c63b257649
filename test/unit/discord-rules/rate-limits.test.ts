import { expect, test } from "vitest";
import {
  countsAsInvalid,
  rateLimits,
  routeOf,
  tooMany,
} from "../../fakes/discord/rules/rate-limits.ts";

const CHANNEL = "/channels/100000000000000001";
const send = (channel = CHANNEL) => ({ method: "POST", path: `${channel}/messages` });

function clocked(parts: Partial<Parameters<typeof rateLimits>[0]> = {}) {
  let now = 1_000_000;
  const limits = rateLimits({ now: () => now, ...parts });
  return {
    take: limits.take,
    takes: (count: number, request = send()) =>
      Array.from({ length: count }, () => limits.take(request).refused),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test("a bucket takes as many as its headers say, refuses one more, and is full again on time", () => {
  const { take, takes, pass } = clocked();
  expect(take(send()).headers).toMatchObject({
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Remaining": "4",
    "X-RateLimit-Reset": "1005.000",
    "X-RateLimit-Reset-After": "5.000",
  });
  pass(500);
  expect(takes(4)).toEqual([null, null, null, null]);
  const { headers, refused } = take(send());
  expect(headers["X-RateLimit-Remaining"]).toBe("0");
  expect(refused).toEqual({
    status: 429,
    headers: { ...headers, "Retry-After": "5", "X-RateLimit-Scope": "user" },
    body: { message: "You are being rate limited.", retry_after: 4.5, global: false },
  });
  pass(4_499);
  expect(takes(1)).not.toEqual([null]);
  pass(1);
  expect(takes(1)).toEqual([null]);
});

test("another channel has a bucket of its own under the same hash", () => {
  const { take, takes } = clocked();
  takes(6);
  const other = take(send("/channels/100000000000000002"));
  expect(other.refused).toBeNull();
  expect(other.headers["X-RateLimit-Bucket"]).toBe(take(send()).headers["X-RateLimit-Bucket"]);
});

test("another route of the same channel does not wait", () => {
  const { take, takes } = clocked();
  takes(6);
  expect(take({ method: "GET", path: `${CHANNEL}/messages` }).refused).toBeNull();
});

test("a channel is renamed twice in ten minutes, while other edits of it pass", () => {
  const { takes, pass } = clocked();
  const rename = { method: "PATCH", path: CHANNEL, renames: true };
  expect(takes(2, rename)).toEqual([null, null]);
  expect(takes(1, rename)[0]?.body.retry_after).toBe(600);
  expect(takes(1, { method: "PATCH", path: CHANNEL })).toEqual([null]);
  pass(600_000);
  expect(takes(1, rename)).toEqual([null]);
});

test("the whole bot makes 50 requests a second; answers to interactions are not counted", () => {
  const { takes, pass } = clocked();
  const look = { method: "GET", path: "/users/@me" };
  expect(takes(50, look).every((refused) => refused === null)).toBe(true);
  const [refused] = takes(1, send());
  expect(refused?.body).toMatchObject({ global: true, retry_after: 1 });
  expect(refused?.headers).toEqual({
    "Retry-After": "1",
    "X-RateLimit-Scope": "global",
    "X-RateLimit-Global": "true",
  });
  const answer = { method: "POST", path: "/interactions/100000000000000009/token/callback" };
  expect(takes(1, answer)).toEqual([null]);
  pass(1_000);
  expect(takes(1, look)).toEqual([null]);
});

test("a scripted refusal may come without any header, or for a resource that is shared", () => {
  expect(tooMany({ afterMs: 2_500, scope: "user", headers: null })).toEqual({
    status: 429,
    headers: {},
    body: { message: "You are being rate limited.", retry_after: 2.5, global: false },
  });
  expect(tooMany({ afterMs: 100, scope: "shared" })).toMatchObject({
    headers: { "Retry-After": "1", "X-RateLimit-Scope": "shared" },
    body: { message: "The resource is being rate limited.", global: false },
  });
});

test("ids, emojis and tokens do not make routes of their own", () => {
  expect(routeOf("put", `${CHANNEL}/messages/100000000000000002/reactions/%E2%9C%85/@me`)).toBe(
    "PUT /channels/:id/messages/:id/reactions/:emoji",
  );
  expect(routeOf("POST", "/webhooks/100000000000000002/abc-def/messages/@original")).toBe(
    "POST /webhooks/:id/:token/messages/@original",
  );
});

test("an address is locked out for its 401s, 403s and 429s, but not for shared ones", () => {
  expect([401, 403, 429].every((status) => countsAsInvalid(status, "user"))).toBe(true);
  expect(countsAsInvalid(429, "shared")).toBe(false);
  expect(countsAsInvalid(404, null)).toBe(false);
});
