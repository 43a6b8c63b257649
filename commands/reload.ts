// `reload`: team.yaml is read again at once, as it is by itself when it is saved.
import * as z from "zod";
import { type Command, Refused } from "../src/core/command.ts";
import { loadedText } from "../src/core/views/news-config.ts";

const none = z.object({});

export const reload = {
  name: "reload",
  summary: "Read team.yaml again",
  tier: "admin",
  needs: "bot",
  args: none,
  async run(_args, c) {
    const reading = await c.life?.reload();
    if (reading == null) throw new Refused("bot.down", "`reload` needs the bot.");
    if (reading.rejected !== null)
      throw new Refused(
        "config.invalid",
        reading.rejected.join("\n"),
        "The last good file stays in force. Mend this one; it is read again when it is saved.",
      );
    const { now, later } = reading;
    return { text: loadedText(reading), json: { ok: true, now, later } };
  },
} satisfies Command<typeof none>;
