import { describe, expect, it } from "vitest";
import { idOf, readId } from "../../../../src/chat/discord/ids.ts";

describe("the id of a post on Discord", () => {
  it("names its channel and every message it took, in their order", () => {
    expect(idOf("10", ["20"])).toBe("10/20");
    expect(idOf("10", ["20", "30", "25"])).toBe("10/20+30+25");
    expect(readId("10/20+30+25")).toEqual({ channel: "10", messages: ["20", "30", "25"] });
  });

  it("is nothing else's: ids of other chats and torn ones are none", () => {
    for (const id of ["m12", "nowhere", "10", "10/", "10/20+", "/20", "10/20/30", "a/20", ""])
      expect(readId(id)).toBeNull();
  });
});
