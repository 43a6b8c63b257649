import { idOf, readId } from "../../src/chat/discord/ids.ts";
import { receiptEmoji } from "../../src/chat/discord/render/receipts.ts";
import type { Card, PostFile } from "../../src/core/card.ts";
import { type Receipt, receipts } from "../../src/core/words.ts";
import { describePort, type PortStage } from "./chat-port-suite.ts";
import { openStage } from "./discord-stage.ts";

/** The suite's files lie nowhere; here they are read, so each stands for one that is there. */
async function discordStage(): Promise<PortStage> {
  const stage = await openStage();
  const paths = new Map<string, string>();
  const readable = async (files: readonly PostFile[]): Promise<PostFile[]> =>
    Promise.all(
      files.map(async ({ name, path }) => {
        paths.set(name, path);
        return { name, path: await stage.file(name, `the text of ${name}`) };
      }),
    );
  return {
    port: {
      ...stage.port,
      post: async (post, signal) =>
        stage.port.post({ ...post, files: await readable(post.files ?? []) }, signal),
    },
    seen: (room) =>
      stage.messages(`batty-${room}`).map(({ message }) => ({
        id: idOf(message.channel_id, [message.id]),
        text: message.content,
        card: null as Card | null,
        files: message.attachments.map(({ filename: name }) => ({
          name,
          path: paths.get(name) ?? "",
        })),
      })),
    said: async (text) => stage.says("batty-commands", text),
    receipt(id) {
      const message = stage.discord.world.messages.get(readId(id)?.messages[0] ?? "");
      const standing = (message?.reactions ?? []).filter(({ users }) => users.length > 0);
      if (standing.length > 1) throw new Error("several receipts stand");
      const emoji = standing[0]?.emoji.name;
      return (
        receipts.find((receipt): receipt is Receipt => receiptEmoji[receipt] === emoji) ?? null
      );
    },
    end: stage.end,
  };
}

describePort("Discord", discordStage);
