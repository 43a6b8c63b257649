import { expect, test } from "vitest";
import { deferred } from "../../../src/lib/deferred.ts";

test("a deferred promise is fulfilled from outside", async () => {
  const answer = deferred<string>();
  answer.resolve("green");
  await expect(answer.promise).resolves.toBe("green");
});

test("a deferred promise is rejected from outside", async () => {
  const answer = deferred<string>();
  answer.reject(new Error("red"));
  await expect(answer.promise).rejects.toThrow("red");
});

test("only the first end counts", async () => {
  const answer = deferred<number>();
  answer.resolve(1);
  answer.resolve(2);
  answer.reject(new Error("late"));
  await expect(answer.promise).resolves.toBe(1);
});
