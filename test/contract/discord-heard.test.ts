// What one life of the bot leaves to the next of how far it had heard.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openHeard } from "../../src/chat/discord/heard.ts";

it("is when it last heard something, too: a bot that is killed has no time to say that it was there", async () => {
  const dir = await mkdtemp(join(tmpdir(), "batty-discord-heard-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const log = () => undefined;
  const heard = await openHeard(dir, { now: () => 1_790_000_000_000, log });
  heard.mark("1234567890");
  await heard.close();
  const next = await openHeard(dir, { now: () => 1_790_000_060_000, log });
  expect(next.before).toEqual({ message: "1234567890", at: 1_790_000_000_000 });
  await next.close();
});

it("does not grow younger while what was said before is still to be looked for", async () => {
  const dir = await mkdtemp(join(tmpdir(), "batty-discord-heard-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const log = () => undefined;
  const lifeAt = async (at: number, isHeld: boolean) => {
    const heard = await openHeard(dir, { now: () => at, log });
    heard.hold(isHeld);
    heard.mark("1234567890");
    heard.present();
    await heard.close();
    return heard.before?.at;
  };
  expect(await lifeAt(1_790_000_000_000, false)).toBeUndefined();
  expect(await lifeAt(1_791_000_000_000, true)).toBe(1_790_000_000_000);
  expect(await lifeAt(1_791_000_060_000, false)).toBe(1_790_000_000_000);
  expect(await lifeAt(1_791_000_120_000, false)).toBe(1_791_000_060_000);
});
