import { expect, it } from "vitest";
import { deferred } from "../../../src/lib/deferred.ts";
import { fewAtATime } from "../../../src/lib/few.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function work() {
  const begun = new Map<number, ReturnType<typeof deferred<string>>>();
  const begin = (thing: number): Promise<string> => {
    const one = deferred<string>();
    begun.set(thing, one);
    return one.promise;
  };
  return { begun, begin };
}

it("begins no more than so many, another when one is done, and gives all in their order", async () => {
  const { begun, begin } = work();
  const all = fewAtATime(2, [1, 2, 3], begin);
  await turn();
  expect([...begun.keys()]).toEqual([1, 2]);
  begun.get(2)?.resolve("two");
  await turn();
  expect([...begun.keys()]).toEqual([1, 2, 3]);
  begun.get(3)?.resolve("three");
  begun.get(1)?.resolve("one");
  expect(await all).toEqual(["one", "two", "three"]);
  expect(await fewAtATime(2, [], begin)).toEqual([]);
});

it("begins none after a failure, which is the caller's", async () => {
  const { begun, begin } = work();
  const all = fewAtATime(2, [1, 2, 3, 4], begin);
  begun.get(1)?.reject(new Error("no"));
  await expect(all).rejects.toThrow("no");
  begun.get(2)?.resolve("two");
  await turn();
  expect([...begun.keys()]).toEqual([1, 2]);
});
