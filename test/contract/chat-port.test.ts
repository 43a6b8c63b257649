import { localPort } from "../../src/chat/local/port.ts";
import { chance } from "../fakes/chance.ts";
import { fakePlatform } from "../fakes/chat-platform.ts";
import { describePort, type PortStage } from "./chat-port-suite.ts";
import { openPlace } from "./chat-stages.ts";

async function platformStage(): Promise<PortStage> {
  const platform = fakePlatform({ now: Date.now, sleep: async () => undefined, chance: chance(1) });
  return {
    port: platform.port,
    seen: (room) =>
      platform.posts(room).map(({ id, post }) => ({ id, ...post, files: post.files ?? [] })),
    said: async (text) => `theirs:${text}`,
    receipt: (id) => platform.receipts(id).at(-1) ?? null,
    end: async () => undefined,
  };
}

async function localStage(): Promise<PortStage> {
  const place = await openPlace();
  const client = await place.client();
  await client.next((l) => l["event"] === "ready");
  const told = () => client.lines.filter((l) => l["event"] === "message" || l["event"] === "edit");
  const port = localPort(place.chat);
  /** What is shown is heard of before the next answer. */
  const heard = async <T>(call: Promise<T>): Promise<T> => {
    const result = await call;
    await client.settled();
    return result;
  };
  return {
    port: {
      ...port,
      post: (post, signal) => heard(port.post(post, signal)),
      edit: (id, post, signal) => heard(port.edit(id, post, signal)),
      mark: (mark, signal) => heard(port.mark(mark, signal)),
    },
    seen(room) {
      const here = new Map(told().map((l) => [l["id"], l]));
      return [...here.values()]
        .filter((l) => l["room"] === room)
        .map((l) => ({ id: l["id"], text: l["text"], card: l["card"], files: l["files"] }));
    },
    async said(text) {
      place.desk.answers = () => ({ kind: "done" });
      client.link.send({ say: text, room: "eng-1-1", ref: "said" });
      return (await client.next((l) => l["echo"] === "said"))["id"];
    },
    receipt(id) {
      const standing = new Set<string>();
      for (const l of client.lines)
        if (l["event"] === "reaction" && l["message"] === id)
          if (l["added"]) standing.add(l["state"]);
          else standing.delete(l["state"]);
      const [only, ...more] = [...standing];
      if (more.length > 0) throw new Error(`several receipts stand: ${[...standing].join()}`);
      return (only ?? null) as ReturnType<PortStage["receipt"]>;
    },
    end: place.end,
  };
}

describePort("a platform elsewhere", platformStage);
describePort("the local chat", localStage);
