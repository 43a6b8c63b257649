// The pace that the loopback Discord allows, and how a stock discord.js client keeps to it or does not.
// No product code.
import {
  type Client,
  RateLimitError,
  RESTEvents,
  type RESTOptions,
  Routes,
  type TextChannel,
} from "discord.js";
import { afterEach, expect, test } from "vitest";
import type { Quota } from "../fakes/discord/rules/rate-limits.ts";
import type { Discord, Settings } from "../fakes/discord/server.ts";
import { openStage, type Stage } from "./discord-fake-stage.ts";

let stage: Stage;
let discord: Discord;
let client: Client<true>;
let room: TextChannel;

async function open(settings: Settings = {}, rest: Partial<RESTOptions> = {}): Promise<void> {
  stage = await openStage(settings, rest);
  ({ discord, client, room } = stage);
}

afterEach(() => stage.close());

const posts = () =>
  discord.log.filter((one) => one.kind === "rest" && one.path === `/channels/${room.id}/messages`);

const quick = (limit: number, perMs: number): readonly (readonly [RegExp, Quota])[] => [
  [/^POST \/channels\/:id\/messages$/, { limit, perMs }],
];

test("a client that reads the headers is never refused, and its messages keep their order", async () => {
  await open({ rateLimits: quick(2, 200) });
  const texts = ["1", "2", "3", "4", "5"];
  await Promise.all(texts.map((text) => room.send(text)));
  expect(
    discord
      .room("batty-commands")
      .messages()
      .map(({ text }) => text),
  ).toEqual(texts);
  expect(posts().map((one) => one.kind === "rest" && one.status)).toEqual([
    200, 200, 200, 200, 200,
  ]);
});

test("a bucket that is full for one client is full for all of the same bot", async () => {
  await open({ rateLimits: quick(1, 60_000) });
  await room.send("1");
  const plain = await fetch(`${discord.api}/v10/channels/${room.id}/messages`, {
    method: "POST",
    headers: { authorization: `Bot ${discord.token}`, "content-type": "application/json" },
    body: JSON.stringify({ content: "2" }),
  });
  expect(plain.status).toBe(429);
  expect(Number(plain.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(plain.headers.get("x-ratelimit-scope")).toBe("user");
  expect(await plain.json()).toMatchObject({ global: false, message: expect.any(String) });
});

test("after a refusal of one route the client waits there, and other routes flow", async () => {
  await open();
  discord.faults.rest.limit({ match: "POST /channels/:channel/messages", retryAfter: 2 });
  const refused = new Promise((on) => client.rest.once(RESTEvents.RateLimited, on));
  const order: string[] = [];
  const sent = room.send("late").then(() => order.push("message"));
  expect(await refused).toMatchObject({ global: false });
  await client.rest.get(Routes.user());
  order.push("look");
  await sent;
  expect(order).toEqual(["look", "message"]);
  const [first, second] = posts();
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_990);
});

test("after a global refusal every route waits", async () => {
  await open();
  discord.faults.rest.limit({
    ...{ match: "POST /channels/:channel/messages", retryAfter: 1, scope: "global" },
  });
  const refused = new Promise((on) => client.rest.once(RESTEvents.RateLimited, on));
  const sent = room.send("late");
  expect(await refused).toMatchObject({ global: true });
  await client.rest.get(Routes.user());
  expect((await sent).content).toBe("late");
  const look = discord.log.findLast((one) => one.kind === "rest" && one.path === "/users/@me");
  expect((look?.at ?? 0) - (posts()[0]?.at ?? 0)).toBeGreaterThan(990);
});

test("a 429 without any header is asked again at once, until the client is told to give up", async () => {
  await open();
  const match = "POST /channels/:channel/messages";
  discord.faults.rest.limit({ match, retryAfter: 60, headers: false, times: 20 });
  await room.send("hammered");
  expect(posts()).toHaveLength(21);
  await stage.close();
  await open({}, { rejectOnRateLimit: ({ retryAfter }) => retryAfter <= 0 });
  discord.faults.rest.limit({ match, retryAfter: 60, headers: false });
  await expect(room.send("once")).rejects.toBeInstanceOf(RateLimitError);
  expect(posts()).toHaveLength(1);
});

test("a third new name within ten minutes has to wait for the rest of them", async () => {
  await open({ rateLimits: true }, { rejectOnRateLimit: ["/channels"] });
  await room.setName("one");
  await room.setName("two");
  const thrown = await room.setName("three").catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(RateLimitError);
  expect((thrown as RateLimitError).retryAfter).toBeGreaterThan(500_000);
});
