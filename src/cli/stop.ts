// `stop`: through the bot; without one, a team that is still in its tmux server is ended all the same.
import { rm } from "node:fs/promises";
import { connectShell } from "../chat/local/client.ts";
import { Failure } from "../core/words.ts";
import { pathsOf, tmuxSocketName } from "../world/paths.ts";
import { isAlive, startTimeOf } from "../world/proc.ts";
import { noTeam, type OwnVerb, refused, unknownWord } from "./call.ts";
import { mustBePerson } from "./caller.ts";
import { watched } from "./progress.ts";
import { teamInForce } from "./team-in-force.ts";
import { runTool } from "./tools.ts";

/** Until a bot that said it stops is gone, ms. */
const goneWithin = 15_000;

export const stop: OwnVerb = async (call, root) => {
  if (root === null) return noTeam(process.cwd());
  const odd = unknownWord(call.argv, [], ["bot"]);
  if (odd !== null)
    return refused(2, "usage", `stop knows no "${odd}".`, "Usage: batty stop [--bot]");
  try {
    const { chatSocket } = pathsOf(root);
    const reply = await watched(call, chatSocket, () =>
      connectShell(chatSocket, "stop", call.argv),
    );
    const pid = reply.ok ? (reply.json as { pid?: number }).pid : undefined;
    if (pid !== undefined) await gone(pid);
    return reply;
  } catch (error) {
    if (error instanceof Failure && error.code === "bot.down") return withoutBot(root);
    throw error;
  }
};

async function gone(pid: number): Promise<void> {
  const start = startTimeOf(pid);
  const until = Date.now() + goneWithin;
  while (start !== null && isAlive(pid, start)) {
    if (Date.now() > until)
      throw new Failure(
        "timeout",
        `The bot (pid ${pid}) did not end within ${goneWithin / 1000} s.`,
        { hint: `Look into .batty/daemon.log; \`kill ${pid}\` ends it.` },
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function withoutBot(root: string): Promise<ReturnType<typeof refused>> {
  const paths = pathsOf(root);
  const team = await teamInForce(paths);
  await mustBePerson(paths, team, "stop");
  const socket = tmuxSocketName(team.name, root);
  const ended = await runTool(["tmux", "-L", socket, "kill-server"], root);
  if (ended.code !== 0)
    return refused(
      69,
      "bot.down",
      "The bot is not running, and no team is left in tmux: there is nothing to stop.",
      "Start with `batty start`.",
    );
  await rm(paths.pidFile, { force: true });
  return {
    ok: true,
    json: { ok: true, bot: false },
    text: "The bot was not running; the team that was left in tmux is ended.",
  };
}
