import { inspect } from "node:util";
import { DiscordAPIError, HTTPError, RateLimitError } from "discord.js";
import { describe, expect, it } from "vitest";
import { failureOf, numberOf } from "../../../../src/chat/discord/failures.ts";

const secret = "s3cret-token-of-a-webhook";
const url = `https://discord.com/api/v10/webhooks/1/${secret}`;

const api = (status: number, code: number, more: object = {}): DiscordAPIError =>
  new DiscordAPIError({ code, message: "Its words", ...more }, code, status, "POST", url, {
    files: undefined,
    body: { content: "what was said" },
  });
const http = (status: number): HTTPError =>
  new HTTPError(status, "Bad Gateway", "POST", url, { files: undefined, body: {} });
const coded = (code: string): Error => Object.assign(new Error("it broke"), { code });
const tooLong = {
  errors: { content: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: "…" }] } },
};
const invalid = { errors: { flags: { _errors: [{ code: "NUMBER_TYPE_MAX", message: "…" }] } } };

const limit = (global: boolean): RateLimitError =>
  new RateLimitError({
    ...{ timeToReset: 2_500, limit: 5, method: "POST", hash: "h", url, route: "/channels/:id" },
    ...{ majorParameter: "1", global, retryAfter: 2_500, sublimitTimeout: 0, scope: "user" },
  });

describe("what Discord does not do", () => {
  it.each([
    ["a channel that was removed", api(404, 10003), "chat.room-gone"],
    ["a message that was removed", api(404, 10008), "chat.message-gone"],
    ["a webhook that was removed", api(404, 10015), "chat.message-gone"],
    ["a webhook's address that is none any more", api(401, 50027), "chat.message-gone"],
    ["a channel that it can't see", api(403, 50001), "chat.forbidden"],
    ["a permission that it lacks", api(403, 50013), "chat.forbidden"],
    ["a thread that is archived", api(400, 50083), "chat.forbidden"],
    ["a token that is none", api(401, 0), "chat.login"],
    ["a token without rights", api(401, 40001), "chat.login"],
    ["a file that is too large", api(413, 40005), "chat.too-long"],
    ["a text that is too long", api(400, 50035, tooLong), "chat.too-long"],
    ["a body that it does not understand", api(400, 50035, invalid), "chat.refused"],
    ["a person who takes no messages", api(403, 50007), "chat.refused"],
    ["too much in a channel", limit(false), "chat.rate-limited"],
    ["too much altogether", limit(true), "chat.unavailable"],
    ["a name that is not found", coded("ENOTFOUND"), "chat.unavailable"],
    ["a port that nobody listens on", coded("ECONNREFUSED"), "chat.unavailable"],
    ["a line that broke after it was sent", coded("ECONNRESET"), "chat.unknown-outcome"],
    [
      "an answer that never came",
      new DOMException("aborted", "AbortError"),
      "chat.unknown-outcome",
    ],
    ["its own fault", http(502), "chat.unknown-outcome"],
  ])("%s has a code", (_, error, code) => {
    expect(failureOf(error, "posting to #batty-merges", "post").code).toBe(code);
  });

  it("is no riddle where the same can be asked again", () => {
    for (const error of [http(502), coded("ECONNRESET")])
      expect(failureOf(error, "changing a post", "patch").code).toBe("chat.unavailable");
  });

  it("says how long it wants to be left alone", () => {
    expect(failureOf(limit(false), "posting").retryAfter).toBe(2_500);
  });

  it("says what was tried, in Discord's words and with its number", () => {
    const failure = failureOf(api(403, 50013), "posting to #batty-merges", "post");
    expect(failure.message).toBe(
      "posting to #batty-merges failed: Discord says “Its words” (50013)",
    );
    expect(numberOf(failure)).toBe(50013);
    expect(numberOf(failureOf(http(502), "posting"))).toBeNull();
  });

  it("keeps addresses and bodies to itself: a webhook's is a secret", () => {
    for (const error of [api(403, 50013), http(502), limit(false)]) {
      const shown = inspect(failureOf(error, "posting", "post"), { depth: 9 });
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain("what was said");
    }
  });
});
