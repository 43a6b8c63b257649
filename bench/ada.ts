// A person on the loopback Discord, a process of its own as the real one is, and the team that she is in.
import { join } from "node:path";
import { type Line, talkTo } from "../src/demo/json-lines.ts";
import { now, pause } from "./measure.ts";
import type { Place } from "./place.ts";
import type { TeamWish } from "./team.ts";

export interface Ada {
  /** What a bot needs to be in her server, and she in its team. */
  readonly wish: Required<Pick<TeamWish, "botEnv" | "keys">>;
  /** Resolves when Discord has the bot's first answer. @throws Error when it would not let her do it */
  slash(verb: string, options?: object): Promise<void>;
  react(emoji: string, message: string): Promise<void>;
  /** What she sees, the first that is so, old or new. */
  sees(what: string, wanted: (line: Line) => boolean): Promise<Line>;
  /** The bot connects beside its other work. */
  untilConnected(): Promise<void>;
  close(): Promise<void>;
}

const by = "ada";
/** ms */
const patience = 20_000;

interface Ready {
  readonly api: string;
  readonly token: string;
  readonly guild: string;
  readonly people: { readonly [by]: string };
}

export async function openAda(place: Place): Promise<Ada> {
  const program = join(place.folder, "dist", "loopback-discord.js");
  const talk = talkTo([program, by], place.env, () => {});
  const line = await talk.next("the loopback Discord", (l) => "ready" in l);
  const { api, token, guild, people } = line["ready"] as Ready;
  let ref = 0;
  const act = async (request: object): Promise<void> => {
    ref += 1;
    const mine = ref;
    talk.send({ ref: mine, by, ...request });
    const answer = await talk.next(
      `the answer to ${JSON.stringify(request)}`,
      (l) => l["ref"] === mine,
    );
    if (answer["error"] !== undefined) throw new Error(String(answer["error"]));
  };
  const slash = (verb: string, options: object = {}): Promise<void> =>
    act({ slash: `batty ${verb}`, options, room: "batty-commands" });
  return {
    wish: {
      botEnv: { BATTY_DISCORD_API: api, BATTY_DISCORD_BOT_TOKEN: token },
      keys: [
        { path: ["chat", "discord", "guild"], value: guild },
        { path: ["people", by, "discord"], value: people[by] },
        { path: ["access", "approvers"], value: [by] },
      ],
    },
    slash,
    react: (emoji, message) => act({ react: emoji, message }),
    sees: (what, wanted) => talk.next(what, wanted),
    async untilConnected() {
      for (const limit = now() + patience; ; await pause(100)) {
        try {
          return await slash("status");
        } catch (error) {
          if (now() > limit) throw error;
        }
      }
    },
    close: talk.close,
  };
}
