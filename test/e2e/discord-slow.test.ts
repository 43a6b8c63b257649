// Discord takes its time in the middle of a team's day, with the real bot, discord.js, tmux and git: REST that limits, breaks
// and loses answers, and a gateway that is late.
import { expect, test } from "vitest";
import type { Discord } from "../fakes/discord/server.ts";
import { isUp, onDiscord } from "./on-discord.ts";
import {
  adds,
  backLines,
  cardIn,
  expectAllThereOnce,
  expectLandedOnce,
  newTask,
} from "./trouble.ts";

const posts = "POST /channels/:channel/messages";

test("REST that limits, breaks and loses answers: two tasks land, no post is missing, twice or out of its order, and nothing is asked before its time", async () => {
  const on = await onDiscord({ playbooks: adds("one", "two") });
  const { discord, ada, ben } = on;
  const { rest } = discord.faults;
  await isUp(on);
  rest.next({ match: posts, status: 502 });
  rest.next({ match: posts, status: 503, afterStoring: true, times: 4 });
  await newTask(ada, "one");
  await ada.react(await cardIn(on, 1, "Open"), "✅");
  rest.limit({ match: posts, retryAfter: 2.5 });
  rest.next({ match: posts, drop: true, afterStoring: true });
  await newTask(ada, "two");
  rest.limit({ match: /^PATCH /, retryAfter: 1, scope: "global" });
  const card = await cardIn(on, 2, "Open");
  rest.limit({ match: posts, retryAfter: 1, headers: false });
  await ada.slash("batty send", { name: "engineer", text: "Are you there?" });
  await ben.react(card, "✅");
  await cardIn(on, 2, "Done");
  await discord.room("commands").until(({ text }) => text.includes("**engineer**"), answerWithin);
  await expectLandedOnce(on, 1, 2);
  await expectAllThereOnce(on);
  expect(backLines(on)).toEqual([]);
  const [route = 0, global = 0, unsaid = 0] = pausesAfterLimits(discord);
  expect(route).toBeGreaterThan(2_400);
  expect(global).toBeGreaterThan(900);
  expect(unsaid).toBeGreaterThan(5_000);
});

test("a gateway that is seconds late: who waited in vain has their task once all the same, and of two decisions the first counts", async () => {
  const on = await onDiscord({ playbooks: adds("one") });
  const { t, discord, ada, ben } = on;
  await isUp(on);
  discord.faults.gatewayDelay(3_200);
  const asked = await newTask(ada, "one");
  expect(asked.failed).toBe("The application did not respond");
  await discord.room("commands").until(({ text }) => text.includes("#1 Add one is on the board"));
  const card = await cardIn(on, 1, "Open");
  await ada.react(card, "✅");
  await ben.react(card, "❌");
  await cardIn(on, 1, "Done");
  await expectLandedOnce(on, 1);
  await expectAllThereOnce(on);
  expect(t.journal.of("task_created")).toHaveLength(1);
  expect(backLines(on)).toEqual([]);
});

/** A limit that says nothing of its length is kept for 10 s, ms. */
const answerWithin = 30_000;
/** On their way when the limit was told, ms. */
const underWay = 100;

/** How long each limit was kept, as it came: by its route, or by all routes if it was of all. */
function pausesAfterLimits({ log }: Discord): readonly number[] {
  const rest = log.flatMap((one) => (one.kind === "rest" ? [one] : []));
  return rest
    .filter(({ status }) => status === 429)
    .map(({ at, method, path }) => {
      const isGlobal = method === "PATCH";
      const next = rest.find(
        (one) =>
          one.at > at + underWay &&
          !/^.(interactions|webhooks)/.test(one.path) &&
          (isGlobal || (one.method === method && one.path === path)),
      );
      return (next?.at ?? at) - at;
    });
}
