import { RESTJSONErrorCodes as Code } from "discord-api-types/v10";
import { expect, test } from "vitest";
import {
  callbackRefused,
  snowflakes,
  timeOf,
  tokenRefused,
} from "../../fakes/discord/rules/time.ts";
import { said } from "./said.ts";

const NOON = Date.UTC(2026, 10, 28, 12);
const createdAt = NOON;

test("an id tells when it was made, and a later one is greater, whatever the clock does", () => {
  let now = NOON;
  const next = snowflakes(() => now);
  const first = next();
  const second = next();
  expect(timeOf(first)).toBe(NOON);
  expect(BigInt(second)).toBeGreaterThan(BigInt(first));
  now -= 60_000;
  expect(BigInt(next())).toBeGreaterThan(BigInt(second));
  now += 120_000;
  expect(timeOf(next())).toBe(NOON + 60_000);
});

test("the id that Discord documents is of 30 April 2016", () => {
  expect(timeOf("175928847299117063")).toBe(1_462_015_105_796);
});

test("a first answer has three seconds, and is given once", () => {
  const fresh = { createdAt, answered: false };
  expect(callbackRefused(fresh, NOON + 3_000)).toBeNull();
  expect(said(callbackRefused(fresh, NOON + 3_001))).toEqual([`404 ${Code.UnknownInteraction}`]);
  expect(said(callbackRefused({ createdAt, answered: true }, NOON + 1))).toEqual([
    `400 ${Code.InteractionHasAlreadyBeenAcknowledged}`,
  ]);
});

test("the token works from the first answer on, for 15 minutes", () => {
  const answered = { createdAt, answered: true };
  expect(tokenRefused(answered, NOON + 900_000)).toBeNull();
  expect(said(tokenRefused(answered, NOON + 900_001))).toEqual([`401 ${Code.InvalidWebhookToken}`]);
  expect(said(tokenRefused({ createdAt, answered: false }, NOON + 1))).toEqual([
    `404 ${Code.UnknownWebhook}`,
  ]);
});
